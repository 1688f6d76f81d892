from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesIntake(models.TransientModel):
    """The intake guide: what to say, what to ask, and a request that is filled.

    Opened from the card of a call or by itself. Everything is read and written with
    the agent's own rights.
    """

    _name = "aftersales.intake"
    _description = "Intake guide"

    interaction_id = fields.Many2one(
        "aftersales.interaction", string="Call", readonly=True
    )
    # What follows from the call is read with the agent's rights, stored or not.
    partner_id = fields.Many2one(
        "res.partner",
        string="Known customer",
        compute="_compute_caller",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
        help="Empty for somebody who calls for the first time.",
    )
    phone = fields.Char(
        compute="_compute_caller",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    script_text = fields.Text(string="Say", compute="_compute_script")
    phrase_ids = fields.Many2many(
        "mail.canned.response", string="Standard phrases", compute="_compute_script"
    )
    customer_name = fields.Char(string="Name")
    street = fields.Char(string="Where he lives")
    unit_id = fields.Many2one(
        "stock.lot",
        string="Machine",
        compute="_compute_unit_id",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=False,
    )
    serial_typed = fields.Char(
        string="Serial number", help="As he reads it from the nameplate."
    )
    request_type_id = fields.Many2one("aftersales.request.type", string="What he wants")
    fault_text = fields.Text(string="What is wrong", help="In the caller's words.")

    @api.depends("interaction_id")
    def _compute_caller(self):
        for guide in self:
            call = guide.interaction_id
            call.check_access("read")
            known = call.partner_id or (call and call._get_callers()) or call.partner_id
            guide.partner_id = known if len(known) == 1 else False
            guide.phone = call.number

    @api.depends("partner_id")
    @api.depends_context("lang", "uid", "company")
    def _compute_script(self):
        scripts = self.env["aftersales.intake.script"]
        by_audience = {
            audience: scripts._match(audience, self.env.company)
            for audience in ("new", "known")
        }
        for guide in self:
            script = by_audience["known" if guide.partner_id else "new"]
            guide.script_text = script._get_words(guide.partner_id)
            guide.phrase_ids = script.phrase_ids

    @api.depends("partner_id")
    def _compute_unit_id(self):
        """The customer's machine where he has but one."""
        owners = self.partner_id.commercial_partner_id | self.partner_id
        found = self.env["stock.lot"].search_fetch(
            [("owner_id", "in", owners.ids)], ["owner_id"]
        )
        for guide in self:
            partner = guide.partner_id
            family = partner | partner.commercial_partner_id
            own = found.filtered(lambda unit, family=family: unit.owner_id in family)
            guide.unit_id = own if len(own) == 1 else False

    def action_make_request(self):
        """Open the request that knows all that was asked; a new customer is kept."""
        self.ensure_one()
        # A link shows a name; nobody names what he may not read.
        for known in (self.interaction_id, self.partner_id, self.unit_id):
            known.check_access("read")
        customer = self.partner_id or self._make_customer()
        context = self._prepare_request_context(customer)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_service.request_action_new"
        )
        return action | {"context": context}

    def _make_customer(self):
        """Who calls for the first time, kept as the customer of the call."""
        if not self.customer_name:
            raise UserError(self.env._("Who calls? Choose a customer or type a name."))
        customer = self.env["res.partner"].create(
            {
                "name": self.customer_name,
                "phone": self.phone,
                "street": self.street,
                "aftersales_role": "customer",
            }
        )
        self.partner_id = customer
        return customer

    def _prepare_request_context(self, customer):
        """Defaults of the request: what the call knows, then what was asked."""
        call = self.interaction_id
        if call and call.has_access("write") and call.partner_id != customer:
            call.partner_id = customer
        channel = self.env["helpdesk.ticket"]._get_default_channel()
        known = {"default_channel_id": channel}
        if call:
            known = call.get_call_request_context(self.unit_id.id)
        elif self.unit_id:
            known["default_serial_typed"] = self.unit_id.name
        asked = {
            "partner_id": customer.id,
            "contact_phone": self.phone,
            "unit_id": self.unit_id.id,
            "serial_typed": self.serial_typed,
            "request_type_id": self.request_type_id.id,
            "fault_text": self.fault_text,
        }
        told = {f"default_{name}": value for name, value in asked.items() if value}
        return known | told
