from odoo import api, fields, models
from odoo.exceptions import UserError


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
        groups="base.group_user",
        help="The territory of the place of the fault.",
    )
    request_type_id = fields.Many2one("aftersales.request.type", index=True)
    unit_id = fields.Many2one("stock.lot", string="Machine", index="btree_not_null")
    product_id = fields.Many2one(
        "product.product",
        string="Model",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        help="The model of the machine; as told where the serial is unknown.",
    )
    serial_typed = fields.Char(string="Serial number", help="As the caller tells it.")
    serial_check_ids = fields.One2many(
        "aftersales.serial.check", "ticket_id", groups="base.group_user"
    )
    serial_verdict = fields.Selection(
        selection="_get_serial_verdicts",
        string="Authenticity",
        readonly=True,
        copy=False,
    )
    symptom_id = fields.Many2one(
        "aftersales.fault.code", string="Symptom", domain="[('kind', '=', 'symptom')]"
    )
    component_id = fields.Many2one(
        "aftersales.fault.code",
        string="Component",
        domain="[('kind', '=', 'component')]",
    )
    fault_text = fields.Text(string="What is wrong", help="In the caller's words.")
    contact_phone = fields.Char(string="Caller's phone")
    wished_at = fields.Datetime(string="Wished time")
    selling_partner_id = fields.Many2one(
        "res.partner",
        string="Dealer",
        compute="_compute_selling_partner_id",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )
    service_level_id = fields.Many2one(
        "aftersales.service.level", readonly=True, copy=False, groups="base.group_user"
    )
    answer_deadline = fields.Datetime(
        readonly=True, copy=False, groups="base.group_user"
    )
    arrive_deadline = fields.Datetime(
        readonly=True, copy=False, groups="base.group_user"
    )
    resolve_deadline = fields.Datetime(
        readonly=True, copy=False, groups="base.group_user"
    )
    answered_at = fields.Datetime(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the request was first assigned to a station or person.",
    )
    warranty_decision_ids = fields.One2many(
        "aftersales.warranty.decision",
        "ticket_id",
        string="Warranty decisions",
        groups="base.group_user",
    )
    warranty_decision_id = fields.Many2one(
        "aftersales.warranty.decision",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The decision in force.",
    )
    warranty_result = fields.Selection(
        related="warranty_decision_id.result", store=True
    )
    work_order_ids = fields.One2many(
        "aftersales.work.order", "ticket_id", groups="base.group_user"
    )
    followup_ids = fields.One2many(
        "aftersales.followup", "ticket_id", groups="base.group_user"
    )
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
        compute="_compute_service_state",
        store=True,
        help="Where the request stands, by its work orders and follow-ups.",
    )

    # Core lets two tickets share a number; offices find each other by it.
    _number_uniq = models.UniqueIndex("(company_id, number)", "This number is taken.")

    def _get_serial_verdicts(self):
        return self.env["aftersales.serial.check"]._fields["verdict"].selection

    @api.depends("site_state_id", "site_city_id", "site_zip", "partner_id", "unit_id")
    def _compute_territory_id(self):
        territories = self.env["aftersales.territory.area"]._match_addresses(
            [ticket._prepare_site_address() for ticket in self]
        )
        default = self.env.user._get_default_territory()
        for ticket, territory in zip(self, territories, strict=True):
            # Bare ids, read past the border: a machine from elsewhere breaks down here.
            unit, partner = ticket.unit_id.sudo(), ticket.partner_id.sudo()
            ticket.territory_id = (
                territory
                or unit.territory_id
                or partner.territory_id
                or ticket.territory_id
                or default
            )

    @api.depends("unit_id")
    def _compute_product_id(self):
        for ticket in self:
            ticket.product_id = ticket.unit_id.product_id or ticket.product_id

    @api.depends("unit_id")
    def _compute_selling_partner_id(self):
        for ticket in self:
            ticket.selling_partner_id = ticket.unit_id.sudo().selling_partner_id

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
        live = ticket.work_order_ids.filtered(lambda order: order._is_live())
        last = live.sorted("id")[-1:]
        if not last:
            return "to_dispatch" if ticket.request_type_id.needs_work_order else "new"
        if last.state == "done":
            is_due = "due" in ticket.followup_ids.mapped("state")
            return "to_follow_up" if is_due else "done"
        return {"draft": "to_dispatch", "offered": "offered", "waiting": "waiting"}.get(
            last.state, "in_progress"
        )

    @api.constrains("stage_id")
    def _check_required_steps(self):
        for ticket in self:
            if ticket.stage_id.closed and (step := ticket._get_open_step()):
                raise UserError(
                    self.env._(
                        "%(request)s cannot be closed: %(step)s",
                        request=ticket.display_name,
                        step=step,
                    )
                )

    def _get_open_step(self):
        """The first required step still open, as a sentence, or nothing. May be extended."""
        self.ensure_one()
        # The guard looks at everything, whoever closes.
        ticket = self.sudo()
        kind = ticket.request_type_id
        if kind.needs_unit and not (ticket.unit_id or ticket.serial_typed):
            return self.env._("the machine is not named yet.")
        live = ticket.work_order_ids.filtered(lambda order: order._is_live())
        if kind.needs_work_order and not live.filtered(lambda o: o.state == "done"):
            return self.env._("no work order is done yet.")
        if "due" in ticket.followup_ids.mapped("state"):
            return self.env._("a follow-up is still due.")
        return False
