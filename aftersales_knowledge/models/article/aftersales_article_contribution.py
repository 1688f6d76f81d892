from odoo import api, fields, models
from odoo.tools import plaintext2html

TEXTS = ("symptom", "cause", "remedy")
EDITORS = "aftersales_knowledge.group_knowledge_editor"


class AftersalesArticle(models.Model):
    """What staff and stations contribute: drafts that an editor takes on."""

    _inherit = "aftersales.article"

    contributor_id = fields.Many2one(
        "res.users",
        string="Contributed by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=EDITORS,
    )
    corrects_id = fields.Many2one(
        "aftersales.article",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The article in which somebody found something wrong or missing.",
    )
    source_order_id = fields.Many2one(
        "aftersales.work.order",
        string="From work order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=EDITORS,
        help="The repair it was written down from.",
    )

    def action_take_on(self):
        """Become the owner of what somebody contributed."""
        self.check_access("write")
        self.filtered(lambda article: not article.owner_id).owner_id = self.env.user

    def action_contribute(self):
        """Open the form in which staff writes an article or a correction."""
        self.check_access("read")
        return self._open_contribution(
            corrects_id=self.id if len(self) == 1 else False,
            name=self.name if len(self) == 1 else False,
            fault_code_ids=self.fault_code_ids.ids,
            product_ids=self.product_ids.ids,
        )

    @api.model
    def _open_contribution(self, **defaults):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write an article"),
            "res_model": "aftersales.article.contribution",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in defaults.items()},
        }

    @api.model
    def _contribute(self, vals, **links):
        """A draft without an owner, by whoever asks; the caller has checked him.

        :param vals: plain texts and links to codes, models, parts, operations
        :param links: ``corrects_id``, ``source_order_id``, ``company_id``
        """
        # Nobody but editors may write articles: these values only, always a draft.
        return self.sudo().create(
            {
                **vals,
                **{name: plaintext2html(vals.get(name) or "") for name in TEXTS},
                **links,
                "owner_id": False,
                "contributor_id": self.env.uid,
            }
        )
