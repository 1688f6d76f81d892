from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import groupby

# The station has the sheet.
SENT_STATES = ("sent", "confirmed", "billed", "paid")
# The sheet is sealed.
SEALED_STATES = ("confirmed", "billed", "paid")


class AftersalesSettlement(models.Model):
    """The sheet of one station for one month: what it is paid, line by line."""

    _name = "aftersales.settlement"
    _description = "Settlement"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.state.mixin",
    ]
    _order = "period_start desc, id desc"

    TRANSITIONS = {
        "draft": ("computed",),
        "computed": ("computed", "sent"),
        "sent": ("confirmed",),
        "confirmed": ("billed",),
        "billed": ("paid", "confirmed"),
        "paid": ("billed",),
    }
    _guarded_fields = (
        "state",
        "company_id",
        "station_id",
        "currency_id",
        "period_start",
        "score_id",
        "computed_at",
        "sent_at",
        "confirm_by",
        "confirmed_at",
        "confirmed_by_id",
        "seal",
        "bill_id",
        "billing_error",
        "chain_number",
        "chain_seal",
        "is_attached",
        "invoice_number",
        "invoice_date",
    )

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    # From confirmed on the state follows the bill, see _compute_state.
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("computed", "Computed"),
            ("sent", "Sent to station"),
            ("confirmed", "Confirmed"),
            ("billed", "Billed"),
            ("paid", "Paid"),
        ],
        compute="_compute_state",
        store=True,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    station_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        domain="[('aftersales_role', '=', 'station')]",
    )
    territory_id = fields.Many2one(
        related="station_id.territory_id",
        store=True,
        index=True,
        groups="base.group_user",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    period_start = fields.Date(
        string="Month",
        required=True,
        readonly=True,
        help="First day of the settlement period, a month in the company's time zone.",
    )
    period = fields.Char(
        compute="_compute_period", string="Settlement period", help="The month."
    )
    line_ids = fields.One2many(
        "aftersales.settlement.line", "settlement_id", readonly=True
    )
    sums = fields.Html(
        compute="_compute_sums",
        sanitize=False,
        help="The total by kind of amount.",
    )
    line_count = fields.Integer(compute="_compute_amount", store=True)
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount",
        store=True,
        help="Below zero the station owes us; a credit note is made.",
    )
    score_id = fields.Many2one("aftersales.station.score", readonly=True, copy=False)
    multiplier = fields.Float(related="score_id.multiplier")

    computed_at = fields.Datetime(string="Computed on", readonly=True, copy=False)
    sent_at = fields.Datetime(string="Sent on", readonly=True, copy=False)
    confirm_by = fields.Date(
        string="Confirm until",
        readonly=True,
        copy=False,
        help="Without an answer until this day the sheet counts as confirmed.",
    )
    confirmed_at = fields.Datetime(string="Confirmed on", readonly=True, copy=False)
    confirmed_by_id = fields.Many2one(
        "res.users",
        string="Confirmed by",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Empty when the deadline confirmed it.",
    )
    seal = fields.Char(
        readonly=True,
        copy=False,
        help="Fingerprint of the sheet when it was confirmed; any change breaks it.",
    )
    bill_id = fields.Many2one(
        "account.move",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    billing_error = fields.Char(
        readonly=True, copy=False, groups="base.group_user", string="Why not billed"
    )
    chain_number = fields.Integer(readonly=True, copy=False, groups="base.group_user")
    chain_seal = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Links this sealed sheet to the one billed before it.",
    )

    can_compute = fields.Boolean(compute="_compute_can")
    can_send = fields.Boolean(compute="_compute_can")
    can_confirm = fields.Boolean(compute="_compute_can")
    can_bill = fields.Boolean(compute="_compute_can")

    _sheet_uniq = models.UniqueIndex(
        "(company_id, station_id, currency_id, period_start)",
        "This station has a settlement for the month already.",
    )
    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is taken.")
    _chain_uniq = models.UniqueIndex(
        "(company_id, chain_number) WHERE chain_number > 0"
    )
    _first_of_month = models.Constraint(
        "CHECK(EXTRACT(DAY FROM period_start) = 1)",
        "A settlement period begins on the first day of a month.",
    )

    @api.depends("bill_id.state", "bill_id.payment_state")
    def _compute_state(self):
        """From confirmed on: what accounting does with the bill."""
        for sheet in self:
            state = sheet.state
            if sheet.bill_id and state in SEALED_STATES:
                state = sheet._derive_billed_state()
            sheet.state = state

    def _derive_billed_state(self):
        """State of a confirmed sheet by its bill; a payment or bill may be undone."""
        bill = self.bill_id
        if bill.state != "posted":
            return "confirmed"
        if bill.payment_state == "reversed" and bill.reversal_move_ids:
            return "confirmed"
        return "paid" if bill.payment_state in ("paid", "reversed") else "billed"

    @api.depends("line_ids.amount")
    def _compute_amount(self):
        groups = {
            sheet.id: (amount, count)
            for sheet, amount, count in self.env[
                "aftersales.settlement.line"
            ]._read_group(
                [("settlement_id", "in", self.ids)],
                ["settlement_id"],
                ["amount:sum", "__count"],
            )
        }
        for sheet in self:
            amount, count = groups.get(sheet.id, (0.0, 0))
            sheet.amount_total = sheet.currency_id.round(amount)
            sheet.line_count = count

    @api.depends("period_start")
    def _compute_period(self):
        for sheet in self:
            sheet.period = sheet.period_start and sheet.period_start.strftime("%Y-%m")

    @api.depends("line_ids.amount", "line_ids.kind")
    @api.depends_context("lang")
    def _compute_sums(self):
        # Whoever reads the sheet reads its sums.
        sums_of = self.sudo()._read_sums()
        for sheet in self:
            groups = groupby(
                sums_of.get(sheet.id, ()),
                lambda row, sheet=sheet: sheet._get_sum_label(row.kind, row.work_kind),
            )
            sheet.sums = self.env["ir.qweb"]._render(
                "aftersales_settlement.settlement_sums",
                {
                    "sheet": sheet,
                    "rows": [
                        (
                            label,
                            sum(row.count for row in rows),
                            float(sum(row.amount for row in rows)),
                        )
                        for label, rows in groups
                    ],
                },
            )

    @api.depends("period", "name")
    def _compute_display_name(self):
        for sheet in self:
            sheet.display_name = " ".join(filter(None, [sheet.name, sheet.period]))

    @api.depends("state", "bill_id.state")
    @api.depends_context("uid")
    def _compute_can(self):
        is_manager = self.env.user.has_group(
            "aftersales_settlement.group_settlement_manager"
        )
        for sheet in self:
            sheet.can_compute = is_manager and sheet.state in ("draft", "computed")
            sheet.can_send = is_manager and sheet.state == "computed"
            sheet.can_confirm = is_manager and sheet.state == "sent"
            sheet.can_bill = is_manager and sheet._is_billable()

    def _compute_access_url(self):
        for sheet in self:
            sheet.access_url = f"/my/settlements/{sheet.id}"

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self.env["ir.sequence"]._next_numbers(
            "aftersales.settlement", len(vals_list)
        )
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_empty(self):
        for sheet in self:
            if sheet.state != "draft" or sheet.line_ids:
                raise UserError(
                    self.env._("%(sheet)s cannot be deleted.", sheet=sheet.display_name)
                )

    # === ACTIONS === #

    def action_compute(self):
        """Button: take everything off these open sheets and compute them again."""
        self._check_can("can_compute")
        # Managers compute sheets; the amounts come from claims, not from them.
        self.sudo()._recompute_sheets()

    def action_send(self):
        """Button: show these sheets to their stations."""
        self._check_can("can_send")
        # The manager was checked above.
        self.sudo()._send()

    def action_confirm(self):
        """Button: the station has agreed by another way than its portal."""
        self._check_can("can_confirm")
        # The manager was checked above.
        self.sudo()._confirm(self.env.user)

    def action_bill(self):
        """Button: make and post the bills."""
        self._check_can("can_bill")
        # The manager was checked above; bills follow from sealed sheets.
        sheets = self.sudo()
        sheets._write_guarded({"billing_error": False})
        sheets._bill()

    def action_verify(self):
        """Button: compute everything again from the stored facts and check the seal."""
        self.check_access("read")
        # Facts the reader of a sheet may have checked, not read.
        flaws = self.sudo()._verify()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if flaws else "success",
                "sticky": bool(flaws),
                "message": "\n".join(flaws)
                or self.env._(
                    "Every amount comes out the same and the seal is intact."
                ),
            },
        }

    def _check_can(self, field):
        """Raise unless the button of ``field`` may be pressed on every sheet."""
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_manager"
        ):
            raise AccessError(self.env._("Only settlement managers do this."))
        self.check_access("write")
        targets = {
            "can_compute": "computed",
            "can_send": "sent",
            "can_confirm": "confirmed",
            "can_bill": "billed",
        }
        for sheet in self.filtered(lambda sheet: not sheet[field]):
            sheet._check_transition(targets[field])
            raise UserError(
                self.env._("%(sheet)s has a bill already.", sheet=sheet.display_name)
            )
