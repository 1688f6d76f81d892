from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ...tools import pricing, settle, snapshot
from ..rate.aftersales_rate import KINDS, to_decimal

LINE_KINDS = [
    ("claim", "Claim"),
    ("multiplier", "Incentive multiplier"),
    ("rebate", "Rebate"),
    ("clawback", "Clawback"),
    ("cash", "Cash collected"),
    ("manual", "Manual"),
]


class AftersalesSettlementLine(models.Model):
    """One amount of a sheet. Without a sheet it waits for the station's next one."""

    _name = "aftersales.settlement.line"
    _description = "Settlement line"
    _inherit = ["aftersales.state.mixin"]
    _order = "settlement_id desc, sequence, id"

    _guarded_fields = (
        "settlement_id",
        "company_id",
        "station_id",
        "currency_id",
        "kind",
        "claim_line_id",
        "amount",
        "explanation",
        "reason",
        "reason_document",
        "origin_line_id",
        "is_held",
        "dispute_reason",
    )

    settlement_id = fields.Many2one(
        "aftersales.settlement", readonly=True, index="btree_not_null"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    station_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    territory_id = fields.Many2one(
        related="station_id.territory_id",
        store=True,
        index=True,
        groups="base.group_user",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    kind = fields.Selection(LINE_KINDS, required=True, readonly=True, index=True)
    work_kind = fields.Selection(KINDS, readonly=True, string="Kind of work")
    claim_line_id = fields.Many2one(
        "aftersales.claim.line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    claim_id = fields.Many2one(related="claim_line_id.claim_id", store=True, index=True)
    amount = fields.Monetary(readonly=True, required=True)
    explanation = fields.Json(readonly=True, groups="base.group_user")
    why = fields.Char(
        compute="_compute_why",
        compute_sudo=True,
        string="How it comes about",
    )
    job = fields.Char(
        compute="_compute_job",
        compute_sudo=True,
        help="The work order, machine and day the amount is for.",
    )
    settlement_state = fields.Selection(related="settlement_id.state", string="State")
    reason = fields.Char(readonly=True)
    reason_document = fields.Char(
        string="Document",
        readonly=True,
        help="What the amount is based on; the same one takes back once.",
    )
    origin_line_id = fields.Many2one(
        "aftersales.settlement.line",
        string="Takes back",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_held = fields.Boolean(
        string="Held",
        readonly=True,
        help="On no sheet until a manager releases it: disputed by the station, or"
        " typed in by a manager, which another one has to agree to.",
    )
    dispute_reason = fields.Char(string="Dispute", readonly=True)

    # Paid once, whatever runs twice.
    _claim_paid_once = models.UniqueIndex(
        "(claim_line_id) WHERE kind = 'claim'", "This claim line is settled already."
    )
    _multiplier_paid_once = models.UniqueIndex(
        "(claim_line_id) WHERE kind = 'multiplier'",
        "The multiplier of this claim line is settled already.",
    )
    _clawback_once = models.UniqueIndex(
        "(origin_line_id, reason_document) WHERE kind = 'clawback'",
        "This was taken back for the same reason already.",
    )
    _claim_line_named = models.Constraint(
        "CHECK((kind IN ('claim', 'multiplier')) = (claim_line_id IS NOT NULL))",
        "A claim or multiplier names its claim line, other amounts do not.",
    )
    _clawback_complete = models.Constraint(
        "CHECK(kind <> 'clawback' OR"
        " (origin_line_id IS NOT NULL AND reason_document IS NOT NULL AND amount < 0))",
        "A clawback names what it takes back and why, and is below zero.",
    )
    _waiting_idx = models.Index("(company_id, station_id) WHERE settlement_id IS NULL")

    @api.depends("kind")
    def _compute_sequence(self):
        order = {kind: number for number, (kind, _label) in enumerate(LINE_KINDS)}
        for line in self:
            line.sequence = order.get(line.kind, len(order))

    @api.depends("kind", "work_kind", "claim_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        works = dict(self._fields["work_kind"]._description_selection(self.env))
        for line in self:
            label = kinds.get(line.kind, "")
            if line.kind == "claim":
                label = works.get(line.work_kind, label)
            parts = [line.claim_id.sudo().name, label]
            line.display_name = " ".join(part for part in parts if part)

    @api.depends("explanation", "reason")
    @api.depends_context("lang")
    def _compute_why(self):
        for line in self:
            teller = getattr(line, f"_tell_{line.kind}", line._tell_reason)
            line.why = teller()

    @api.depends("claim_id")
    def _compute_job(self):
        for line in self:
            claim = line.claim_id
            day = claim.work_date and claim.work_date.isoformat()
            parts = [claim.work_order_id.name, claim.unit_id.name, day]
            line.job = ", ".join(part for part in parts if part)

    # === DOWN THE ROAD === #

    def action_view_claim(self):
        """Button: the claim this amount is of."""
        return self._action_open(self.claim_id)

    def action_view_work_order(self):
        """Button: the job this amount is for."""
        return self._action_open(self.claim_id.work_order_id)

    def _action_open(self, record):
        """Window action on one record, which asks for the reader's own right."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": record.display_name,
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    # === SENTENCES === #

    def _money(self, text):
        return format_amount(self.env, float(text), self.currency_id)

    def _tell_claim(self):
        line = self.claim_line_id
        if not line.is_adjusted:
            return line.why
        return self.env._(
            "%(why)s; approved %(amount)s: %(reason)s",
            why=line.why,
            amount=self._money(self.amount),
            reason=line.adjust_reason or "–",
        )

    def _tell_multiplier(self):
        facts = self.explanation or {}
        return self.env._(
            "%(fee)s × (%(multiplier)s − 1) for work done in %(month)s = %(amount)s",
            fee=self._money(facts["fee"]),
            multiplier=facts["multiplier"],
            month=facts["period"],
            amount=self._money(facts["amount"]),
        )

    def _tell_reason(self):
        reason, document = self.reason or "", self.reason_document or ""
        if document in reason:
            return reason
        return " – ".join(part for part in (reason, document) if part)

    # === FACTS === #

    def _get_decimal(self):
        """The amount as the decimal of its currency."""
        self.ensure_one()
        return to_decimal(self.currency_id.round(self.amount))

    def _is_reproducible(self):
        """Whether the amount comes out the same from the stored facts, to the cent."""
        self.ensure_one()
        checker = getattr(self, f"_recompute_{self.kind}", None)
        return not checker or checker() == self._get_decimal()

    def _recompute_claim(self):
        """The amount of a claim line by its own facts and rate as they were."""
        facts = self.explanation or {}
        fee = facts.get("facts") or {}
        priced = pricing.price_line(
            snapshot.fee_facts(fee["fee"]),
            snapshot.rate(fee["rate"]),
            pricing.rounder(self.currency_id.round),
        )
        if priced.amount != Decimal(facts["priced"]):
            return None
        return Decimal(facts["amount"])

    def _recompute_multiplier(self):
        """The fee times what the multiplier is above one."""
        facts = self.explanation or {}
        round_amount = pricing.rounder(self.currency_id.round)
        return round_amount(
            Decimal(facts["fee"]) * (Decimal(facts["multiplier"]) - settle.ONE)
        )

    # === DISPUTES AND ADJUSTMENTS === #

    def _dispute(self, reason):
        """Take these lines off their sent sheets; they come in a later one.

        A claim line leaves with its multiplier and goes to an auditor, another
        amount waits for the manager.
        :raise UserError: a sheet is not with its station, or no reason is given
        """
        reason = " ".join((reason or "").split())[:500]
        if not reason:
            raise UserError(self.env._("Say what is wrong with this line."))
        for sheet in self.settlement_id:
            sheet._check_transition("confirmed")
        if self.filtered(lambda line: not line.settlement_id):
            raise UserError(self.env._("This line is on no settlement."))
        for sheet, lines in self.grouped("settlement_id").items():
            names = ", ".join(lines.mapped("display_name"))
            sheet._message_log(
                body=self.env._(
                    "%(user)s disputes %(lines)s: %(reason)s",
                    user=self.env.user.name,
                    lines=names,
                    reason=reason,
                )
            )
        other = self.filtered(lambda line: not line.claim_line_id)
        other._write_guarded(
            {"settlement_id": False, "is_held": True, "dispute_reason": reason}
        )
        self.claim_line_id._dispute(reason)

    def action_release(self):
        """Button: a held amount comes with the station's next sheet."""
        self._check_adjustable()
        for line in self:
            if line.kind == "manual" and line.create_uid == self.env.user:
                raise UserError(
                    self.env._("Another manager has to release what you typed in.")
                )
        # The manager was checked above.
        self.sudo()._write_guarded({"is_held": False})

    def action_drop(self):
        """Button: give an amount up that is on no sheet."""
        self._check_adjustable()
        # The manager was checked above.
        self.sudo()._unguarded().unlink()

    def action_claw_back(self):
        """Button: take back a settled amount, in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take back"),
            "res_model": "aftersales.settlement.adjustment",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_kind": "clawback",
                "default_origin_line_id": self.id,
                "default_station_id": self.station_id.id,
                "default_amount": -self.amount,
            },
        }

    def _check_adjustable(self):
        """Raise unless a manager handles amounts that wait for a sheet."""
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_manager"
        ):
            raise UserError(self.env._("Only settlement managers do this."))
        self.check_access("read")
        if self.settlement_id:
            raise UserError(
                self.env._("%(line)s is on a settlement.", line=self[:1].display_name)
            )

    def _claw_back(self, amount, reason, document):
        """Take back (part of) a settled amount with the station's next sheet.

        :param amount: below zero, at most what was paid
        :param document: what it is based on; the same one takes back once
        """
        self.ensure_one()
        if self.settlement_id.state not in ("confirmed", "billed", "paid"):
            raise UserError(
                self.env._("%(line)s is not settled yet.", line=self.display_name)
            )
        if not document:
            raise UserError(self.env._("Name the document this is based on."))
        taken = sum(
            self.search(
                [("origin_line_id", "=", self.id), ("kind", "=", "clawback")]
            ).mapped("amount")
        )
        if (
            amount >= 0
            or self.currency_id.compare_amounts(self.amount + taken + amount, 0) < 0
        ):
            raise UserError(
                self.env._(
                    "At most %(amount)s can be taken back, as an amount below zero.",
                    amount=format_amount(
                        self.env, self.amount + taken, self.currency_id
                    ),
                )
            )
        return self._unguarded().create(
            {
                "kind": "clawback",
                "company_id": self.company_id.id,
                "station_id": self.station_id.id,
                "currency_id": self.currency_id.id,
                "origin_line_id": self.id,
                "amount": self.currency_id.round(amount),
                "reason": reason,
                "reason_document": " ".join(document.split()),
            }
        )
