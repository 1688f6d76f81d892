from collections import defaultdict
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import audit, audit_load, pricing, score, settle, tryout
from ..rate.aftersales_rate import to_decimal

BATCH = 500
"""Claims looked at in one transaction."""


class AftersalesRun(models.Model):
    """A draft tried out on past months: what would have been paid. Writes a report."""

    _inherit = "aftersales.run"

    kind = fields.Selection(
        selection_add=[("tryout", "Try-out on past months")],
        ondelete={"tryout": "cascade"},
    )

    def action_open_payments(self):
        """Button: what the try-out says, station by station."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_settlement.tryout_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)]}

    def _work_tryout(self):
        """Try the draft on the next claims; return how many are left."""
        self.ensure_one()
        # Whoever may start a run of this kind may read every claim: checked there.
        run = self.sudo()
        draft = run._get_draft()
        if not draft:
            raise run._lost_draft()
        domain = run._get_tryout_domain(draft)
        Claim = run.env["aftersales.claim"]
        after = (run.checkpoint or {}).get("claim_id", 0)
        claims = Claim.search(
            domain & Domain("id", ">", after), order="id", limit=BATCH
        )
        if claims:
            outcomes = getattr(run, f"_try_{run._get_tryout_source()}")(claims, draft)
            run.env["aftersales.tryout"]._add(run, outcomes)
            after = claims[-1].id
            run._save_checkpoint(claim_id=after)
        return Claim.search_count(domain & Domain("id", ">", after))

    def _lost_draft(self):
        """The error when the draft was deleted meanwhile."""
        return UserError(self.env._("What was to be tried out is deleted."))

    def _get_tryout_source(self):
        """rate_card, audit_policy or score_card."""
        return self.params["model"].removeprefix("aftersales.").replace(".", "_")

    def _get_draft(self):
        """The record that is tried out."""
        return self.env[self.params["model"]].browse(self.params["id"]).exists()

    def _get_tryout_domain(self, draft):
        """Claims the draft is tried on: decided ones of stations that are paid."""
        domain = Domain(
            [
                ("company_id", "=", self.company_id.id),
                ("is_internal_team", "=", False),
                ("work_date", ">=", self.params["first"]),
                ("work_date", "<=", self.params["last"]),
                ("state", "in", ("approved", "rejected", "settled")),
            ]
        )
        source = self._get_tryout_source()
        if source == "rate_card":
            domain &= Domain("currency_id", "=", draft.currency_id.id)
        elif source == "audit_policy":
            domain &= Domain("audit_facts", "!=", False)
        else:
            domain &= Domain("line_ids.kind", "=", "installation")
        return domain

    # === ONE DRAFT EACH; batch: {claim: outcome} === #

    def _try_rate_card(self, claims, card):
        """Price the claims anew with another card."""
        pieces = claims._get_priced_pieces(dict.fromkeys(claims, card))
        outcomes = {}
        for claim in claims:
            priced = defaultdict(lambda: tryout.ZERO)
            for piece in pieces[claim]:
                priced[piece.facts.kind] += piece.priced.amount
            outcomes[claim] = tryout.reprice(
                claim._prepare_paid_kinds(),
                priced,
                pricing.rounder(claim.currency_id.round),
            )
        return outcomes

    def _try_audit_policy(self, claims, policy):
        """Judge the facts of then with other numbers, by the rule of today."""
        checks = claims._get_audit_checks()
        limits = policy._prepare_thresholds()
        return {
            claim: tryout.reaudit(
                amount=to_decimal(claim.amount),
                approved=to_decimal(claim.approved_amount),
                was=audit.audit(audit_load.facts(claim.audit_facts), checks),
                would=audit.audit(audit_load.facts(claim.audit_facts, limits), checks),
            )
            for claim in claims
        }

    def _try_score_card(self, claims, card):
        """Pay the installation fees with the multipliers of another card."""
        was, would = self._get_multipliers(claims), self._get_draft_multipliers(card)
        outcomes = {}
        for claim in claims:
            month = settle.period(claim.work_date).key
            key = f"{month}/{claim.station_id.id}"
            fees = claim.line_ids.filtered(lambda line: line.kind == "installation")
            outcomes[claim] = tryout.rescore(
                to_decimal(sum(fees.mapped("approved_amount"))),
                was.get(key),
                would.get(key),
                pricing.rounder(claim.currency_id.round),
            )
        return outcomes

    def _get_multipliers(self, claims):
        """{month/station id: multiplier that was paid} of these claims' stations."""
        rows = self.env["aftersales.station.score"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("station_id", "in", claims.station_id.ids),
                ("period_start", ">=", self.params["first"]),
                ("period_start", "<=", self.params["last"]),
            ]
        )
        return {
            f"{row.period}/{row.station_id.id}": to_decimal(row.multiplier)
            for row in rows
            if row.has_value
        }

    def _get_draft_multipliers(self, card):
        """The same by the draft; counted once for all stations, kept between batches.

        Counted from the tables as the month's own score is, as they are today.
        """
        kept = (self.checkpoint or {}).get("multipliers")
        if kept is None:
            kept = {}
            stations = self.env["aftersales.station.score"]._get_stations_to_score(
                self.company_id
            )
            rule_card = card._prepare_card()
            month = settle.period(fields.Date.to_date(self.params["first"]))
            while month.first <= fields.Date.to_date(self.params["last"]):
                metrics = stations._prepare_score_metrics(
                    self.company_id, month.first, card
                )
                for station_id, facts in metrics.items():
                    verdict = score.score(facts, rule_card)
                    if verdict.value is not None:
                        kept[f"{month.key}/{station_id}"] = str(verdict.multiplier)
                month = month.shifted(1)
            self._save_checkpoint(multipliers=kept)
        return {key: Decimal(text) for key, text in kept.items()}


class AftersalesClaim(models.Model):
    """A claim as the try-out reads it."""

    _inherit = "aftersales.claim"

    def _prepare_paid_kinds(self):
        """What was claimed and approved of this claim, by kind of line."""
        self.ensure_one()
        return [
            tryout.PaidKind(
                kind=kind,
                amount=to_decimal(sum(lines.mapped("amount"))),
                approved=to_decimal(sum(lines.mapped("approved_amount"))),
            )
            for kind, lines in self.line_ids.grouped("kind").items()
        ]
