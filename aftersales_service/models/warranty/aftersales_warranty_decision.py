from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

# Parameters of findings that are ids, and whose.
FINDING_MODELS = {
    "policy_line_id": "aftersales.warranty.policy.line",
    "cause_id": "aftersales.fault.code",
    "coverage_id": "aftersales.warranty.coverage",
}
# Findings that do not block but want a second look.
DOUBTS = (
    *("serial_mismatch", "usage_unknown", "period_side_ended"),
    *("right_return", "right_exchange"),
    *("right_exchange_repeated", "right_exchange_overdue"),
)


class AftersalesWarrantyDecision(models.Model):
    """A warranty decision as it was made: verdict, dates, facts and findings."""

    _name = "aftersales.warranty.decision"
    _description = "Warranty decision"
    _order = "id desc"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    territory_id = fields.Many2one(
        related="ticket_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    work_order_id = fields.Many2one("aftersales.work.order", index="btree_not_null")
    unit_id = fields.Many2one("stock.lot", index="btree_not_null")
    decided_at = fields.Datetime(default=fields.Datetime.now, required=True)
    result = fields.Selection(
        [
            ("covered", "In warranty"),
            ("partly", "Partly covered"),
            ("chargeable", "Chargeable"),
        ],
        required=True,
    )
    covers_parts = fields.Boolean()
    covers_labor = fields.Boolean(string="Covers labour")
    covers_travel = fields.Boolean()
    policy_line_id = fields.Many2one(
        "aftersales.warranty.policy.line", ondelete="restrict"
    )
    policy_id = fields.Many2one(related="policy_line_id.policy_id", string="Policy")
    start_date = fields.Date(string="Warranty from")
    end_date = fields.Date(string="Warranty until")
    share_percent = fields.Integer(
        string="Maker pays (%)",
        default=100,
        help="Of what is covered; less than 100 where only goodwill covers it.",
    )
    repair_alarm_date = fields.Date(help="The office is told on this day.")
    repair_limit_date = fields.Date(
        string="Repair limit",
        help="Later the customer may have another machine.",
    )
    facts = fields.Json(help="What was known when the decision was made.")
    findings = fields.Json(
        help="The checks in their order: code, parameters, blocking."
    )
    why = fields.Html(compute="_compute_why", sanitize=False)

    @api.depends("result", "start_date", "end_date")
    def _compute_display_name(self):
        labels = dict(self._fields["result"]._description_selection(self.env))
        for decision in self:
            decision.display_name = labels.get(decision.result, "")

    @api.depends("result", "end_date", "findings")
    @api.depends_context("lang")
    def _compute_why(self):
        names = self._read_finding_names()
        for decision in self:
            sentences = [
                decision._render_finding(finding, names)
                for finding in decision.findings or ()
            ]
            decision.why = Markup('<ul class="list-unstyled mb-0">%s</ul>') % (
                Markup().join(sentences)
            )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Warranty decisions are made by the system only.")
            )
        return super().create(vals_list)

    def write(self, vals):
        raise UserError(self.env._("A warranty decision stays as it was made."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A warranty decision stays as it was made."))

    def _get_finding_templates(self):
        """Sentence of each finding by its code; placeholders as in its parameters.

        May be extended for findings of further checks.
        """
        _ = self.env._
        return {
            "serial_genuine": _("The machine is genuine."),
            "serial_mismatch": _(
                "The machine is genuine, but model or buyer differ from the file."
            ),
            "serial_counterfeit": _("Counterfeit suspect: %(serial_code)s."),
            "serial_ambiguous": _(
                "Several models have this serial number; choose the model first."
            ),
            "policy_found": _("Policy: %(policy_line_id)s."),
            "policy_missing": _("No warranty policy fits this machine and fault."),
            "start_found": _("The warranty began on %(start_date)s (%(basis)s)."),
            "start_missing": _("No date is known from which the warranty could begin."),
            "period_not_begun": _(
                "The fault of %(fault_date)s is before the warranty began."
            ),
            "period_valid": _(
                "The fault of %(fault_date)s lies in the %(months)s months of"
                " warranty, which end on %(end_date)s."
            ),
            "period_expired": _(
                "The %(months)s months of warranty ended on %(end_date)s, %(days_over)s"
                " days before the fault."
            ),
            "usage_unknown": _(
                "No reading is known; the limit is %(usage_limit)s %(meter)s."
            ),
            "usage_valid": _(
                "It has run %(reading)s, within the limit of %(usage_limit)s %(meter)s."
            ),
            "usage_exceeded": _(
                "It has run %(reading)s, over the limit of %(usage_limit)s %(meter)s."
            ),
            "period_side_ended": _(
                "Not for %(side)s: their term ended on %(end_date)s."
            ),
            "term_extended": _(
                "Days in repair and waiting for parts: %(days)s. The term would have"
                " ended on %(nominal_end_date)s."
            ),
            "term_rolled": _(
                "The last day, %(holiday_date)s, is a public holiday: the warranty ends"
                " on %(end_date)s."
            ),
            "right_return": _(
                "The customer may have the money back until %(until_date)s (%(days)s"
                " days)."
            ),
            "right_exchange": _(
                "The customer may have another machine until %(until_date)s (%(days)s"
                " days)."
            ),
            "right_exchange_repeated": _(
                "Repaired %(repairs)s times for the same component: the customer may"
                " have another machine."
            ),
            "right_exchange_overdue": _(
                "In repair for %(days)s days, more than %(limit)s: the customer may"
                " have another machine."
            ),
            "coverage_applies": _("Granted: %(coverage_id)s (%(share_percent)s %%)."),
            "cause_excluded": _("The cause “%(cause_id)s” is excluded from warranty."),
        }

    def _render_finding(self, finding, names):
        """One finding as a line of the panel: a sign and a sentence."""
        template = self._get_finding_templates().get(finding["code"])
        values = self._prepare_finding_words(finding["params"], names)
        # A snapshot is for ever: one written before a sentence asked for more still
        # reads.
        words = defaultdict(str, values)
        sentence = template % words if template else finding["code"]
        sign = ("fa-times text-danger", "fa-check text-success")[not finding["blocks"]]
        if finding["code"] in DOUBTS:
            sign = "fa-exclamation-triangle text-warning"
        return Markup('<li><i class="fa fa-fw %s me-2"></i>%s</li>') % (sign, sentence)

    def _prepare_finding_words(self, params, names):
        """Parameters of a finding as a reader sees them: names, dates, numbers."""
        words = dict(params)
        for key in params:
            value = params[key]
            if key.endswith("_date") and value:
                words[key] = format_date(self.env, value)
            elif isinstance(value, float):
                words[key] = f"{value:g}"
            elif key in FINDING_MODELS:
                words[key] = names[key].get(value, "")
        if "basis" in params:
            words["basis"] = self._get_basis_words().get(params["basis"], "")
        if "meter" in params:
            meters = dict(self.env["stock.lot"]._get_meter_words())
            words["meter"] = meters.get(params["meter"], "")
        if "side" in params:
            words["side"] = self._get_side_words().get(params["side"], "")
        if "serial_code" in params:
            verdicts = dict(self.env["helpdesk.ticket"]._get_serial_verdicts())
            words["serial_code"] = verdicts.get(params["serial_code"], "")
        return words

    def _get_side_words(self):
        """Words for what a repair costs."""
        return {
            "parts": self.env._("parts"),
            "labor": self.env._("labour"),
            "travel": self.env._("travel"),
        }

    def _get_basis_words(self):
        """Words for the dates a warranty may begin with."""
        return {
            "exchange": self.env._("date of exchange"),
            "invoice": self.env._("date of sale"),
            "installation": self.env._("date of installation"),
            "shipping": self.env._("shipping date and the usual time to sale"),
            "production": self.env._("date of production"),
        }

    def _read_finding_names(self):
        """Names of the records findings point at: parameter → id → name, in batch."""
        names = {}
        for key, model in FINDING_MODELS.items():
            ids = {
                finding["params"][key]
                for decision in self
                for finding in decision.findings or ()
                if finding["params"].get(key)
            }
            # Names of codes and policies that decided, for who may read the decision.
            records = self.env[model].sudo().browse(ids).exists()
            names[key] = {record.id: record.display_name for record in records}
        return names
