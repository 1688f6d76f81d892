from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

INVOICE_BATCH = 50


class AftersalesCustomerCharge(models.Model):
    """Charges we earn become customers' invoices; cash a station holds pays them."""

    _inherit = "aftersales.customer.charge"

    @api.model
    def _get_to_invoice_domain(self):
        return Domain([("state", "=", "to_invoice"), ("invoice_error", "=", False)])

    @api.model
    def _cron_invoice(self):
        """Invoice what is open in committed batches; what cannot be says why."""
        domain = self._get_to_invoice_domain()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while charges := self.search(domain, limit=INVOICE_BATCH, order="id"):
            locked = charges.try_lock_for_update()
            locked._invoice_or_tell()
            if not locked or not cron._commit_progress(len(charges)):
                break

    def _invoice_or_tell(self):
        """Invoice these charges; where accounting refuses, note why and go on."""
        try:
            with self.env.cr.savepoint():
                self._invoice()
        except UserError as error:
            if len(self) == 1:
                self.invoice_error = str(error)
                return
            for charge in self:
                charge._invoice_or_tell()

    def _invoice(self):
        """Make and post the invoices of these charges, one each, once.

        :raise UserError: one is no longer to invoice, or accounting refuses
        """
        self.lock_for_update()
        for charge in self.filtered(lambda charge: charge.state != "to_invoice"):
            raise UserError(
                self.env._(
                    "%(job)s is invoiced already.",
                    job=charge.display_name,
                )
            )
        for company, charges in self.grouped("company_id").items():
            moves = company._get_moves().create(
                [charge._prepare_invoice_vals() for charge in charges]
            )
            for charge, move in zip(charges, moves, strict=True):
                charge.write({"invoice_id": move.id, "invoice_error": False})
            moves.action_post()
            charges._collect_cash()

    def _prepare_invoice_vals(self):
        """Values of the customer's invoice, a line per charge as it was asked.

        :raise UserError: nobody is known to send it to
        """
        self.ensure_one()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "%(job)s names no customer to invoice.", job=self.display_name
                )
            )
        lang = self.partner_id.lang or self.env.lang
        lines = self.work_order_id.charge_line_ids.with_context(lang=lang)
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.company_id._get_today(),
            "invoice_origin": self.work_order_id.name,
            "ref": self.ticket_id.number,
            "invoice_line_ids": [
                Command.create(self._prepare_invoice_line_vals(line))
                for line in lines
                if line.amount
            ],
        }

    def _prepare_invoice_line_vals(self, line):
        """Values of the invoice line of one charge."""
        labels = dict(line._fields["kind"]._description_selection(line.env))
        vals = {
            "name": ": ".join(filter(None, [labels[line.kind], line.note])),
            "quantity": 1.0,
            "price_unit": line.amount,
            "tax_ids": [Command.set(self.rule_id.tax_ids.ids)],
        }
        if self.rule_id.account_id:
            vals["account_id"] = self.rule_id.account_id.id
        return vals

    # === CASH === #

    def _is_cash_of_station(self):
        """Whether an independent station holds money of ours for this job."""
        self.ensure_one()
        return self.collected_amount and not self.station_id.is_internal_team

    def _collect_cash(self):
        """Pay posted invoices with the cash stations hold, which their next sheets
        take off; both in this one transaction, once per job."""
        held = self.filtered(lambda charge: charge._is_cash_of_station())
        done = held.settlement_line_ids.customer_charge_id
        for charge in held - done:
            charge._pay_with_cash()
        self.env["aftersales.settlement.line"]._unguarded().create(
            [charge._prepare_cash_line_vals() for charge in held - done]
        )

    def _pay_with_cash(self):
        """Move the claim on the customer to the station that holds his money."""
        self.ensure_one()
        claim = self.invoice_id.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        company = self.company_id
        entry = self.env["account.move"].with_company(company)
        entry = entry.create(
            {
                "move_type": "entry",
                "company_id": company.id,
                "date": self.invoice_id.date,
                "ref": self._get_cash_reason(),
                "line_ids": [
                    Command.create({**vals, "name": self._get_cash_reason()})
                    for vals in self._prepare_cash_entry_vals(claim.account_id)
                ],
            }
        )
        entry.action_post()
        paid = entry.line_ids.filtered(lambda row: row.account_id == claim.account_id)
        (claim | paid).reconcile()

    def _prepare_cash_entry_vals(self, receivable):
        """The two sides of the entry: the station holds it, the customer has paid."""
        company, amount = self.company_id, self.collected_amount
        balance = self.currency_id._convert(
            amount, company.currency_id, company, self.invoice_id.date
        )
        sides = (
            (company._get_station_cash_account(), self.station_id, 1),
            (receivable, self.partner_id.commercial_partner_id, -1),
        )
        return [
            {
                "account_id": account.id,
                "partner_id": partner.id,
                "currency_id": self.currency_id.id,
                "amount_currency": sign * amount,
                "debit": balance if sign > 0 else 0.0,
                "credit": balance if sign < 0 else 0.0,
            }
            for account, partner, sign in sides
        ]

    def _get_cash_reason(self):
        return self.env._(
            "Cash of %(job)s for invoice %(invoice)s",
            job=self.work_order_id.name,
            invoice=self.invoice_id.name,
        )

    def _prepare_cash_line_vals(self):
        """The amount below zero that the station's next sheet takes off."""
        self.ensure_one()
        # The sheet is the station's: in its language.
        words = self.with_context(lang=self.station_id.lang or self.env.lang)
        return {
            "kind": "cash",
            "company_id": self.company_id.id,
            "station_id": self.station_id.id,
            "currency_id": self.currency_id.id,
            "customer_charge_id": self.id,
            "amount": -self.collected_amount,
            "reason": words._get_cash_reason(),
            "reason_document": self.invoice_id.name,
        }


class AftersalesSettlementLine(models.Model):
    """Cash of customers that a station holds for us."""

    _inherit = "aftersales.settlement.line"

    customer_charge_id = fields.Many2one(
        "aftersales.customer.charge",
        string="Paid service",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )

    _cash_once = models.UniqueIndex(
        "(customer_charge_id) WHERE customer_charge_id IS NOT NULL",
        "The cash of this job is on a settlement already.",
    )

    def _prepare_bill_booking_vals(self, taxes):
        """Cash is no cost: it leaves the account it lies on, untaxed."""
        vals = super()._prepare_bill_booking_vals(taxes)
        if self.kind != "cash" or not self.customer_charge_id:
            return vals
        account = self.company_id._get_station_cash_account()
        return {**vals, "tax_ids": [Command.clear()], "account_id": account.id}
