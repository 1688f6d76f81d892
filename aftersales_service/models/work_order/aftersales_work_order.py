from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# States in which a station holds the job.
OPEN_STATES = ("accepted", "on_site", "waiting", "reported", "returned")
# Final states that say: somebody else has to do it.
LOST_STATES = ("declined", "expired", "moved", "cancelled")
# What the station reported stays as it is, unless the report is sent back.
FROZEN_STATES = ("reported", "done", *LOST_STATES)
# Columns of the report; lines and photos are guarded by their own models.
REPORT_FIELDS = frozenset(
    {
        "component_id",
        "symptom_id",
        "cause_id",
        "remedy_id",
        "reading_value",
        "reading_reason",
        "travel_km",
        "labor_hours",
        "started_on",
        "work_text",
        "signed_by",
        "signature",
        "invoice_number",
        "found_phone",
        "found_street",
        "found_zip",
        "found_city_id",
        "operation_line_ids",
        "part_line_ids",
        "charge_line_ids",
        "photo_ids",
        "visit_ids",
    }
)
# What a work order is about never changes.
FIXED_FIELDS = frozenset({"ticket_id", "name"})
CODE_KINDS = ("component", "symptom", "cause", "remedy")


class AftersalesWorkOrder(models.Model):
    """One duty of one station: from the offer to the accepted report."""

    _name = "aftersales.work.order"
    _description = "Work order"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.state.mixin",
    ]
    _order = "id desc"

    TRANSITIONS = {
        "draft": ("offered", "reported", "cancelled"),
        "offered": ("accepted", "declined", "expired", "cancelled", "moved"),
        "accepted": ("on_site", "waiting", "reported", "cancelled", "moved"),
        "on_site": ("waiting", "reported", "cancelled", "moved"),
        "waiting": ("accepted", "on_site", "cancelled", "moved"),
        "reported": ("done", "returned"),
        "returned": ("reported", "cancelled"),
        "done": ("returned",),
        "declined": (),
        "expired": (),
        "cancelled": (),
        "moved": (),
    }
    _guarded_fields = (
        "state",
        "station_id",
        "ranking",
        "offered_at",
        "answer_by",
        "remind_at",
        "reminded_at",
        "offer_seen_at",
        "lost_at",
        "accepted_at",
        "arrived_at",
        "reported_at",
        "done_at",
        "previous_id",
        "warranty_decision_id",
        "classify_by",
        "classified_at",
        "is_imported",
        "imported_number",
    )

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        required=True,
        index=True,
        ondelete="restrict",
    )
    request_type_id = fields.Many2one(related="ticket_id.request_type_id", store=True)
    territory_id = fields.Many2one(
        related="ticket_id.territory_id",
        store=True,
        index=True,
        groups="base.group_user",
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        related="ticket_id.partner_id",
        store=True,
        string="Customer",
        index="btree_not_null",
    )
    unit_id = fields.Many2one(related="ticket_id.unit_id", store=True, index=True)
    product_id = fields.Many2one(
        related="ticket_id.product_id", store=True, string="Model"
    )
    site_address = fields.Char(related="ticket_id.site_address")
    priority = fields.Selection(related="ticket_id.priority", store=True)
    state = fields.Selection(
        [
            ("draft", "To dispatch"),
            ("offered", "Offered"),
            ("accepted", "Accepted"),
            ("on_site", "On site"),
            ("waiting", "Waiting"),
            ("reported", "Reported"),
            ("returned", "Returned to station"),
            ("done", "Done"),
            ("declined", "Declined"),
            ("expired", "Not answered in time"),
            ("cancelled", "Cancelled"),
            ("moved", "Moved to another station"),
        ],
        group_expand="_expand_states",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )

    # Who does it, and why he was chosen.
    station_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        tracking=True,
        domain="[('aftersales_role', '=', 'station')]",
    )
    technician_id = fields.Many2one("res.partner", index="btree_not_null")
    planned_date = fields.Date(readonly=True, copy=False, string="Promised for")
    offered_at = fields.Datetime(readonly=True, copy=False)
    answer_by = fields.Datetime(
        readonly=True, copy=False, help="Accept or decline until."
    )
    accepted_at = fields.Datetime(readonly=True, copy=False)
    arrived_at = fields.Datetime(readonly=True, copy=False)
    reported_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    decline_reason = fields.Char(
        string="Why declined or cancelled", readonly=True, copy=False
    )
    wait_reason = fields.Selection(
        [
            ("parts", "Parts"),
            ("customer", "Customer"),
            ("authorisation", "Authorisation"),
        ],
        string="Waits for",
        readonly=True,
        copy=False,
    )
    return_reason = fields.Char(string="To correct", readonly=True, copy=False)
    next_deadline = fields.Datetime(
        string="Deadline",
        compute="_compute_next_deadline",
        store=True,
        index="btree_not_null",
        help="The next thing due: the station's answer, its arrival, or the end of"
        " the job.",
    )
    next_step = fields.Char(compute="_compute_next_step")
    previous_id = fields.Many2one(
        "aftersales.work.order",
        string="Was with",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )

    # The station's report, in coded choices.
    component_id = fields.Many2one(
        "aftersales.fault.code",
        domain="[('kind', '=', 'component')]",
    )
    symptom_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'symptom')]"
    )
    cause_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'cause')]"
    )
    remedy_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'remedy')]"
    )
    reading_value = fields.Float(string="Reading")
    reading_reason = fields.Selection(
        selection="_get_reading_reasons", string="Why the reading is lower"
    )
    travel_km = fields.Float(string="Kilometres driven", help="There and back.")
    labor_hours = fields.Float(string="Hours worked")
    started_on = fields.Date(string="Work done on")
    work_text = fields.Text(string="What was done")
    signed_by = fields.Char()
    signature = fields.Binary(attachment=True, copy=False)
    # What the station found to be different; applied to customer and machine when
    # the report is submitted.
    found_phone = fields.Char(
        string="Customer's phone is", help="Only if it differs from the request."
    )
    found_street = fields.Char(
        string="Street is", help="Only if the machine stands somewhere else."
    )
    found_zip = fields.Char(string="Postcode is")
    found_city_id = fields.Many2one("res.city", string="City is")
    operation_line_ids = fields.One2many(
        "aftersales.work.order.operation", "work_order_id"
    )
    part_line_ids = fields.One2many("aftersales.work.order.part", "work_order_id")
    charge_line_ids = fields.One2many("aftersales.work.order.charge", "work_order_id")
    photo_ids = fields.Many2many(
        "ir.attachment", "aftersales_work_order_photo_rel", string="Photos", copy=False
    )
    warranty_decision_id = fields.Many2one(
        "aftersales.warranty.decision",
        readonly=True,
        copy=False,
        help="The decision on what was found; made when the report comes.",
    )
    warranty_why = fields.Html(
        related="warranty_decision_id.why",
        string="Why this warranty decision",
        groups="base.group_user",
    )
    followup_ids = fields.One2many(
        "aftersales.followup", "work_order_id", groups="base.group_user"
    )

    followup_count = fields.Integer(
        compute="_compute_followup_count", groups="base.group_user"
    )

    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is taken.")
    # One duty at a time per request and station chain is a rule of the office, but a
    # request never has two open offers: the second click loses here.
    _one_open_offer = models.UniqueIndex(
        "(ticket_id) WHERE state = 'offered'",
        "This request is offered to a station already.",
    )

    @api.depends("name", "station_id.name")
    def _compute_display_name(self):
        for order in self:
            order.display_name = order.name

    @api.model
    def _get_reading_reasons(self):
        reading = self.env["aftersales.unit.reading"]
        return reading._fields["correction_reason"]._description_selection(self.env)

    @api.model
    def _expand_states(self, states, domain):
        """Columns of the board in the order of the road; lost ones only where used."""
        road = [state for state in self.TRANSITIONS if state not in LOST_STATES]
        return [*road, *(state for state in states if state not in road)]

    def _compute_access_url(self):
        for order in self:
            order.access_url = f"/my/jobs/{order.id}"

    @api.depends(
        "state", "answer_by", "ticket_id.arrive_deadline", "ticket_id.resolve_deadline"
    )
    def _compute_next_deadline(self):
        # A deadline is a fact of the order, whoever triggers its computation.
        for order in self.sudo():
            ticket = order.ticket_id
            order.next_deadline = {
                "draft": ticket.answer_deadline,
                "offered": order.answer_by,
                "accepted": (not order.arrived_at and ticket.arrive_deadline)
                or ticket.resolve_deadline,
                "on_site": ticket.resolve_deadline,
                "waiting": ticket.resolve_deadline,
                "returned": ticket.resolve_deadline,
            }.get(order.state, False)

    @api.depends("state", "wait_reason", "return_reason")
    @api.depends_context("lang")
    def _compute_next_step(self):
        for order in self:
            order.next_step = order._get_next_step()

    def _get_next_step(self):
        """What has to happen now, as a sentence, or nothing. May be extended."""
        self.ensure_one()
        return {
            "draft": self.env._("Choose a station and offer the job."),
            "offered": self.env._("The station accepts or declines."),
            "accepted": self.env._("The station goes to the customer."),
            "on_site": self.env._("The station enters its report."),
            "waiting": self.env._("The job waits; go on when the reason is gone."),
            "reported": self.env._("The office approves the report or returns it."),
            "returned": self.env._("The station corrects its report."),
        }.get(self.state, False)

    def _compute_followup_count(self):
        counts = dict(
            self.env["aftersales.followup"]._read_group(
                [("work_order_id", "in", self.ids)], ["work_order_id"], ["__count"]
            )
        )
        for order in self:
            order.followup_count = counts.get(order, 0)

    @api.constrains("component_id", "symptom_id", "cause_id", "remedy_id")
    def _check_code_kinds(self):
        for order in self:
            for kind in CODE_KINDS:
                code = order[f"{kind}_id"]
                if code and code.kind != kind:
                    raise ValidationError(
                        self.env._(
                            "%(code)s cannot be used here: it is a code of another"
                            " kind.",
                            code=code.display_name,
                        )
                    )

    @api.constrains("technician_id", "station_id")
    def _check_technician_id(self):
        for order in self.sudo():
            technician = order.technician_id
            if technician and technician.commercial_partner_id != order.station_id:
                raise ValidationError(
                    self.env._(
                        "%(technician)s does not work for %(station)s.",
                        technician=technician.name,
                        station=order.station_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self.env["ir.sequence"]._next_numbers(
            "aftersales.work.order", len(vals_list)
        )
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        return super().create(vals_list)

    def write(self, vals):
        if not self._is_unguarded():
            self._refuse_guarded(sorted(FIXED_FIELDS & vals.keys()))
            if not REPORT_FIELDS.isdisjoint(vals):
                self._check_report_open()
        return super().write(vals)

    def _check_report_open(self):
        """Raise when the report of an order of ``self`` may not be changed any more."""
        for order in self:
            if order.state in FROZEN_STATES and not order._is_unguarded():
                raise UserError(
                    self.env._(
                        "The report of %(order)s is closed. Return it to the station"
                        " to have it changed.",
                        order=order.display_name,
                    )
                )

    def _is_live(self):
        """Whether this work order is still somebody's duty or its fulfilment."""
        self.ensure_one()
        return self.state not in LOST_STATES

    def _after_done(self):
        """Hook: what follows when these work orders have become done.

        Called once per batch at the end of ``_finish()``. An order that was sent back
        and done again comes a second time, so extensions make nothing twice.
        """
