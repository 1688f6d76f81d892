from odoo import fields, models
from odoo.exceptions import UserError

from ...tools import settle


class ResCompany(models.Model):
    """How a company settles with its stations."""

    _inherit = "res.company"

    settlement_billing = fields.Selection(
        [
            ("self_billing", "We write the bill for the station"),
            ("own_invoice", "Wait for the station's own invoice"),
        ],
        string="Bills of stations",
        default="self_billing",
        required=True,
        help="Waiting: the bill is prepared as a draft, the accountant posts it when"
        " the station's invoice is there.",
    )
    settlement_journal_id = fields.Many2one(
        "account.journal",
        string="Settlement journal",
        domain="[('type', '=', 'purchase')]",
        help="Empty: a self-billing journal is made with the first bill.",
    )
    settlement_tax_ids = fields.Many2many(
        "account.tax",
        "aftersales_settlement_tax_rel",
        string="Tax on station bills",
        domain="[('type_tax_use', '=', 'purchase')]",
        help="Added to the amounts of the sheet.",
    )
    settlement_confirm_days = fields.Integer(
        string="Days to confirm",
        default=7,
        help="A sheet the station does not answer for so long counts as confirmed.",
    )

    _settlement_confirm_days_positive = models.Constraint(
        "CHECK(settlement_confirm_days >= 0)",
        "The days to confirm a settlement cannot be negative.",
    )

    def _get_month_moments(self, day):
        """Begin and end (excluded) of the month of ``day`` as naive UTC datetimes."""
        month = settle.period(day)
        return (
            self._get_moment(month.first),
            self._get_moment(month.shifted(1).first),
        )

    def _is_month_over(self, day):
        """Whether the month of ``day`` has ended for this company."""
        return self._get_today() > settle.period(day).last

    def _check_month_is_over(self, day):
        """Raise while the month of ``day`` has not ended."""
        if not self._is_month_over(day):
            raise UserError(
                self.env._("%(month)s is not over yet.", month=settle.period(day).key)
            )

    def _get_moves(self):
        """Where entries of this company are made: on its own day, whoever makes them.

        Core counts the due date of an entry in the zone of its maker.
        """
        zone = self._get_service_zone().zone
        return self.env["account.move"].with_company(self).with_context(tz=zone)

    def _get_settlement_journal(self):
        """The journal of station bills; made when the company has none yet."""
        self.ensure_one()
        # Part of making bills, which the callers have checked.
        company = self.sudo()
        if company.settlement_journal_id:
            return company.settlement_journal_id
        Journal = self.env["account.journal"].sudo().with_company(company)
        is_self_billing = company.settlement_billing == "self_billing"
        purchases = Journal.search(
            [("company_id", "=", company.id), ("type", "=", "purchase")]
        )
        journal = purchases.filtered(
            lambda row: row.is_self_billing == is_self_billing
        )[:1]
        account = company.expense_account_id or purchases.default_account_id[:1]
        if not journal and is_self_billing and account:
            journal = Journal.create(
                {
                    "name": self.env._("Station settlements"),
                    "code": "SETL",
                    "type": "purchase",
                    "is_self_billing": True,
                    "default_account_id": account.id,
                    "company_id": company.id,
                }
            )
            # A journal is read in many languages, made in one.
            for lang, _name in self.env["res.lang"].get_installed():
                local = journal.with_context(lang=lang)
                local.name = local.env._("Station settlements")
        if not journal.default_account_id:
            raise UserError(
                self.env._(
                    "%(company)s has no purchase journal with a cost account: set up"
                    " its accounting first.",
                    company=company.name,
                )
            )
        company.settlement_journal_id = journal
        return journal
