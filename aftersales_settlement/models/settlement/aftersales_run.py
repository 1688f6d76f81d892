from odoo import fields, models

from ...tools import settle
from ..audit.aftersales_claim_audit import AUDIT_BATCH
from .aftersales_settlement_compute import STATION_BATCH


class AftersalesRun(models.Model):
    """Long jobs of the settlement: audit, scores, the month."""

    _inherit = "aftersales.run"

    kind = fields.Selection(
        selection_add=[
            ("audit", "Automatic audit"),
            ("score", "Station scores"),
            ("settlement", "Settlement of a month"),
        ],
        ondelete={
            "audit": "cascade",
            "score": "cascade",
            "settlement": "cascade",
        },
    )

    def action_open_results(self):
        """The sheets or the scores of the month this run was about."""
        self.ensure_one()
        what = {"settlement": "settlement", "score": "station_score"}[self.kind]
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"aftersales_settlement.{what}_action"
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("period_start", "=", self._get_month()),
        ]
        return {**action, "domain": domain, "context": {}}

    def _get_month(self):
        """First day of the month this run is about."""
        self.ensure_one()
        return settle.period(fields.Date.to_date(self.params["month"])).first

    def _work_settlement(self):
        """Settle the next stations of the month; return how many are left."""
        self.ensure_one()
        # Whoever may start a run of this kind may settle: checked when it starts.
        Sheet = self.env["aftersales.settlement"].sudo()
        company, month = self.company_id, self._get_month()
        after = (self.checkpoint or {}).get("station_id", 0)
        stations = Sheet._get_stations_to_settle(company, month, after)
        batch = stations[:STATION_BATCH]
        if batch:
            Sheet._settle(company, month, batch)
            self._save_checkpoint(station_id=batch[-1].id)
        return len(stations) - len(batch)

    def _work_score(self):
        """Score all stations and account managers: each counted once, one batch."""
        self.ensure_one()
        # Whoever may start a run of this kind may score: checked when it starts.
        run, company, month = self.sudo(), self.company_id, self._get_month()
        cards = run.env["aftersales.score.card"]
        for name in ("aftersales.station.score", "aftersales.manager.score"):
            Score = run.env[name]
            # Where managers are not assessed there is no card for them.
            if Score._subject_kind == "station" or cards._get_card(
                company, Score._subject_kind
            ):
                Score._score(company, month, Score._get_subjects(company))
        return 0

    def _work_audit(self):
        """Audit the next submitted claims; return how many are left."""
        self.ensure_one()
        # Whoever may start a run of this kind may audit: checked when it starts.
        Claim = self.env["aftersales.claim"].sudo()
        domain = [
            *Claim._get_to_audit_domain(),
            ("company_id", "=", self.company_id.id),
        ]
        claims = Claim.search(domain, limit=AUDIT_BATCH, order="id")
        claims.try_lock_for_update()._audit()
        return Claim.search_count(domain) if claims else 0
