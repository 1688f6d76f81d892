from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ...tools import warranty as warranty_rule
from ...tools import warranty_facts

BATCH = 500
"""Decisions looked at in one transaction."""


class AftersalesWarrantyTryout(models.Model):
    """What one of last year's requests would have been decided under a draft policy."""

    _name = "aftersales.warranty.tryout"
    _description = "Warranty decision tried out"
    _order = "id"
    _rec_name = "ticket_id"

    run_id = fields.Many2one(
        "aftersales.run", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="run_id.company_id", store=True, index=True)
    decision_id = fields.Many2one(
        "aftersales.warranty.decision", required=True, ondelete="cascade", index=True
    )
    ticket_id = fields.Many2one(
        related="decision_id.ticket_id", store=True, string="Request", index=True
    )
    territory_id = fields.Many2one(
        related="ticket_id.territory_id", store=True, index=True
    )
    old_result = fields.Selection(
        related="decision_id.result", store=True, string="Was"
    )
    new_result = fields.Selection(
        selection=lambda self: (
            self.env["aftersales.warranty.decision"]._fields["result"].selection
        ),
        string="Would be",
        required=True,
    )
    old_end_date = fields.Date(related="decision_id.end_date", string="Ended on")
    new_end_date = fields.Date(string="Would end on")
    is_changed = fields.Boolean(string="Changed", index=True)

    _decision_once = models.UniqueIndex(
        "(run_id, decision_id)", "This decision was tried already."
    )


class AftersalesRun(models.Model):
    """A draft policy tried on the decisions of the last year."""

    _inherit = "aftersales.run"

    kind = fields.Selection(
        selection_add=[("warranty_tryout", "Try-out of a warranty policy")],
        ondelete={"warranty_tryout": "cascade"},
    )

    def action_open_tryout(self):
        """What came out: the requests whose decision would change."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.warranty_tryout_action"
        )
        return {**action, "domain": [("run_id", "=", self.id)]}

    def _work_warranty_tryout(self):
        """Decide one batch again; the decisions left."""
        self.ensure_one()
        done_id = (self.checkpoint or {}).get("decision_id", 0)
        since = self.company_id._get_today() - relativedelta(years=1)
        domain = [
            ("company_id", "=", self.company_id.id),
            ("decided_at", ">=", since),
            ("ticket_id.warranty_decision_id.decided_at", ">=", since),
        ]
        Decision = self.env["aftersales.warranty.decision"]
        decisions = Decision.search(
            [*domain, ("id", ">", done_id)], order="id", limit=BATCH
        )
        if decisions:
            in_force = decisions.filtered(
                lambda decision: decision.ticket_id.warranty_decision_id == decision
            )
            self._try_decisions(in_force)
            done_id = decisions[-1].id
            self._save_checkpoint(decision_id=done_id)
        return Decision.search_count([*domain, ("id", ">", done_id)])

    def _try_decisions(self, decisions):
        """Decide these again by the policies in force and the draft."""
        policy = self.env["aftersales.warranty.policy"].browse(self.params["policy_id"])
        lines = self.env["aftersales.warranty.policy.line"]._prepare_policy_lines(
            self.company_id, draft=policy
        )
        holidays = self.company_id._prepare_public_holidays()
        # The run was started by headquarters, which sees every decision.
        self.env["aftersales.warranty.tryout"].sudo().create(
            [
                self._prepare_tryout_vals(decision, lines, holidays)
                for decision in decisions
            ]
        )

    def _prepare_tryout_vals(self, decision, lines, holidays):
        """One row: what would have come out."""
        facts = warranty_facts.read_facts(
            decision.facts, lines=lines, holidays=holidays
        )
        found = warranty_rule.decide(
            facts, self.env["helpdesk.ticket"]._get_warranty_checks()
        )
        sides = ("covers_parts", "covers_labor", "covers_travel")
        return {
            "run_id": self.id,
            "decision_id": decision.id,
            "new_result": found.result,
            "new_end_date": found.end_date,
            "is_changed": any(getattr(found, side) != decision[side] for side in sides),
        }
