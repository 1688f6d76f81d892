from odoo import api, models


class SpreadsheetDashboardShare(models.Model):
    """A board shared by a link is out of the house: it is written down as an export."""

    _inherit = "spreadsheet.dashboard.share"

    @api.model_create_multi
    def create(self, vals_list):
        shares = super().create(vals_list)
        if not self.env.su:
            log = self.env["aftersales.export.log"]
            log._write_down(self._name, len(shares), shares.mapped("name"))
        return shares
