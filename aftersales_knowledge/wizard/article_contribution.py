from odoo import fields, models
from odoo.fields import Command

LINKS = ("fault_code_ids", "product_ids", "part_ids", "operation_ids")


class AftersalesArticleContribution(models.TransientModel):
    """What a member of staff knows about a fault, for the editors."""

    _name = "aftersales.article.contribution"
    _description = "Contribution to the knowledge"

    name = fields.Char(string="Title", required=True)
    symptom = fields.Text(help="How the fault shows.")
    cause = fields.Text(help="What is behind it, and how to tell.")
    remedy = fields.Text(required=True, help="What to look for and what to do.")
    fault_code_ids = fields.Many2many(
        "aftersales.fault.code", domain="[('kind', 'in', ('symptom', 'component'))]"
    )
    product_ids = fields.Many2many("product.product", string="Models")
    part_ids = fields.Many2many(
        "product.product", "aftersales_contribution_part_rel", string="Parts"
    )
    operation_ids = fields.Many2many("aftersales.operation", string="Labour operations")
    corrects_id = fields.Many2one("aftersales.article", readonly=True)
    work_order_id = fields.Many2one("aftersales.work.order", readonly=True)

    def action_confirm(self):
        """Hand the text to the editors."""
        self.ensure_one()
        articles = self.env["aftersales.article"]
        articles.check_access("read")
        # Both came with the context: what the user may not read is not linked.
        self.corrects_id.check_access("read")
        self.work_order_id.check_access("read")
        article = articles._contribute(
            {
                **{name: self[name] for name in ("name", "symptom", "cause", "remedy")},
                **{name: [Command.set(self[name].ids)] for name in LINKS},
            },
            corrects_id=self.corrects_id.id,
            source_order_id=self.work_order_id.id,
        )
        if articles.has_access("write"):
            return article.with_env(self.env).get_formview_action()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("Thank you. An editor looks at it."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
