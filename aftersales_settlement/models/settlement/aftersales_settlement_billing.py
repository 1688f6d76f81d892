from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import groupby

from ...tools import settle
from .aftersales_settlement_rows import Sum

BILL_BATCH = 50


class AftersalesSettlement(models.Model):
    """Confirmed sheets are sealed and become bills, linked in a chain of seals."""

    _inherit = "aftersales.settlement"

    # === SEAL === #

    def _prepare_seal_facts(self, lines, total):
        """The sheet's own facts in canonical values: what its seal is the hash of.

        :param lines: the hash of its lines, see ``_read_digests``
        """
        self.ensure_one()
        return {
            "settlement": self.name,
            "company": self.company_id.id,
            "station": self.station_id.id,
            "currency": self.currency_id.name,
            "period": settle.period(self.period_start).key,
            "lines": lines,
            "total": total,
        }

    def _verify(self):
        """What is wrong with these sheets, as sentences; nothing when they are sound.

        Every amount is computed again from the stored facts, to the cent.
        """
        return [
            self.env._(
                "%(sheet)s: the amount of “%(line)s” does not come out the same.",
                sheet=line.settlement_id.name,
                line=line.display_name,
            )
            for line in self.line_ids
            if not line._is_reproducible()
        ] + self._verify_seals()

    def _verify_seals(self):
        """Sheets of which a row was changed since they were sealed, as sentences."""
        return list(self._find_broken_seals().values())

    def _find_broken_seals(self):
        """{sheet: sentence} where a row was changed since the sheet was sealed."""
        sealed = self.filtered("seal")
        return {
            sheet: self.env._("%(sheet)s: the seal is broken.", sheet=sheet.name)
            for sheet, seal in sealed._get_seals().items()
            if sheet.seal != seal
        }

    # === BILL === #

    def action_view_bill(self):
        """Smart button: the bill of this sheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bill"),
            "res_model": "account.move",
            "view_mode": "form",
            "res_id": self.bill_id.id,
        }

    def _is_billable(self):
        """Whether this sheet waits for a bill."""
        self.ensure_one()
        return self.state == "confirmed" and not self._has_live_bill()

    def _has_live_bill(self):
        """Whether accounting still works with a bill of this sheet."""
        # Only whether there is one; whoever asks need not be an accountant.
        bill = self.bill_id.sudo()
        return bool(bill) and bill.state != "cancel" and not bill.reversal_move_ids

    @api.model
    def _get_to_bill_domain(self):
        return Domain(
            [
                ("state", "=", "confirmed"),
                ("billing_error", "=", False),
                "|",
                ("bill_id", "=", False),
                ("bill_id.state", "=", "cancel"),
            ]
        )

    @api.model
    def _cron_bill(self):
        """Bill confirmed sheets in committed batches; one that cannot be is named."""
        domain = self._get_to_bill_domain() & Domain("bill_id", "=", False)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while sheets := self.search(domain, limit=BILL_BATCH, order="id"):
            try:
                sheets._bill_or_tell()
                seconds = cron._commit_progress(len(sheets))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody bills by hand: nothing of this batch was kept.
                self.env.cr.rollback()
                self.env.ref("aftersales_settlement.ir_cron_settlement_bill")._trigger()
                break
            if not seconds:
                break

    def _bill_or_tell(self):
        """Bill these sheets; where accounting refuses, note why and go on."""
        sheets = self.try_lock_for_update()
        try:
            with self.env.cr.savepoint():
                sheets._bill()
        except UserError as error:
            if len(sheets) == 1:
                sheets._write_guarded({"billing_error": str(error)})
                return
            for sheet in sheets:
                sheet._bill_or_tell()

    def _bill(self):
        """Make and post the bills of these confirmed sheets, in batch.

        Seals are checked first; the bill and its link are one transaction.
        :raise UserError: a sheet is not confirmed, was changed, or does not balance
        """
        for sheet in self.filtered(lambda sheet: not sheet._is_billable()):
            sheet._check_transition("billed")
            raise UserError(
                self.env._("%(sheet)s has a bill already.", sheet=sheet.display_name)
            )
        if flaws := self._verify_seals():
            raise UserError("\n".join(flaws))
        for company, sheets in self.grouped("company_id").items():
            sheets = sheets.with_company(company).sorted("id")
            sheets._chain_seals()
            sums = sheets._read_sums()
            filled = sheets.filtered(lambda sheet, known=sums: sheet.id in known)
            bills = company._get_moves().create(
                [sheet._prepare_bill_vals(sums[sheet.id]) for sheet in filled]
            )
            for sheet, bill in zip(filled, bills, strict=True):
                sheet._write_guarded({"bill_id": bill.id, "is_attached": False})
            if company.settlement_billing == "self_billing":
                bills.action_post()
            filled._check_balance()
            empty = sheets - filled
            empty._update_state("billed")
            empty._update_state("paid")
        self.env.ref("aftersales_settlement.ir_cron_settlement_attach")._trigger()

    def _chain_seals(self):
        """Link these sealed sheets of one company to those billed before them."""
        last = self.search(
            [("company_id", "=", self.company_id.id), ("chain_number", ">", 0)],
            order="chain_number desc",
            limit=1,
        )
        # Whoever links at the same time meets here and is asked to try again.
        self.env.cr.execute(
            "UPDATE aftersales_settlement SET chain_number = chain_number"
            " WHERE id = %s",
            [last.id or 0],
        )
        number, link = last.chain_number, last.chain_seal or None
        for sheet in self.filtered(lambda sheet: not sheet.chain_number):
            number, link = number + 1, settle.chain(link, sheet.seal)
            sheet._write_guarded({"chain_number": number, "chain_seal": link})

    def _prepare_bill_vals(self, sums):
        """Values of this sheet's bill; a credit note when the station owes us.

        :param sums: see ``_prepare_bill_line_vals``
        """
        self.ensure_one()
        company, is_refund = self.company_id, self.amount_total < 0
        sheet = self.with_context(lang=self.station_id.lang or self.env.lang)
        return {
            "move_type": "in_refund" if is_refund else "in_invoice",
            "journal_id": company._get_settlement_journal().id,
            "company_id": company.id,
            "partner_id": self.station_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": company._get_today(),
            "ref": self.name,
            "invoice_origin": self.name,
            "invoice_line_ids": [
                Command.create(vals)
                for vals in sheet._prepare_bill_line_vals(-1 if is_refund else 1, sums)
            ],
        }

    def _prepare_bill_line_vals(self, sign, sums):
        """One bill line per kind of amount and tax, in the order of the sheet.

        :param sign: -1 on a credit note
        :param sums: list of ``Sum`` of this sheet
        """
        self.ensure_one()
        month = settle.period(self.period_start).key
        taxes = {
            row.tax_ids: self.env["account.tax"].browse(row.tax_ids) for row in sums
        }
        groups = groupby(sums, Sum.get_bill_key)
        return [
            {
                "name": self.env._(
                    "%(label)s %(month)s (%(count)s lines)",
                    label=self._get_sum_label(kind, work_kind),
                    month=month,
                    count=sum(row.count for row in rows),
                ),
                "quantity": 1.0,
                "price_unit": sign * float(sum(row.amount for row in rows)),
                **self._prepare_balance_vals(sum(row.amount for row in rows)),
                **rows[0].line._prepare_bill_booking_vals(taxes[tax_ids]),
                "settlement_group": {
                    "kind": kind,
                    "work_kind": work_kind,
                    "is_charge": is_charge,
                    "cards": [row.card_id for row in rows],
                },
            }
            for (kind, work_kind, is_charge, tax_ids), rows in groups
        ]

    def _prepare_balance_vals(self, amount):
        """What the bill line of an amount posts, where it is known beforehand.

        Core takes it as it is when no line of the bill has a tax, and saves itself a
        write of each line; where one has, core computes it again.
        """
        self.ensure_one()
        if self.currency_id != self.company_id.currency_id:
            return {}
        return {"balance": float(amount), "amount_currency": float(amount)}


class AftersalesSettlementLine(models.Model):
    """An amount as it is told on the bill."""

    _inherit = "aftersales.settlement.line"

    def _prepare_bill_booking_vals(self, taxes):
        """Tax and account of the bill line this kind of amount is summed up in.

        The journal's own account: core would take the one most bills of the station
        are on, its rent as well. May be extended.
        """
        self.ensure_one()
        account = self.company_id._get_settlement_journal().default_account_id
        return {"tax_ids": [Command.set(taxes.ids)], "account_id": account.id}
