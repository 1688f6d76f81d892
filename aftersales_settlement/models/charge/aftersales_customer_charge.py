from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import paid_service
from .aftersales_charge_rule import EARNERS

LIVE_STATES = ("invoiced", "paid")


class AftersalesCustomerCharge(models.Model):
    """What the customer of one job was asked for, who earns it, and its invoice.

    Written by code only: made when the job is done, taken back when it is returned.
    """

    _name = "aftersales.customer.charge"
    _description = "Paid service"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "work_date desc, id desc"

    work_order_id = fields.Many2one(
        "aftersales.work.order",
        string="Work order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        related="work_order_id.ticket_id", store=True, string="Request"
    )
    request_type_id = fields.Many2one(
        related="work_order_id.request_type_id", store=True, string="Request type"
    )
    unit_id = fields.Many2one(
        related="work_order_id.unit_id", store=True, index=True, string="Machine"
    )
    territory_id = fields.Many2one(
        related="work_order_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    station_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null"
    )
    work_date = fields.Date(string="Work done on", required=True, readonly=True)
    earner = fields.Selection(EARNERS, string="Earned by", required=True, readonly=True)
    rule_id = fields.Many2one("aftersales.charge.rule", readonly=True)
    amount = fields.Monetary(
        required=True, readonly=True, help="What the customer was asked for."
    )
    collected_amount = fields.Monetary(
        string="Paid on the spot",
        readonly=True,
        help="Of the amount, what the customer gave the station.",
    )
    state = fields.Selection(
        [
            ("kept", "Kept by the station"),
            ("to_invoice", "To invoice"),
            ("invoiced", "Invoiced"),
            ("paid", "Paid"),
            ("reversed", "Taken back"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
        help="Follows the invoice.",
    )
    invoice_id = fields.Many2one(
        "account.move", readonly=True, copy=False, index="btree_not_null"
    )
    invoice_error = fields.Char(string="Why not invoiced", readonly=True)
    settlement_line_ids = fields.One2many(
        "aftersales.settlement.line",
        "customer_charge_id",
        string="Cash on settlements",
        readonly=True,
    )
    can_invoice = fields.Boolean(compute="_compute_can_invoice")

    _work_order_uniq = models.UniqueIndex(
        "(work_order_id)", "This job has its charges already."
    )
    _collected_possible = models.Constraint(
        "CHECK(collected_amount BETWEEN 0 AND amount)",
        "Nobody collects more than was asked for.",
    )

    @api.depends("earner", "invoice_id.state", "invoice_id.payment_state")
    def _compute_state(self):
        for charge in self:
            charge.state = charge._derive_state()

    def _derive_state(self):
        """State by who earns it and by the invoice, which accounting may undo."""
        self.ensure_one()
        if self.earner == "station":
            return "kept"
        # Only its state; whoever reads need not be an accountant.
        invoice = self.sudo().invoice_id
        if not invoice or invoice.state == "cancel":
            return "to_invoice"
        if invoice.payment_state == "reversed":
            return "reversed"
        is_paid = invoice.payment_state in ("paid", "in_payment")
        return "paid" if is_paid else "invoiced"

    @api.depends("work_order_id.name")
    def _compute_display_name(self):
        for charge in self:
            # The job is named to whoever reads what it cost.
            charge.display_name = charge.work_order_id.sudo().name

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_invoice(self):
        may = self.env.user.has_group("account.group_account_invoice") or (
            self.env.user.has_group("aftersales_settlement.group_settlement_manager")
        )
        for charge in self:
            charge.can_invoice = may and charge.state == "to_invoice"

    # === ACTIONS === #

    def action_invoice(self):
        """Button: make the customer's invoice now."""
        self.check_access("read")
        for charge in self.filtered(lambda charge: not charge.can_invoice):
            raise UserError(
                self.env._(
                    "There is nothing to invoice for %(job)s.",
                    job=charge.display_name,
                )
            )
        # Checked above: an accountant or a settlement manager, and to invoice.
        self.sudo()._invoice()

    def action_view_invoice(self):
        """Smart button: the customer's invoice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice"),
            "res_model": "account.move",
            "view_mode": "form",
            "res_id": self.invoice_id.id,
        }

    # === BUSINESS === #

    @api.model
    def _keep(self, orders):
        """Keep what the customers of these done jobs were asked for, once per job.

        :return: what was made now
        """
        known = self.search([("work_order_id", "in", orders.ids)]).work_order_id
        fresh = (orders - known).filtered(lambda order: order._get_asked_amount())
        rules = self.env["aftersales.charge.rule"]._get_rules(fresh.company_id)
        charges = self.create([order._prepare_charge_vals(rules) for order in fresh])
        cron = self.env.ref(
            "aftersales_settlement.ir_cron_customer_charge_invoice",
            raise_if_not_found=False,
        )
        if cron and charges.filtered(lambda charge: charge.state == "to_invoice"):
            cron._trigger()
        return charges

    def _take_back(self):
        """The jobs go back to their stations: what was asked may change.

        :raise UserError: a customer has his invoice
        """
        for charge in self.filtered(lambda charge: charge.state in LIVE_STATES):
            raise UserError(
                self.env._(
                    "The customer of %(job)s has invoice %(invoice)s: take it back"
                    " first.",
                    job=charge.display_name,
                    invoice=charge.sudo().invoice_id.name,
                )
            )
        self.unlink()


class AftersalesWorkOrder(models.Model):
    """What the customer was asked for follows from the done job."""

    _inherit = "aftersales.work.order"

    customer_charge_ids = fields.One2many(
        "aftersales.customer.charge",
        "work_order_id",
        string="Paid service",
        groups="base.group_user",
    )

    def _after_done(self):
        # What was asked for follows from a done job, whoever made it done.
        self.env["aftersales.customer.charge"].sudo()._keep(self.sudo())
        super()._after_done()

    def _return_to_station(self, reason):
        # The charges go back with their job, whoever sends that back.
        self.sudo().customer_charge_ids._take_back()
        return super()._return_to_station(reason)

    def _get_asked_amount(self):
        """What the customer was asked for; nothing for a job of another system."""
        self.ensure_one()
        if self.is_imported or not self.station_id:
            return 0.0
        return self.currency_id.round(sum(self.charge_line_ids.mapped("amount")))

    def _decide_earner(self, rules):
        """The rule's word on who earns this job's charges; ``rules``: by company id."""
        self.ensure_one()
        return paid_service.decide_earner(
            self.request_type_id.id,
            self.station_id.is_internal_team,
            rules[self.company_id.id],
        )

    def _prepare_charge_vals(self, rules):
        """Values of this job's charge. ``rules``: company id → rules."""
        self.ensure_one()
        earning = self._decide_earner(rules)
        collected = self.charge_line_ids.filtered("is_collected")
        company = self.company_id
        return {
            "work_order_id": self.id,
            "company_id": company.id,
            "currency_id": self.currency_id.id,
            "station_id": self.station_id.id,
            "partner_id": self.ticket_id.partner_id.id,
            "work_date": self.started_on
            or company._get_day(self.done_at or fields.Datetime.now()),
            "earner": earning.earner,
            "rule_id": earning.rule_id,
            "amount": self._get_asked_amount(),
            "collected_amount": self.currency_id.round(sum(collected.mapped("amount"))),
        }
