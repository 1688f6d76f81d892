from odoo import fields, models
from odoo.fields import Command, Domain

from .aftersales_article import PORTAL_AUDIENCES


class AftersalesWorkOrder(models.Model):
    """Articles are offered to the station that has the job, and proven by it."""

    _inherit = "aftersales.work.order"

    article_ids = fields.Many2many(
        "aftersales.article",
        "aftersales_article_use_rel",
        "work_order_id",
        "article_id",
        string="Articles used",
        copy=False,
        groups="base.group_user",
        help="What helped with this repair; it proves the articles or does not.",
    )

    def action_write_article(self):
        """Write down what this repair taught, its codes and parts filled in."""
        self.ensure_one()
        self.check_access("read")
        return self.env["aftersales.article"]._open_contribution(
            work_order_id=self.id, **self._prepare_article_vals()
        )

    def _prepare_article_vals(self):
        """What a report says of a fault: codes and the station's own words.

        Nothing of the customer: neither his words nor who he is.
        """
        self.ensure_one()
        codes = self.symptom_id | self.component_id
        remedy = [self.remedy_id.name, self.work_text]
        return {
            "name": " · ".join(codes.mapped("name")),
            "symptom": self.symptom_id.name,
            "cause": self.cause_id.name,
            "remedy": "\n".join(filter(None, remedy)),
            "fault_code_ids": codes.ids,
            "product_ids": self.product_id.ids,
            "part_ids": self.part_line_ids.product_id.ids,
            "operation_ids": self.operation_line_ids.operation_id.ids,
        }

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
        fault = articles._prepare_fault_facts(
            codes, order.product_id, ticket.fault_text
        )
        company = Domain("company_id", "in", [False, order.company_id.id])
        [matches] = articles._suggest([fault], PORTAL_AUDIENCES, domain=company)
        return [
            (article, article._explain(match))
            for match in matches
            for article in articles.browse(match.article_id)
        ]

    def _note_article(self, article, is_used):
        """Write down whether an article helped; once, however often it is said.

        For the portal: the caller has checked that job and article are the reader's.
        """
        self.ensure_one()
        # A station may not write jobs; this one link only.
        command = Command.link if is_used else Command.unlink
        self.sudo().write({"article_ids": [command(article.id)]})
