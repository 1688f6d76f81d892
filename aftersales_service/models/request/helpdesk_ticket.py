from odoo import api, fields, models
from odoo.tools import plaintext2html

SITE_FIELDS = (
    "site_street",
    "site_zip",
    "site_city_id",
    "site_latitude",
    "site_longitude",
)


def _prepare_partner_site(partner):
    """A partner's address as the site of a request."""
    return {
        "site_street": partner.street,
        "site_zip": partner.zip,
        "site_city_id": partner.city_id,
        "site_latitude": partner.partner_latitude,
        "site_longitude": partner.partner_longitude,
    }


class HelpdeskTicket(models.Model):
    """The request: who, which unit, what, where, when."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "aftersales.site.mixin"]
    _order = "priority desc, resolve_deadline, id desc"

    territory_id = fields.Many2one(
        "aftersales.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
        help="The territory of the place of the fault.",
    )
    # Core asks for a title and a text; ours follow from the coded choices, so that
    # the caller's story is typed once.
    name = fields.Char(
        compute="_compute_name", store=True, readonly=False, precompute=True
    )
    summary = fields.Char(
        compute="_compute_summary",
        help="Type, symptom and model in the reader's language.",
    )
    description = fields.Html(
        compute="_compute_description", store=True, readonly=False, precompute=True
    )
    closed_date = fields.Datetime(
        compute="_compute_closed_date", store=True, readonly=False
    )
    number = fields.Char(copy=False)

    received_at = fields.Datetime(
        string="Received",
        default=fields.Datetime.now,
        required=True,
        copy=False,
        help="When the caller told us: deadlines count from here, and warranty looks"
        " at this day.",
    )
    channel_id = fields.Many2one(default=lambda self: self._get_default_channel())
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", index=True
    )
    unit_id = fields.Many2one(
        "stock.lot", string="Machine", index="btree_not_null", tracking=True
    )
    product_id = fields.Many2one(
        "product.product",
        string="Model",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The model of the machine; as told where the serial is unknown.",
    )
    symptom_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'symptom')]"
    )
    component_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'component')]",
    )
    fault_text = fields.Text(string="What is wrong", help="In the caller's words.")
    contact_phone = fields.Char(
        string="Caller's phone",
        compute="_compute_contact_phone",
        store=True,
        readonly=False,
        precompute=True,
    )
    wished_at = fields.Datetime(string="Wished time")
    site_street = fields.Char(
        compute="_compute_site", store=True, readonly=False, precompute=True
    )
    site_zip = fields.Char(
        compute="_compute_site", store=True, readonly=False, precompute=True
    )
    site_city_id = fields.Many2one(
        compute="_compute_site", store=True, readonly=False, precompute=True
    )
    site_latitude = fields.Float(
        compute="_compute_site", store=True, readonly=False, precompute=True
    )
    site_longitude = fields.Float(
        compute="_compute_site", store=True, readonly=False, precompute=True
    )
    selling_partner_id = fields.Many2one(
        "res.partner",
        string="Dealer",
        compute="_compute_selling_partner_id",
        store=True,
        index="btree_not_null",
    )
    owner_id = fields.Many2one(
        "res.partner",
        string="Owner of the machine",
        compute="_compute_owner_id",
        store=True,
        index="btree_not_null",
        help="As it was when the machine was named; the owner follows the request on"
        " the portal.",
    )
    station_id = fields.Many2one(
        "res.partner",
        compute="_compute_station_id",
        store=True,
        index="btree_not_null",
        help="The station whose job this is now.",
    )
    promised_date = fields.Date(
        string="Promised for",
        compute="_compute_station_id",
        store=True,
        help="The day the station has kept free for this job.",
    )
    work_order_ids = fields.One2many("aftersales.work.order", "ticket_id")
    followup_ids = fields.One2many("aftersales.followup", "ticket_id")
    service_state = fields.Selection(
        [
            ("new", "New"),
            ("to_dispatch", "To dispatch"),
            ("offered", "Offered"),
            ("in_progress", "In progress"),
            ("waiting", "Waiting"),
            ("to_follow_up", "To follow up"),
            ("done", "Done"),
        ],
        string="State",
        compute="_compute_service_state",
        store=True,
        index=True,
        group_expand=True,
        help="Where the request stands, by its work orders and follow-ups.",
    )

    # Core lets two tickets share a number; offices find each other by it.
    _number_uniq = models.UniqueIndex("(company_id, number)", "This number is taken.")

    @api.model
    def _get_default_channel(self):
        """Staff type in what they hear on the phone."""
        if self.env.user.share or self.env.context.get("fetchmail_cron_running"):
            return False
        return self.env["ir.model.data"]._xmlid_to_res_id(
            "helpdesk_mgmt.helpdesk_ticket_channel_phone"
        )

    @api.depends("number", "name", "request_type_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for ticket in self:
            if ticket.number in (False, "/"):
                ticket.display_name = self.env._("New request")
                continue
            what = ticket.request_type_id.name or ticket.name or ""
            ticket.display_name = f"{ticket.number} {what}".strip()

    @api.depends("request_type_id", "symptom_id", "product_id")
    def _compute_name(self):
        for ticket in self:
            # A customer's own subject stays until the office has chosen a type.
            keep = ticket.name if not ticket.request_type_id else ""
            ticket.name = keep or ticket._get_summary() or self.env._("Request")

    @api.depends("name", "request_type_id", "symptom_id", "product_id")
    @api.depends_context("lang")
    def _compute_summary(self):
        for ticket in self:
            has_type = bool(ticket.request_type_id)
            ticket.summary = ticket._get_summary() if has_type else ticket.name

    def _get_summary(self):
        """What the request is about in a few words; empty while nothing is chosen."""
        self.ensure_one()
        # Names of codes and models, for who may read the request.
        ticket = self.sudo()
        parts = (
            ticket.request_type_id.name,
            ticket.symptom_id.name,
            ticket.product_id.name,
        )
        return " · ".join(part for part in parts if part)

    @api.depends("fault_text", "name")
    def _compute_description(self):
        for ticket in self:
            if ticket.fault_text:
                ticket.description = plaintext2html(ticket.fault_text)
            else:
                ticket.description = ticket.description or plaintext2html(ticket.name)

    @api.depends("stage_id")
    def _compute_closed_date(self):
        now = fields.Datetime.now()
        for ticket in self:
            ticket.closed_date = (
                (ticket.closed_date or now) if ticket.stage_id.closed else False
            )

    @api.depends("request_type_id")
    def _compute_team_id(self):
        result = super()._compute_team_id()
        for ticket in self:
            ticket.team_id = ticket.team_id or ticket.request_type_id.team_id
        return result

    @api.depends("team_id")
    def _compute_stage_id(self):
        # As core decides it, but asked once per team instead of once per request.
        for team, tickets in self.grouped("team_id").items():
            stages = team._get_applicable_stages()
            for ticket in tickets.filtered(
                lambda t, known=stages: t.stage_id not in known
            ):
                ticket.stage_id = stages[:1]

    @api.depends("site_state_id", "site_city_id", "site_zip", "partner_id", "unit_id")
    def _compute_territory_id(self):
        territories = self.env["aftersales.territory.area"]._match_addresses(
            [ticket._prepare_site_address() for ticket in self]
        )
        default = self.env.user._get_default_territory()
        for ticket, territory in zip(self, territories, strict=True):
            ticket.territory_id = (
                territory
                or ticket._get_local(ticket.unit_id).territory_id
                or ticket._get_local(ticket.partner_id).territory_id
                or ticket.territory_id
                or default
            )

    @api.depends("partner_id", "unit_id")
    def _compute_site(self):
        """The machine's site, else the caller's address; typed by hand it stays."""
        for ticket in self:
            unit, partner = ticket._get_site_sources()
            vals = {name: ticket[name] for name in SITE_FIELDS}
            if unit.site_city_id or unit.site_state_id or unit.site_street:
                vals = {name: unit[name] for name in SITE_FIELDS}
            elif partner.city_id or partner.state_id or partner.street:
                vals = _prepare_partner_site(partner)
            for name in SITE_FIELDS:
                ticket[name] = vals[name]

    @api.depends("site_city_id", "partner_id", "unit_id")
    def _compute_site_state_id(self):
        for ticket in self:
            unit, partner = ticket._get_site_sources()
            ticket.site_state_id = (
                ticket.site_city_id.state_id
                or unit.site_state_id
                or partner.state_id
                or ticket.site_state_id
            )

    @api.depends("partner_id")
    def _compute_contact_phone(self):
        for ticket in self:
            partner = ticket._get_local(ticket.partner_id)
            ticket.contact_phone = partner.phone or ticket.contact_phone

    @api.depends("unit_id")
    def _compute_product_id(self):
        for ticket in self:
            # The model is what an authenticity check tells anyone.
            unit = ticket.unit_id.sudo()
            ticket.product_id = unit.product_id or ticket.product_id

    @api.depends("unit_id")
    def _compute_selling_partner_id(self):
        for ticket in self:
            # Stored with the request, readable for staff only.
            unit = ticket.unit_id.sudo()
            ticket.selling_partner_id = unit.selling_partner_id

    @api.depends("unit_id", "serial_verdict")
    def _compute_owner_id(self):
        for ticket in self:
            # While caller and file disagree nobody is told of the request.
            is_told = ticket.serial_verdict != "mismatch"
            owner = ticket.unit_id.sudo().owner_id.commercial_partner_id
            ticket.owner_id = owner if is_told else False

    @api.depends(
        "work_order_ids.state",
        "work_order_ids.station_id",
        "work_order_ids.planned_date",
    )
    def _compute_station_id(self):
        for ticket in self:
            last = ticket._get_live_orders()[-1:]
            ticket.station_id = last.station_id
            ticket.promised_date = last.planned_date

    def _get_site_sources(self):
        """Machine and caller whose addresses may become the site of this request."""
        self.ensure_one()
        unit = self._get_local(self.unit_id)
        partner = self._get_local(self.partner_id)
        if (
            self.env.user.share
            and unit.owner_id.commercial_partner_id != partner.commercial_partner_id
        ):
            # A stranger who types a serial must not learn where the machine stands.
            unit = unit.browse()
        return unit, partner

    def _get_local(self, record):
        """``record`` past the border if its home is where this user works.

        A machine or caller from elsewhere answers empty: what stands in its file
        must not come here by itself, and a breakdown belongs to the place of the fault.
        """
        # Only the home territory is looked at before.
        record, user = record.sudo(), self.env.user
        if (
            record
            and user._is_territory_bound()
            and record.territory_id.id not in user._get_territory_ids()
        ):
            return record.browse()
        return record

    def _get_live_orders(self):
        """Work orders that are somebody's duty or its fulfilment, oldest first."""
        self.ensure_one()
        # The state is a fact of the request, whoever triggers its computation.
        orders = self.sudo().work_order_ids
        return orders.filtered(lambda order: order._is_live()).sorted("id")

    @api.depends(
        "closed",
        "request_type_id.needs_work_order",
        "work_order_ids.state",
        "followup_ids.state",
    )
    def _compute_service_state(self):
        for ticket in self:
            ticket.service_state = ticket._derive_service_state()

    def _derive_service_state(self):
        """The state of a request from its stage, its last work order and follow-ups."""
        self.ensure_one()
        # The state is a fact of the request, whoever triggers its computation.
        ticket = self.sudo()
        if ticket.closed:
            return "done"
        last = ticket._get_live_orders()[-1:]
        if not last:
            return "to_dispatch" if ticket.request_type_id.needs_work_order else "new"
        if last.state == "done":
            is_due = "due" in ticket.followup_ids.mapped("state")
            return "to_follow_up" if is_due else "done"
        return {"draft": "to_dispatch", "offered": "offered", "waiting": "waiting"}.get(
            last.state, "in_progress"
        )
