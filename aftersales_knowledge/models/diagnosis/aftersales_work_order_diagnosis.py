from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.aftersales_service.tools import dictionary


class AftersalesWorkOrder(models.Model):
    """A station is led through a guide, and its end begins the report."""

    _inherit = "aftersales.work.order"

    def _get_guides(self):
        """Guides for the station's page of this job, the nearest machine first.

        For the portal: the caller has checked that the job is the reader's own.
        """
        self.ensure_one()
        order = self.sudo()
        # Only what is published to stations comes out, whoever asks.
        guides = self.env["aftersales.diagnosis"].sudo()
        if order.state == "done" or not order.request_type_id.needs_warranty_decision:
            return guides
        domain = Domain("is_for_stations", "=", True)
        return guides._find(order.product_id, order.company_id, domain)

    def _take_over_diagnosis(self, end, road):
        """Give the open report the codes of an end where it has none; note the road.

        For the portal: the caller has checked that the job is the reader's own and has
        walked the guide.

        :param end: the answer that ended it; empty where it was not reached
        :param road: all answers that were given, in order
        :raise UserError: there is no end yet, or the report is closed
        """
        self.ensure_one()
        if not end:
            raise UserError(self.env._("Answer the questions to their end first."))
        self.lock_for_update()
        vals = self._prepare_diagnosed_vals(end)
        self._save_report(vals)
        # What the office found out on the telephone stays what it was.
        is_first = not self.ticket_id.diagnosis_end_id
        if not vals and not is_first:
            return
        if is_first:
            self.ticket_id.diagnosis_end_id = end
        title = self.env._("Guided diagnosis: %(guide)s", guide=end.diagnosis_id.name)
        self._message_log(body=Markup("<p>%s</p>%s") % (title, road._tell()))

    def _prepare_diagnosed_vals(self, end):
        """Codes of an end for the fields of the report that are empty, as far as they
        may be chosen and go with what is there."""
        choices = self._get_code_choices()
        facts = self._prepare_code_facts()
        vals = {}
        for kind, code in end._get_codes().items():
            told = facts | {kind: code._prepare_code_facts()}
            if kind in facts or code not in choices[kind] or dictionary.misfits(told):
                continue
            facts = told
            vals[f"{kind}_id"] = code.id
        return vals
