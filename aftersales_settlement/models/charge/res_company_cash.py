from odoo import fields, models


class ResCompany(models.Model):
    """Where the money lies that stations took for us."""

    _inherit = "res.company"

    station_cash_account_id = fields.Many2one(
        "account.account",
        string="Cash held by stations",
        domain="[('account_type', '=', 'asset_current'), ('reconcile', '=', True)]",
        check_company=True,
        help="What customers paid to stations and their next settlement takes off."
        " Empty: an account is made with the first such payment.",
    )

    def _get_station_cash_account(self):
        """The account of cash held by stations; made when the company has none."""
        self.ensure_one()
        # Part of invoicing paid service, which the callers have checked.
        company = self.sudo()
        if not company.station_cash_account_id:
            Account = company.env["account.account"].with_company(company)
            account = Account.create(
                {
                    "name": self.env._("Cash held by stations"),
                    "code": Account._search_new_account_code("128000"),
                    "account_type": "asset_current",
                    "reconcile": True,
                    "company_ids": [fields.Command.set(company.ids)],
                }
            )
            # An account is read in many languages, made in one.
            for lang, _name in self.env["res.lang"].get_installed():
                local = account.with_context(lang=lang)
                local.name = local.env._("Cash held by stations")
            company.station_cash_account_id = account
        return company.station_cash_account_id


class ResConfigSettings(models.TransientModel):
    """The account of cash held by stations, per company."""

    _inherit = "res.config.settings"

    station_cash_account_id = fields.Many2one(
        related="company_id.station_cash_account_id", readonly=False
    )
