from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class AftersalesCounterfeitCase(models.Model):
    """A sign that a serial is on a machine that is not ours, for the office to judge.

    Made by the radar, once per serial and kind while it is open; what was found stays
    as it was, the office adds what it learned.
    """

    _name = "aftersales.counterfeit.case"
    _description = "Counterfeit case"
    _inherit = [
        "aftersales.state.mixin",
        "aftersales.territory.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "last_seen_at desc, id desc"
    _rec_name = "serial_key"

    TRANSITIONS = {
        "open": ("investigating", "confirmed", "dismissed"),
        "investigating": ("confirmed", "dismissed"),
        "confirmed": (),
        "dismissed": (),
    }
    _guarded_fields = (
        *("state", "kind", "signal_key", "serial_key", "unit_id", "product_id"),
        *("check_ids", "first_check_id", "second_check_id", "distance_km", "hours"),
        *("sale_date", "last_seen_at", "closed_at", "territory_id", "company_id"),
    )

    state = fields.Selection(
        [
            ("open", "Open"),
            ("investigating", "Under investigation"),
            ("confirmed", "Counterfeit"),
            ("dismissed", "No counterfeit"),
        ],
        default="open",
        required=True,
        tracking=True,
        index=True,
    )
    kind = fields.Selection(
        [
            ("far_apart", "Places too far apart"),
            ("before_sale", "Before the sale"),
            ("cluster", "Many unknown serials"),
        ],
        string="Suspicion",
        required=True,
    )
    signal_key = fields.Char(required=True, help="What the case is about, once open.")
    serial_key = fields.Char(string="Serial number", index="btree_not_null")
    unit_id = fields.Many2one(
        "stock.lot", string="Machine", index="btree_not_null", ondelete="set null"
    )
    can_open_unit = fields.Boolean(compute="_compute_can_open_unit")
    product_id = fields.Many2one("product.product", string="Model")
    check_ids = fields.Many2many(
        "aftersales.serial.check",
        "aftersales_counterfeit_check_rel",
        "case_id",
        "check_id",
        string="Authenticity checks",
    )
    check_count = fields.Integer(
        compute="_compute_check_count", compute_sudo=True, string="Times asked"
    )
    ticket_ids = fields.Many2many(
        "helpdesk.ticket", compute="_compute_ticket_ids", string="Requests"
    )
    first_check_id = fields.Many2one("aftersales.serial.check")
    second_check_id = fields.Many2one("aftersales.serial.check")
    distance_km = fields.Float(string="Distance (km)", aggregator="max", digits=(8, 1))
    hours = fields.Float(string="Hours between", aggregator="min")
    sale_date = fields.Date(string="Sold on", help="As it was known when found.")
    last_seen_at = fields.Datetime(string="Last asked")
    finding = fields.Text(compute="_compute_finding", compute_sudo=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Suspected seller",
        index="btree_not_null",
        tracking=True,
        help="Who sold the machine, as far as the office knows.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        tracking=True,
        domain=[("share", "=", False)],
    )
    conclusion = fields.Text(help="What was found out; needed to close the case.")
    closed_at = fields.Datetime(string="Closed on", readonly=True)
    visiting_territory_ids = fields.Many2many(
        "aftersales.territory",
        "aftersales_counterfeit_visiting_rel",
        "case_id",
        "territory_id",
        string="Also asked in",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )

    _one_open_case = models.UniqueIndex(
        "(company_id, kind, signal_key) WHERE state IN ('open', 'investigating')",
        "This sign already has an open case.",
    )

    @api.depends("kind", "serial_key", "territory_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for case in self:
            about = case.serial_key or case.territory_id.sudo().name or ""
            case.display_name = f"{about} · {kinds.get(case.kind, '')}"

    @api.depends("unit_id")
    @api.depends_context("uid")
    def _compute_can_open_unit(self):
        visible = self.unit_id._filtered_access("read")
        for case in self:
            case.can_open_unit = case.unit_id in visible

    @api.depends("check_ids")
    def _compute_check_count(self):
        # All that were asked, also beyond the border: a number tells nothing.
        groups = (
            self.env["aftersales.serial.check"]
            .sudo()
            ._read_group([("case_ids", "in", self.ids)], ["case_ids"], ["__count"])
        )
        counts = {case.id: count for case, count in groups}
        for case in self:
            case.check_count = counts.get(case.id, 0)

    @api.depends("check_ids")
    def _compute_ticket_ids(self):
        for case in self:
            # Ids past the border, of which the reader gets those he may see.
            tickets = case._get_all_checks().ticket_id.sudo(False)
            case.ticket_ids = tickets._filtered_access("read")

    @api.depends("kind", "check_ids", "distance_km", "hours", "sale_date")
    @api.depends_context("lang", "tz")
    def _compute_finding(self):
        for case in self:
            case.finding = getattr(case, f"_get_{case.kind}_finding")()

    def _get_far_apart_finding(self):
        """Where it was asked about: cities and times, never who or the address."""
        return self.env._(
            "%(first)s, then %(second)s: %(km)s km in %(hours)s hours. One machine"
            " cannot have been at both.",
            first=self._get_place_words(self.first_check_id),
            second=self._get_place_words(self.second_check_id),
            km=round(self.distance_km),
            hours=round(self.hours, 1),
        )

    def _get_before_sale_finding(self):
        first = self._get_all_checks()[:1]
        return self.env._(
            "Asked for on %(asked)s; sold only on %(sold)s.",
            asked=fields.Date.to_string(first.create_date),
            sold=fields.Date.to_string(self.sale_date),
        )

    def _get_cluster_finding(self):
        return self.env._(
            "%(count)s serial numbers that nobody made were asked about here.",
            count=len(set(self._get_all_checks().mapped("serial_key"))),
        )

    def _get_all_checks(self):
        """Every question of the case, oldest first, also those beyond the border."""
        # Of the result only counts, days, cities and what the reader may see come out.
        checks = self.env["aftersales.serial.check"].sudo()
        return checks.search([("case_ids", "in", self.ids)], order="id")

    def _get_place_words(self, check):
        city = check._get_asked_city()
        return "{} ({})".format(
            city.name or self.env._("a place on the map"),
            format_datetime(self.env, check.create_date, dt_format="short"),
        )

    def action_investigate(self):
        """Begin: who takes the case answers for it."""
        self.check_access("write")
        for case in self.filtered(lambda case: not case.user_id):
            case.user_id = self.env.user
        self._update_state("investigating")

    def action_confirm(self):
        self._close("confirmed")

    def action_dismiss(self):
        self._close("dismissed")

    def _close(self, state):
        self.check_access("write")
        for case in self:
            if not (case.conclusion or "").strip():
                raise UserError(
                    self.env._("Write down what you found out before you close.")
                )
        self._update_state(state, closed_at=fields.Datetime.now())
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def action_mark_unit_copied(self):
        """The serial is on other machines, too: whoever shows it is a suspect."""
        self.check_access("write")
        for case in self:
            if case.state != "confirmed" or not case.unit_id:
                raise UserError(
                    self.env._("Only the machine of a confirmed case can be marked.")
                )
        # The unit's own rules decide whether this office may write it.
        self.unit_id.void_reason = "copied"

    def action_open_unit(self):
        """Open the machine's file; the border decides."""
        self.ensure_one()
        return self.unit_id.get_formview_action()

    def action_open_checks(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.serial_check_action"
        )
        return {**action, "domain": [("case_ids", "=", self.id)], "context": {}}
