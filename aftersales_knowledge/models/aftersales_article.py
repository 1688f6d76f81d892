from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools import suggestion

# Who may read an article: each audience includes those before it.
AUDIENCES = ("internal", "station", "public")
PORTAL_AUDIENCES = ("station", "public")
SUGGESTION_LIMIT = 5


class AftersalesArticle(models.Model):
    """A fault and its remedy, offered where the fault is typed or repaired."""

    _name = "aftersales.article"
    _description = "Article"
    _inherit = ["mail.thread", "aftersales.state.mixin"]
    _order = "name, id"

    TRANSITIONS = {
        "draft": ("published", "retired"),
        "published": ("draft", "retired"),
        "retired": ("draft",),
    }
    _guarded_fields = ("state", "published_at", "approver_id")
    # What readers rely on changes only while nobody is shown it.
    _content_fields = (
        "name",
        "remedy",
        "fault_code_ids",
        "product_ids",
        "product_categ_ids",
        "audience",
        "company_id",
    )

    name = fields.Char(string="Title", required=True, translate=True, tracking=True)
    state = fields.Selection(
        [("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    audience = fields.Selection(
        [
            ("internal", "Our own staff"),
            ("station", "Service stations"),
            ("public", "Everybody"),
        ],
        required=True,
        default="internal",
        tracking=True,
        help="Who may read the article once it is published. What everybody may read,"
        " stations and our own staff read too.",
    )
    fault_code_ids = fields.Many2many(
        "aftersales.fault.code",
        string="Fault codes",
        domain="[('kind', 'in', ('symptom', 'component'))]",
        help="Symptoms and components the article is about. A group stands for all its"
        " codes.",
    )
    product_ids = fields.Many2many(
        "product.product", string="Models", help="Empty means any model."
    )
    product_categ_ids = fields.Many2many(
        "product.category",
        string="Product categories",
        help="Categories stand for all their models.",
    )
    remedy = fields.Html(
        translate=True,
        sanitize_style=True,
        help="What to look for and what to do, step by step.",
    )
    owner_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        help="Who keeps the article right.",
    )
    approver_id = fields.Many2one(
        "res.users", string="Approved by", readonly=True, copy=False
    )
    published_at = fields.Datetime(string="Published on", readonly=True, copy=False)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        help="Empty means every company.",
    )
    can_approve = fields.Boolean(compute="_compute_can_approve")
    can_edit = fields.Boolean(compute="_compute_can_edit")

    _published_idx = models.Index("(id) WHERE state = 'published'")

    @api.depends_context("uid")
    def _compute_can_approve(self):
        self.can_approve = self._is_approver()

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_edit(self):
        may_write = self.has_access("write") if self.ids else True
        for article in self:
            article.can_edit = article.state == "draft" and may_write

    def write(self, vals):
        if not self._is_unguarded() and vals.keys() & set(self._content_fields):
            for article in self:
                if article.state != "draft":
                    raise UserError(
                        self.env._(
                            "“%(article)s” is no draft: take it back before you change"
                            " it.",
                            article=article.name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        for article in self:
            if article.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(article)s” has been published: retire it instead.",
                        article=article.name,
                    )
                )

    def action_publish(self):
        """Show the article to its audience from now on."""
        self._check_can_approve()
        for article in self:
            if not article.remedy:
                raise UserError(
                    self.env._("“%(article)s” is empty.", article=article.name)
                )
        self._update_state(
            "published", published_at=fields.Datetime.now(), approver_id=self.env.uid
        )

    def action_revise(self):
        """Take the article back to correct it; nobody is offered it meanwhile."""
        self._check_can_approve()
        self._update_state("draft", published_at=False, approver_id=False)

    def action_retire(self):
        """Offer the article no longer; it stays to be read up."""
        self._check_can_approve()
        self._update_state("retired")

    def _is_approver(self):
        return self.env.user.has_group("aftersales_knowledge.group_knowledge_approver")

    def _check_can_approve(self):
        self.check_access("write")
        if not self._is_approver():
            raise AccessError(
                self.env._(
                    "Only an approver publishes, takes back or retires articles."
                )
            )

    @api.model
    def _suggest(self, faults, audiences=AUDIENCES, domain=Domain.TRUE):
        """The published articles that help with each fault, the best first.

        Reads with the rights of the caller; the number of queries does not depend on
        the number of faults or articles.

        :param faults: list of ``tools.suggestion.Fault``
        :param audiences: whose articles to offer
        :param domain: further limits, where the caller reads past the rights
        :return: list of lists of ``tools.suggestion.Match``
        """
        candidates = Domain.OR(self._get_candidate_domain(fault) for fault in faults)
        articles = self.search_fetch(
            candidates
            & domain
            & Domain("state", "=", "published")
            & Domain("audience", "in", audiences),
            ["fault_code_ids", "product_ids", "product_categ_ids"],
        )
        facts = [article._prepare_suggestion_facts() for article in articles]
        return [suggestion.rank(facts, fault, SUGGESTION_LIMIT) for fault in faults]

    @api.model
    def _get_candidate_domain(self, fault):
        """Articles that share a code or name the machine; the rule decides the rest."""
        codes = {code for path in fault.code_paths for code in path}
        return Domain.OR(
            [
                Domain("fault_code_ids", "in", list(codes)),
                Domain("product_ids", "in", [fault.product_id or 0]),
                Domain("product_categ_ids", "in", list(fault.category_path)),
            ]
        )

    def _prepare_suggestion_facts(self):
        self.ensure_one()
        return suggestion.Article(
            id=self.id,
            code_ids=frozenset(self.fault_code_ids.ids),
            product_ids=frozenset(self.product_ids.ids),
            category_ids=frozenset(self.product_categ_ids.ids),
        )

    @api.model
    def _prepare_fault_facts(self, codes, product):
        """Facts of a fault for ``_suggest``.

        :param codes: fault codes given, of any kind
        :param product: the machine's model, may be empty
        """
        # Paths are ids only; the caller could read the codes and the product.
        category = product.sudo().categ_id
        return suggestion.Fault(
            code_paths=tuple(code.sudo()._get_path_ids() for code in codes),
            product_id=product._origin.id or None,
            category_path=_get_category_path(category),
        )

    def _explain(self, match):
        """Why an article is offered, as one short line."""
        codes = self.env["aftersales.fault.code"].browse(match.code_ids)
        words = [code.display_name for code in codes]
        if match.product_fit == suggestion.SAME_PRODUCT:
            words.append(self.env._("this model"))
        elif match.product_fit == suggestion.SAME_CATEGORY:
            words.append(self.env._("this kind of machine"))
        return " · ".join(words)


def _get_category_path(category):
    """Ids from a product category up to its topmost one."""
    if not category:
        return ()
    return tuple(int(part) for part in reversed(category.parent_path.split("/")[:-1]))
