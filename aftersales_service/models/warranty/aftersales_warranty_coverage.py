from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...tools import warranty_facts

HEADQUARTERS = "aftersales_service.group_aftersales_headquarters"


class AftersalesWarrantyCoverage(models.Model):
    """What was promised for one machine beside its policy.

    Extended warranty and goodwill are granted by hand, those of replaced parts come
    from the report, those of a campaign from the campaign.
    """

    _name = "aftersales.warranty.coverage"
    _description = "Warranty coverage"
    _inherit = ["mail.thread", "mail.activity.mixin", "aftersales.state.mixin"]
    _order = "valid_from desc, id desc"

    TRANSITIONS = {
        "draft": ("to_approve", "granted", "refused"),
        "to_approve": ("granted", "refused"),
        "granted": ("ended",),
        "refused": (),
        "ended": (),
    }
    # What was promised stays as promised; only what was asked for may be changed.
    _guarded_fields = ("state", "granted_by_id", "granted_at", "ended_reason")

    kind = fields.Selection(
        [
            ("extended", "Extended warranty"),
            ("goodwill", "Goodwill"),
            ("part", "Replaced part"),
            ("campaign", "Service campaign"),
        ],
        required=True,
        default="extended",
        help="Goodwill and campaigns hold whatever the cause of the fault.",
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("to_approve", "To approve"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("ended", "Ended"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    unit_id = fields.Many2one(
        "stock.lot", string="Machine", required=True, index=True, ondelete="restrict"
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        index="btree_not_null",
        help="The request goodwill is granted on.",
    )
    work_order_id = fields.Many2one(
        "aftersales.work.order",
        readonly=True,
        index="btree_not_null",
        help="The repair in which the part was fitted.",
    )
    campaign_id = fields.Many2one(
        "aftersales.service.campaign", readonly=True, index="btree_not_null"
    )
    part_line_id = fields.Many2one(
        "aftersales.work.order.part", readonly=True, index="btree_not_null"
    )
    territory_id = fields.Many2one(
        "aftersales.territory",
        compute="_compute_territory_id",
        store=True,
        precompute=True,
        index=True,
        help="Of the request it is granted on, else of the machine.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    valid_from = fields.Date(
        required=True, default=lambda self: self.env.company._get_today()
    )
    valid_to = fields.Date(help="Last day; empty means without end.")
    component_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'component')]",
        help="What it is about, with everything below it; empty means the whole"
        " machine.",
    )
    max_hours = fields.Float(string="Operating hours", help="0 means no limit.")
    max_km = fields.Float(string="Kilometres", help="0 means no limit.")
    covers_parts = fields.Boolean(default=True)
    covers_labor = fields.Boolean(string="Covers labour", default=True)
    covers_travel = fields.Boolean(default=True)
    share_percent = fields.Integer(
        string="Maker pays (%)",
        default=100,
        required=True,
        help="What the customer does not pay of the covered cost.",
    )
    amount = fields.Monetary(
        string="Expected cost",
        help="What the maker will pay. Above the limit of the company headquarters"
        " decides.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    reason = fields.Text(help="Why the maker pays though it need not.")
    reference = fields.Char(help="Number of the contract or of the invoice.")
    is_transferable = fields.Boolean(
        string="Goes with the machine",
        default=True,
        help="Otherwise it ends when the machine gets another owner.",
    )
    granted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    granted_at = fields.Datetime(readonly=True, copy=False)
    ended_reason = fields.Char(readonly=True, copy=False)
    can_request = fields.Boolean(compute="_compute_can")
    can_grant = fields.Boolean(compute="_compute_can")
    can_refuse = fields.Boolean(compute="_compute_can")
    can_end = fields.Boolean(compute="_compute_can")

    _part_once = models.UniqueIndex(
        "(part_line_id) WHERE part_line_id IS NOT NULL",
        "This part has its warranty already.",
    )
    _campaign_once = models.UniqueIndex(
        "(campaign_id, unit_id) WHERE campaign_id IS NOT NULL AND state = 'granted'",
        "The campaign covers this machine already.",
    )
    _share_sensible = models.Constraint(
        "CHECK(share_percent BETWEEN 1 AND 100)",
        "The maker pays between 1 and 100 percent.",
    )
    _days_in_order = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_to >= valid_from)",
        "The coverage ends before it begins.",
    )

    @api.depends("kind", "valid_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for coverage in self:
            coverage.display_name = kinds.get(coverage.kind, "")

    @api.depends("ticket_id.territory_id", "unit_id.territory_id")
    def _compute_territory_id(self):
        for coverage in self:
            coverage.territory_id = (
                coverage.ticket_id.territory_id or coverage.unit_id.territory_id
            )

    @api.depends("state", "kind", "amount", "company_id.goodwill_limit")
    @api.depends_context("uid")
    def _compute_can(self):
        for coverage in self:
            may_decide = coverage._may_decide()
            coverage.can_request = coverage.state == "draft" and not may_decide
            coverage.can_grant = coverage.state in ("draft", "to_approve") and (
                may_decide
            )
            coverage.can_refuse = coverage.can_grant
            coverage.can_end = coverage.state == "granted" and may_decide

    def _may_decide(self):
        """Whether the present user may grant or refuse this: headquarters, or the
        office for goodwill up to the limit of the company."""
        self.ensure_one()
        if self.env.user.has_group(HEADQUARTERS):
            return True
        is_small = self.amount <= self.company_id.goodwill_limit
        is_office = self.env.user.has_group(
            "aftersales_service.group_aftersales_office"
        )
        return is_office and self.kind == "goodwill" and is_small

    @api.constrains("kind", "reason", "amount", "ticket_id")
    def _check_goodwill_is_explained(self):
        for coverage in self.filtered(lambda item: item.kind == "goodwill"):
            if not (coverage.reason or "").strip() or coverage.amount <= 0:
                raise ValidationError(
                    self.env._("Goodwill needs a reason and its expected cost.")
                )

    def write(self, vals):
        asked = self._get_promise_fields() & vals.keys()
        if asked and not self._is_unguarded():
            open_states = ("draft", "to_approve")
            if self.filtered(lambda coverage: coverage.state not in open_states):
                self._refuse_guarded(sorted(asked))
        return super().write(vals)

    def _get_promise_fields(self):
        """Columns that stay as they were when the coverage was granted."""
        return {
            *("kind", "unit_id", "ticket_id", "valid_from", "valid_to"),
            *("component_id", "max_hours", "max_km", "share_percent", "amount"),
            *("covers_parts", "covers_labor", "covers_travel", "company_id"),
        }

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if self.filtered(lambda coverage: coverage.state != "draft"):
            self._refuse_guarded(["state"])

    # Actions

    def action_request(self):
        """Ask headquarters."""
        self.check_access("write")
        self._update_state("to_approve")
        for coverage in self:
            coverage.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Decide on %s", coverage.display_name),
                user_id=coverage._get_approver().id,
            )

    def action_grant(self):
        self._check_may_decide()
        self._grant()

    def action_refuse(self):
        self._check_may_decide()
        self._update_state("refused")
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_end(self):
        self._check_may_decide()
        self._end(self.env._("Ended by %s", self.env.user.name))

    def _check_may_decide(self):
        self.check_access("write")
        for coverage in self:
            if not coverage._may_decide():
                raise AccessError(
                    self.env._(
                        "Headquarters decides on this. Ask for approval instead."
                    )
                )

    def _get_approver(self):
        """Who is reminded of what waits for headquarters."""
        self.ensure_one()
        top = self.territory_id.sudo()  # only who is asked is looked up
        while top.parent_id:
            top = top.parent_id
        group = self.env.ref(HEADQUARTERS).sudo()
        users = group.all_user_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        return (top.manager_id & users) or users.sorted("id")[:1]

    # Life. Batch methods; callers have checked who asks.

    def _grant(self):
        """The promise holds, and open requests it was made for are decided anew."""
        self._update_state(
            "granted",
            granted_by_id=self.env.uid,
            granted_at=fields.Datetime.now(),
        )
        self.activity_unlink(["mail.mail_activity_data_todo"])
        if tickets := self.ticket_id:
            tickets._decide_warranty()

    def _end(self, reason):
        self._update_state("ended", ended_reason=reason)

    def _prepare_coverage_facts(self):
        """This coverage for ``warranty.decide``."""
        self.ensure_one()
        limits = {"hours": self.max_hours, "km": self.max_km}
        return warranty_facts.Coverage(
            id=self.id,
            kind=self.kind,
            valid_from=self.valid_from,
            valid_to=self.valid_to or None,
            component_ids=frozenset(self.component_id.ids),
            usage_limits={meter: limit for meter, limit in limits.items() if limit},
            covers_parts=self.covers_parts,
            covers_labor=self.covers_labor,
            covers_travel=self.covers_travel,
            share_percent=self.share_percent,
        )
