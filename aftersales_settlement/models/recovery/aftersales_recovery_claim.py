from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

REPORT = "aftersales_settlement.action_report_recovery"


class AftersalesRecovery(models.Model):
    """Recoveries become a draft credit claim to their supplier, with the evidence."""

    _inherit = "aftersales.recovery"

    def action_claim(self):
        """Button: draft one credit claim per supplier, once for each repair."""
        self._check_manager()
        # The manager was checked above; the draft is the accountant's to post.
        refunds = self.sudo()._claim_back()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit claims"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", refunds.ids)],
        }

    def _claim_back(self):
        """Draft the credit claims of these open recoveries.

        :raise UserError: one is claimed already or given up
        :return: the drafts, one per company, supplier and currency
        """
        self.lock_for_update()
        for row in self.filtered(lambda row: row.state != "open"):
            raise UserError(
                self.env._("%(row)s is claimed already.", row=row.display_name)
            )
        refunds = self.env["account.move"]
        groups = self.grouped(
            lambda row: (row.company_id, row.supplier_id, row.currency_id)
        )
        for (company, _supplier, _currency), rows in groups.items():
            rows = rows.sorted("id")
            refund = company._get_moves().create(rows._prepare_refund_vals())
            rows.write({"refund_id": refund.id})
            rows._attach_evidence(refund)
            refunds |= refund
        return refunds

    def _prepare_refund_vals(self):
        """Values of the supplier's credit note: a line for each repair."""
        supplier = self.supplier_id
        words = self.with_context(lang=supplier.lang or self.env.lang)
        return {
            "move_type": "in_refund",
            "company_id": self.company_id.id,
            "journal_id": self._get_recovery_journal().id,
            "partner_id": supplier.id,
            "currency_id": self.currency_id.id,
            "invoice_date": self.company_id._get_today(),
            "ref": words.env._("Warranty recovery"),
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": row._get_claim_text(),
                        "quantity": 1.0,
                        "price_unit": row.amount,
                        "tax_ids": [Command.clear()],
                    }
                )
                for row in words
            ],
        }

    def _get_recovery_journal(self):
        """The purchase journal of suppliers' own papers.

        :raise UserError: the company has none
        """
        journals = self.env["account.journal"].search(
            [("company_id", "=", self.company_id.id), ("type", "=", "purchase")]
        )
        journal = journals.filtered(lambda row: not row.is_self_billing)[:1]
        if not journal:
            raise UserError(
                self.env._(
                    "%(company)s has no purchase journal for suppliers' papers: set up"
                    " its accounting first.",
                    company=self.company_id.name,
                )
            )
        return journal

    def _get_claim_text(self):
        """One repair in the words of the credit claim."""
        self.ensure_one()
        return self.env._(
            "%(part)s on machine %(unit)s, repaired %(day)s, %(claim)s: %(why)s",
            part=self.product_id.name,
            unit=self.unit_id.name or "–",
            day=self.work_date,
            claim=self.claim_id.name,
            why=self.why,
        )

    def _attach_evidence(self, refund):
        """The sheet of these repairs and the photos of their reports."""
        reports = self.env["ir.actions.report"].with_context(
            lang=self.supplier_id.lang or self.env.lang
        )
        content, kind = reports._render_qweb_pdf(REPORT, self.ids)
        self.env["ir.attachment"].create(
            {
                "name": self.env._("Evidence %(number)s", number=self[0].claim_id.name)
                + f".{kind}",
                "raw": content,
                "res_model": refund._name,
                "res_id": refund.id,
            }
        )
        for photo in self.work_order_id.photo_ids:
            photo.copy({"res_model": refund._name, "res_id": refund.id})
