from odoo import models
from odoo.fields import Domain

from .aftersales_article import PORTAL_AUDIENCES


class AftersalesWorkOrder(models.Model):
    """Articles are offered to the station that has the job."""

    _inherit = "aftersales.work.order"

    def _get_known_faults(self):
        """Articles for the station's page of this job: list of (article, why).

        For the portal: the caller has checked that the job is the reader's own.
        """
        self.ensure_one()
        order = self.sudo()
        ticket = order.ticket_id
        codes = (order.component_id or ticket.component_id) | (
            order.symptom_id or ticket.symptom_id
        )
        # Only what is published to stations comes out, whoever asks.
        articles = self.env["aftersales.article"].sudo()
        fault = articles._prepare_fault_facts(codes, order.product_id)
        company = Domain("company_id", "in", [False, order.company_id.id])
        [matches] = articles._suggest([fault], PORTAL_AUDIENCES, domain=company)
        return [
            (article, article._explain(match))
            for match in matches
            for article in articles.browse(match.article_id)
        ]
