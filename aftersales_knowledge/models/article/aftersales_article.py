from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import article as article_rule

# Who may read an article: each audience includes those before it.
AUDIENCES = ("internal", "station", "public")
PORTAL_AUDIENCES = ("station", "public")
EDITOR = "aftersales_knowledge.group_knowledge_editor"
APPROVER = "aftersales_knowledge.group_knowledge_approver"


class AftersalesArticle(models.Model):
    """A fault and its remedy, offered where the fault is typed or repaired."""

    _name = "aftersales.article"
    _description = "Article"
    # Versions come last: they are written past the guard of the states.
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.state.mixin",
        "html.field.history.mixin",
    ]
    _order = "name, id"

    TRANSITIONS = article_rule.TRANSITIONS
    _guarded_fields = (
        "state",
        "published_at",
        "approver_id",
        "last_editor_id",
        "html_field_history",
        "version_history",
        "review_asked_on",
    )
    # What readers rely on changes only while nobody is shown it.
    _content_fields = (
        "name",
        "symptom",
        "cause",
        "remedy",
        "fault_code_ids",
        "product_ids",
        "product_categ_ids",
        "part_ids",
        "operation_ids",
        "picture_ids",
        "audience",
        "company_id",
    )

    name = fields.Char(string="Title", required=True, translate=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("review", "In review"),
            ("published", "Published"),
            ("retired", "Retired"),
        ],
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

    # Symptom → cause → remedy, and what the remedy takes.
    symptom = fields.Html(
        translate=True, sanitize_style=True, help="How the fault shows."
    )
    cause = fields.Html(
        translate=True, sanitize_style=True, help="What is behind it, and how to tell."
    )
    remedy = fields.Html(
        translate=True,
        sanitize_style=True,
        help="What to look for and what to do, step by step.",
    )
    part_ids = fields.Many2many(
        "product.product",
        "aftersales_article_part_rel",
        string="Parts",
        domain="[('is_storable', '=', True)]",
        help="Parts the remedy usually takes.",
    )
    operation_ids = fields.Many2many(
        "aftersales.operation",
        string="Labour operations",
        help="The work of the remedy; its hours are those paid.",
    )
    standard_hours = fields.Float(compute="_compute_standard_hours")
    picture_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_article_picture_rel",
        string="Pictures",
        copy=False,
        domain="[('mimetype', 'like', 'image/')]",
        help="What the fault looks like and how the repair is done.",
    )

    owner_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        index="btree_not_null",
        help="Who keeps the article right. Empty until an editor takes on what"
        " somebody contributed.",
    )
    last_editor_id = fields.Many2one(
        "res.users",
        string="Last changed by",
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
        help="Who changed last what readers rely on; somebody else publishes it.",
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
    can_submit = fields.Boolean(compute="_compute_can")
    can_publish = fields.Boolean(compute="_compute_can")
    can_send_back = fields.Boolean(compute="_compute_can")
    can_revise = fields.Boolean(compute="_compute_can")
    can_retire = fields.Boolean(compute="_compute_can")
    can_edit = fields.Boolean(compute="_compute_can")
    is_own_edit = fields.Boolean(compute="_compute_can")

    _published_idx = models.Index("(id) WHERE state = 'published'")

    @api.depends("operation_ids.standard_hours")
    def _compute_standard_hours(self):
        for article in self:
            article.standard_hours = sum(article.operation_ids.mapped("standard_hours"))

    @api.depends("state", "last_editor_id")
    @api.depends_context("uid")
    def _compute_can(self):
        may_write = self.has_access("write") if self.ids else True
        for article in self:
            facts = article._prepare_life_facts()
            for step in article_rule.STEPS:
                article[f"can_{step}"] = article_rule.is_offered(step, facts)
            article.can_edit = article.state == "draft" and may_write
            article.is_own_edit = facts.is_own_edit

    def write(self, vals):
        content = vals.keys() & set(self._content_fields)
        if content:
            self._check_draft()
        result = super().write(vals)
        if content and not self._is_unguarded():
            self._write_guarded({"last_editor_id": self.env.uid})
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        if field_name in self._content_fields:
            self.check_access("write")
            self._check_draft()
        result = super()._update_field_translations(field_name, *args, **kwargs)
        if field_name in self._content_fields and not self._is_unguarded():
            self._write_guarded({"last_editor_id": self.env.uid})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_drafts_only(self):
        for article in self:
            if article.state not in ("draft", "review"):
                raise UserError(
                    self.env._(
                        "“%(article)s” has been published: retire it instead.",
                        article=article.name,
                    )
                )

    def action_submit(self):
        """Hand the article to an approver."""
        self._take_step("submit")

    def action_publish(self):
        """Show the article to its audience from now on."""
        self._take_step(
            "publish", published_at=fields.Datetime.now(), approver_id=self.env.uid
        )

    def action_send_back(self):
        """Give the article back to its writers."""
        self._take_step("send_back")

    def action_revise(self):
        """Take the article back to correct it; nobody is offered it meanwhile."""
        self._take_step("revise", published_at=False, approver_id=False)

    def action_retire(self):
        """Offer the article no longer; it stays to be read up."""
        self._take_step("retire")

    def _take_step(self, step, **vals):
        """Take all of ``self`` one step on, if the user may with each of them."""
        self.check_access("write")
        for article in self:
            facts = article._prepare_life_facts()
            if code := article_rule.find_refusal(step, facts):
                article._refuse_step(code)
        _states, target = article_rule.STEPS[step]
        self._update_state(target, **vals)

    def _prepare_life_facts(self):
        self.ensure_one()
        user = self.env.user
        return article_rule.Facts(
            state=self.state,
            is_editor=user.has_group(EDITOR),
            is_approver=user.has_group(APPROVER),
            is_own_edit=self.last_editor_id == user,
            has_remedy=bool(self.remedy),
            has_owner=bool(self.owner_id),
        )

    def _refuse_step(self, code):
        """Say why a step is refused; ``code`` is one of ``tools.article``."""
        self.ensure_one()
        sentences = {
            "state": self.env._("“%(article)s” is no longer at this step."),
            "editor": self.env._("Only an editor hands articles in."),
            "approver": self.env._(
                "Only an approver publishes, takes back or retires articles."
            ),
            "own_edit": self.env._(
                "You changed “%(article)s” last: somebody else publishes it."
            ),
            "empty": self.env._("“%(article)s” is empty."),
            "owner": self.env._("“%(article)s” has no owner who keeps it right."),
        }
        is_role = code in ("editor", "approver")
        raise (AccessError if is_role else UserError)(
            sentences[code] % {"article": self.name}
        )

    def _check_draft(self):
        """Raise unless all are drafts: what is shown or looked at stands still."""
        for article in self:
            if article.state != "draft" and not self._is_unguarded():
                raise UserError(
                    self.env._(
                        "“%(article)s” is no draft: take it back before you change it.",
                        article=article.name,
                    )
                )
