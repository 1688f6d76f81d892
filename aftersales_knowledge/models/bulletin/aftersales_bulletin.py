from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...tools import bulletin as bulletin_rule
from ..article.aftersales_article import APPROVER

ROLES = {"station": ("station",), "dealer": ("dealer",), "all": ("station", "dealer")}


class AftersalesBulletin(models.Model):
    """News for stations and dealers: planned by month, published, read, archived."""

    _name = "aftersales.bulletin"
    _description = "Bulletin"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.content.mixin",
        "aftersales.state.mixin",
    ]
    _order = "planned_month desc, id desc"

    TRANSITIONS = bulletin_rule.TRANSITIONS
    _guarded_fields = ("state", "published_at", "approver_id")
    # What was sent out stands still.
    _content_fields = (
        "name",
        "body",
        "attachment_ids",
        "receivers",
        "territory_ids",
        "station_grade",
        "class_ids",
        "company_id",
    )

    name = fields.Char(string="Title", required=True, translate=True, tracking=True)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("planned", "Planned"),
            ("published", "Published"),
            ("archived", "Archived"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    kind = fields.Selection(
        [
            ("product", "Products"),
            ("promotion", "Promotion"),
            ("service", "Service notice"),
            ("other", "Other news"),
        ],
        required=True,
        default="service",
    )
    planned_month = fields.Date(
        string="Planned for",
        required=True,
        default=lambda self: self.env.company._get_today().replace(day=1),
        help="The month of the plan; any day of it.",
    )
    body = fields.Html(string="Text", translate=True, sanitize_style=True)
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "aftersales_bulletin_attachment_rel",
        string="Attachments",
        copy=False,
    )
    receivers = fields.Selection(
        [
            ("all", "Stations and dealers"),
            ("station", "Service stations"),
            ("dealer", "Dealers"),
        ],
        required=True,
        default="all",
    )
    territory_ids = fields.Many2many(
        "aftersales.territory",
        string="Territories",
        help="With everything below them; empty means everywhere.",
    )
    station_grade = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        string="Only stations of grade",
        help="Empty means every grade. Dealers have no grade and get it anyway.",
    )
    class_ids = fields.Many2many(
        "aftersales.customer.class",
        string="Only dealers of class",
        help="Empty means every class. Stations are not asked for one and get it"
        " anyway.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    approver_id = fields.Many2one(
        "res.users", string="Published by", readonly=True, copy=False
    )
    published_at = fields.Datetime(string="Published on", readonly=True, copy=False)
    reader_ids = fields.One2many("aftersales.bulletin.reader", "bulletin_id")
    addressed_count = fields.Integer(string="Addressed", compute="_compute_counts")
    read_count = fields.Integer(string="Have read it", compute="_compute_counts")
    can_publish = fields.Boolean(compute="_compute_can_publish")

    @api.depends("reader_ids.read_at")
    @api.depends_context("uid")
    def _compute_counts(self):
        counts = {
            bulletin.id: (addressed, read)
            for bulletin, addressed, read in self.env[
                "aftersales.bulletin.reader"
            ]._read_group(
                [("bulletin_id", "in", self.ids)],
                ["bulletin_id"],
                ["__count", "read_at:count"],
            )
        }
        for bulletin in self:
            found = counts.get(bulletin.id, (0, 0))
            bulletin.addressed_count, bulletin.read_count = found

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_publish(self):
        for bulletin in self:
            bulletin.can_publish = (
                bulletin.state == "planned" and self.env.user.has_group(APPROVER)
            )

    def action_plan(self):
        """Take the bulletin into the plan."""
        self.check_access("write")
        self._update_state("planned")

    def action_redraft(self):
        """Take the bulletin out of the plan."""
        self.check_access("write")
        self._update_state("draft")

    def action_publish(self):
        """Address the bulletin; the mails go out in batches."""
        self._check_approver()
        for bulletin in self:
            if not bulletin.body:
                raise UserError(
                    self.env._("“%(bulletin)s” is empty.", bulletin=bulletin.name)
                )
        self._update_state(
            "published", published_at=fields.Datetime.now(), approver_id=self.env.uid
        )
        self._address()

    def action_archive_bulletin(self):
        """Put the bulletin by; its readers find it in the archive."""
        self._check_approver()
        self._update_state("archived")

    def action_open_readers(self):
        """Open who was addressed and who has read it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_knowledge.bulletin_reader_action"
        )
        return {**action, "domain": [("bulletin_id", "in", self.ids)]}

    def _check_approver(self):
        self.check_access("write")
        if not self.env.user.has_group(APPROVER):
            raise AccessError(
                self.env._("Only an approver publishes and archives bulletins.")
            )

    def _check_changeable(self):
        for bulletin in self:
            is_out = bulletin.state in ("published", "archived")
            if is_out and not self._is_unguarded():
                raise UserError(
                    self.env._(
                        "“%(bulletin)s” has been published and stays as it is.",
                        bulletin=bulletin.name,
                    )
                )

    def _address(self):
        """Make a row for everybody a bulletin is for, once, whoever calls twice."""
        # Whom it is for is the audience's, not a matter of who publishes.
        rows = self.env["aftersales.bulletin.reader"].sudo()
        for bulletin in self.sudo():
            known = bulletin.reader_ids.partner_id
            partners = bulletin._find_receivers() - known
            rows.create(
                [
                    {"bulletin_id": bulletin.id, "partner_id": partner.id}
                    for partner in partners
                ]
            )

    def _find_receivers(self):
        """Partners the bulletin is for, by the pure rule."""
        self.ensure_one()
        audience = bulletin_rule.Audience(
            roles=frozenset(ROLES[self.receivers]),
            territory_ids=frozenset(self.territory_ids.ids),
            grade=self.station_grade or None,
            class_ids=frozenset(self.class_ids.ids),
        )
        partners = self.env["res.partner"].search(
            Domain("aftersales_role", "in", ROLES[self.receivers])
            & Domain("company_id", "in", [False, self.company_id.id]),
            order="id",
        )
        return partners.browse(
            bulletin_rule.select(audience, partners._prepare_receiver_facts())
        )


class ResPartner(models.Model):
    """A station or dealer as the receiver of news."""

    _inherit = "res.partner"

    def _prepare_receiver_facts(self):
        return [
            bulletin_rule.Receiver(
                id=partner.id,
                role=partner.aftersales_role,
                territory_path=tuple(
                    int(step)
                    for step in (partner.territory_id.parent_path or "").split("/")
                    if step
                ),
                grade=partner.station_grade or None,
                class_id=partner.customer_class_id.id or None,
            )
            for partner in self
        ]
