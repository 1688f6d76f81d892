from odoo import models


class HelpdeskTicket(models.Model):
    """Articles are offered while the request is typed."""

    _inherit = "helpdesk.ticket"

    def _get_suggestions(self):
        self.ensure_one()
        articles = self.env["aftersales.article"]
        if not articles.has_access("read"):
            return super()._get_suggestions()
        fault = articles._prepare_fault_facts(
            self.component_id | self.symptom_id, self.product_id, self.fault_text
        )
        [matches] = articles._suggest([fault])
        return super()._get_suggestions() + [
            {
                "title": article.name,
                "text": article._explain(match),
                "res_model": articles._name,
                "res_id": article.id,
            }
            for match in matches
            for article in articles.browse(match.article_id)
        ]
