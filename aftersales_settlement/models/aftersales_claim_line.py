from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ..tools import pricing, settle
from .aftersales_rate import KINDS, to_decimal


class AftersalesClaimLine(models.Model):
    """One amount of a claim with its explanation; written by code only."""

    _name = "aftersales.claim.line"
    _description = "Claim line"
    _inherit = ["aftersales.state.mixin"]
    _order = "claim_id, sequence, id"

    _guarded_fields = (
        "claim_id",
        "kind",
        "quantity",
        "standard_hours",
        "amount",
        "approved_amount",
        "adjust_reason",
        "rate_id",
        "facts",
        "explanation",
        "settlement_line_id",
        "settlement_id",
        "dispute_reason",
        "disputed_at",
        "is_multiplier_done",
    )

    claim_id = fields.Many2one(
        "aftersales.claim", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id", store=True)
    station_id = fields.Many2one(related="claim_id.station_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    quantity = fields.Float(
        readonly=True, help="Hours, kilometres, pieces or machines, by kind."
    )
    standard_hours = fields.Float(
        readonly=True, help="Of the operations on the report; 0 without operations."
    )
    amount = fields.Monetary(readonly=True)
    approved_amount = fields.Monetary(readonly=True)
    is_adjusted = fields.Boolean(compute="_compute_is_adjusted")
    adjust_reason = fields.Char(string="Reason", readonly=True)
    rate_id = fields.Many2one("aftersales.rate", ondelete="restrict", readonly=True)
    facts = fields.Json(
        readonly=True,
        groups="base.group_user",
        help="Facts and rate as they were: the amount can be computed again from them.",
    )
    explanation = fields.Json(readonly=True, help="The factors, in their order.")
    why = fields.Char(
        compute="_compute_why",
        string="How it comes about",
        help="The amount as a sum that can be done by hand.",
    )

    # Set in the transaction that makes the settlement line: paid once.
    settlement_line_id = fields.Many2one(
        "aftersales.settlement.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    settlement_id = fields.Many2one(
        "aftersales.settlement", readonly=True, copy=False, index="btree_not_null"
    )
    is_multiplier_done = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The incentive multiplier of this fee is settled or comes to nothing.",
    )
    dispute_reason = fields.Char(readonly=True, copy=False)
    disputed_at = fields.Datetime(readonly=True, copy=False)

    _approved_positive = models.Constraint(
        "CHECK(approved_amount >= 0)", "An approved amount cannot be negative."
    )
    _to_settle_idx = models.Index("(claim_id) WHERE settlement_line_id IS NULL")

    @api.depends("amount", "approved_amount")
    def _compute_is_adjusted(self):
        for line in self:
            line.is_adjusted = bool(
                line.currency_id.compare_amounts(line.amount, line.approved_amount)
            )

    @api.depends("kind", "product_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            # The station reads the part's name, whatever else of it is closed to it.
            part = line.sudo().product_id.name
            label = labels.get(line.kind, line.kind)
            line.display_name = f"{label}: {part}" if part else label

    @api.depends("explanation")
    @api.depends_context("lang")
    def _compute_why(self):
        for line in self:
            line.why = line._tell_amount()

    # === THE SENTENCE === #

    def _tell_amount(self):
        """The explanation as a sum in the reader's language; one teller per code."""
        self.ensure_one()
        explanation = self.explanation or {}
        code = explanation.get("code")
        teller = getattr(self, f"_tell_{code}", None)
        if not teller:
            return ""
        factors = {}
        for factor in explanation["factors"]:
            factors.setdefault(factor["code"], factor)
        return teller(factors, explanation)

    def _money(self, text):
        """An amount of an explanation as money of the claim."""
        return format_amount(self.env, float(text), self.currency_id)

    def _tell_no_rate(self, _factors, _explanation):
        return self.env._("No rate fits: an auditor sets the amount.")

    def _tell_labor(self, factors, explanation):
        return self.env._(
            "%(hours)s h × %(rate)s × grade %(grade)s %(factor)s = %(amount)s",
            hours=factors["hours"]["value"],
            rate=self._money(factors["hourly_rate"]["value"]),
            grade=(explanation.get("grade") or "–").upper(),
            factor=factors["grade_factor"]["value"],
            amount=self._money(explanation["amount"]),
        )

    def _tell_travel(self, factors, explanation):
        bands = [f for f in explanation["factors"] if f["code"] == "band"]
        parts = [
            self.env._(
                "%(km)s km × %(price)s",
                km=band["km"],
                price=self._money(band["price_per_km"]),
            )
            for band in bands
        ]
        text = self.env._(
            "%(km)s km driven: %(bands)s = %(amount)s",
            km=factors["km"]["value"],
            bands=" + ".join(parts) or "0",
            amount=self._money(explanation["amount"]),
        )
        if float(factors["free_km"]["value"]):
            text += self.env._(
                " (first %(km)s km free)", km=factors["free_km"]["value"]
            )
        if "unpaid_km" in factors:
            text += self.env._(
                " (%(km)s km beyond the last band unpaid)",
                km=factors["unpaid_km"]["value"],
            )
        if "ceiling" in factors:
            text += self.env._(
                " (at most %(amount)s)", amount=self._money(factors["ceiling"]["value"])
            )
        return text

    def _tell_part(self, factors, explanation):
        return self.env._(
            "%(quantity)s × %(price)s + %(percent)s %% handling = %(amount)s",
            quantity=factors["quantity"]["value"],
            price=self._money(factors["unit_cost"]["value"]),
            percent=factors["handling_percent"]["value"],
            amount=self._money(explanation["amount"]),
        )

    def _tell_installation(self, factors, explanation):
        return self.env._(
            "%(quantity)s machine × %(fee)s = %(amount)s",
            quantity=factors["quantity"]["value"],
            fee=self._money(factors["fee"]["value"]),
            amount=self._money(explanation["amount"]),
        )

    # === BUSINESS === #

    def _adjust(self, amount, reason):
        """Set another approved amount, which the station reads with the reason.

        :raise UserError: the line is on a sheet.
        """
        for line in self.filtered("settlement_line_id"):
            raise UserError(
                self.env._(
                    "%(line)s of %(claim)s is on settlement %(settlement)s.",
                    line=line.display_name,
                    claim=line.claim_id.display_name,
                    settlement=line.settlement_id.display_name,
                )
            )
        self._write_guarded({"approved_amount": amount, "adjust_reason": reason})

    def _is_settled(self):
        """Whether this line is on a sheet that the station has confirmed."""
        self.ensure_one()
        return self.settlement_id.state in ("confirmed", "billed", "paid")

    def _leave_open_sheet(self):
        """Take these lines off sheets that are not sent yet.

        :raise UserError: a line is on a sheet the station has.
        """
        for line in self.filtered("settlement_id"):
            if line.settlement_id.state not in ("draft", "computed"):
                raise UserError(
                    self.env._(
                        "%(claim)s is on settlement %(settlement)s, which is with the"
                        " station.",
                        claim=line.claim_id.display_name,
                        settlement=line.settlement_id.display_name,
                    )
                )
        self._leave_sheet(self.settlement_id)

    # === SETTLEMENT === #

    def _prepare_settle_line(self):
        """This line as the rule of settlement reads it."""
        self.ensure_one()
        claim = self.claim_id
        approved = claim.approved_at and claim.company_id._get_day(claim.approved_at)
        return settle.ClaimLine(
            id=self.id,
            kind=self.kind,
            amount=to_decimal(self.currency_id.round(self.approved_amount)),
            done_date=claim.work_date,
            approved_date=approved or None,
            is_settled=bool(self.settlement_line_id),
        )

    def _has_multiplier(self, multipliers):
        """Whether this is a fee of a month whose multiplier is known."""
        self.ensure_one()
        month = settle.period(self.claim_id.work_date).key
        return self.kind == "installation" and month in multipliers[self.station_id.id]

    def _get_bonus(self, multipliers):
        """What the multiplier adds to or takes from this fee; None for nothing."""
        self.ensure_one()
        return settle.multiplier_line(
            self._prepare_settle_line(),
            multipliers[self.station_id.id],
            pricing.rounder(self.currency_id.round),
        )

    def _leave_sheet(self, sheets):
        """Take these lines off ``sheets``; the next run finds them again."""
        rows = self.env["aftersales.settlement.line"].search(
            [("claim_line_id", "in", self.ids), ("settlement_id", "in", sheets.ids)]
        )
        fees = self.filtered(lambda line: line.settlement_id in sheets)
        self._write_guarded({"is_multiplier_done": False})
        fees._write_guarded({"settlement_line_id": False, "settlement_id": False})
        rows._unguarded().unlink()

    def _dispute(self, reason):
        """Take lines off their sent sheets on their station's word.

        The claim goes back to an auditor, who answers; it comes with a later sheet.
        A multiplier whose fee is paid already only comes again.
        """
        sheets = (
            self.env["aftersales.settlement.line"]
            .search(
                [
                    ("claim_line_id", "in", self.ids),
                    ("settlement_id.state", "=", "sent"),
                ]
            )
            .settlement_id
        )
        fees = self.filtered(lambda line: line.settlement_id in sheets)
        self._leave_sheet(sheets)
        fees._write_guarded(
            {"dispute_reason": reason, "disputed_at": fields.Datetime.now()}
        )
        claims = fees.claim_id
        claims.filtered(lambda claim: claim.state == "approved")._update_state(
            "review", approved_at=False, decided_at=False, decided_by_id=False
        )
        self.env["aftersales.claim.finding"].create(
            [
                {
                    "claim_id": line.claim_id.id,
                    "line_id": line.id,
                    "code": "dispute",
                    "severity": "review",
                    "params": {"reason": reason},
                }
                for line in fees
            ]
        )
