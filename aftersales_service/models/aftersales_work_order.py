from odoo import api, fields, models

# States in which a station holds the job.
OPEN_STATES = ("accepted", "on_site", "waiting", "reported", "returned")
# Final states that say: somebody else has to do it.
LOST_STATES = ("declined", "expired", "moved", "cancelled")


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
        "accepted_at",
        "arrived_at",
        "reported_at",
        "done_at",
        "previous_id",
        "warranty_decision_id",
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
    ranking = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The ten best stations with their points, and who was left out and why.",
    )
    dispatch_reason = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why another station than the best was chosen.",
    )
    slot_ids = fields.One2many(
        "aftersales.station.slot", "work_order_id", groups="base.group_user"
    )
    planned_date = fields.Date(readonly=True, copy=False, string="Promised for")
    offered_at = fields.Datetime(readonly=True, copy=False)
    answer_by = fields.Datetime(
        readonly=True, copy=False, help="Accept or decline until."
    )
    reminded_at = fields.Datetime(readonly=True, copy=False, groups="base.group_user")
    accepted_at = fields.Datetime(readonly=True, copy=False)
    arrived_at = fields.Datetime(readonly=True, copy=False)
    reported_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    decline_reason = fields.Char(readonly=True, copy=False)
    wait_reason = fields.Selection(
        [
            ("parts", "Parts"),
            ("customer", "Customer"),
            ("authorisation", "Authorisation"),
        ],
        readonly=True,
        copy=False,
    )
    return_reason = fields.Char(readonly=True, copy=False)
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
        string="Component",
    )
    symptom_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'symptom')]", string="Symptom"
    )
    cause_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'cause')]", string="Cause"
    )
    remedy_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'remedy')]", string="Remedy"
    )
    reading_value = fields.Float(string="Reading")
    reading_reason = fields.Char(string="Why the reading is lower")
    travel_km = fields.Float(string="Kilometres driven", help="There and back.")
    labor_hours = fields.Float(string="Hours worked")
    started_on = fields.Date(string="Work done on")
    work_text = fields.Text(string="What was done")
    signed_by = fields.Char()
    signature = fields.Binary(attachment=True, copy=False)
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
        help="The decision on what was found at the machine; made when the report comes.",
    )
    followup_ids = fields.One2many(
        "aftersales.followup", "work_order_id", groups="base.group_user"
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

    def _compute_access_url(self):
        for order in self:
            order.access_url = f"/my/jobs/{order.id}"

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self.env["ir.sequence"]._next_numbers(
            "aftersales.work.order", len(vals_list)
        )
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        return super().create(vals_list)

    def _is_live(self):
        """Whether this work order is still somebody's duty or its fulfilment."""
        self.ensure_one()
        return self.state not in LOST_STATES

    def _after_done(self):
        """Hook: what follows when these work orders have become done.

        Called once per batch at the end of ``_finish()``. An order that was sent back
        and done again comes a second time, so extensions make nothing twice.
        """
