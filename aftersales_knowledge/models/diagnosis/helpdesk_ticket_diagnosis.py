from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError


class HelpdeskTicket(models.Model):
    """A request is diagnosed by a guide: its codes, and the road that led to them."""

    _inherit = "helpdesk.ticket"

    diagnosis_end_id = fields.Many2one(
        "aftersales.diagnosis.answer",
        string="End of the diagnosis",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
    )

    @api.model
    def _get_guarded_names(self):
        return super()._get_guarded_names() | {"diagnosis_end_id"}

    @api.model
    def _check_guarded(self, vals_list, is_new=False):
        super()._check_guarded(vals_list, is_new)
        told = [vals for vals in vals_list if "diagnosis_end_id" in vals]
        if is_new:
            told = [vals for vals in told if vals["diagnosis_end_id"]]
        if told and not self.env.su:
            raise AccessError(
                self.env._("The end of a diagnosis is taken over by its button only.")
            )

    def action_diagnose(self):
        """Ask the caller question by question, where one does not know the machine."""
        self.ensure_one()
        self.check_access("write")
        guides = self.env["aftersales.diagnosis"]
        guides.check_access("read")
        found = guides._find(self.product_id, self.company_id)
        return self.env["aftersales.diagnosis.walk"]._open(
            ticket_id=self.id, diagnosis_id=found.id if len(found) == 1 else False
        )

    def _take_over_diagnosis(self, end, road):
        """Write down what a diagnosis led to, and how.

        :param end: the answer that ended it
        :param road: all answers that were given, in order
        """
        self.ensure_one()
        self.check_access("write")
        if vals := end._prepare_request_vals(self):
            self.write(vals)
        # The figures count it, so nobody else writes it; writing was checked above.
        self.sudo().diagnosis_end_id = end
        named = [code.display_name for code in end._get_codes().values()]
        lines = [
            Markup("<p>%s</p>")
            % self.env._("Guided diagnosis: %(guide)s", guide=end.diagnosis_id.name),
            road._tell(),
        ]
        if named:
            lines.append(Markup("<p>%s</p>") % " · ".join(named))
        self.message_post(body=Markup().join(lines))
