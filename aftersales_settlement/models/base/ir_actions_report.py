from odoo import models


class IrActionsReport(models.Model):
    """A posted bill we wrote for a station is the bill, not a proforma of one."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        data = super()._get_rendering_context(report, docids, data)
        if data.get("proforma") and report.model == "account.move":
            # The portal calls "proforma" whatever was not yet sent as a PDF.
            data["proforma"] = not all(
                move.state == "posted" and move.journal_id.is_self_billing
                for move in data["docs"]
            )
        return data
