from odoo import api, fields, models


class AftersalesFaultCode(models.Model):
    """A cause may lie with who installed the machine."""

    _inherit = "aftersales.fault.code"

    is_installation_fault = fields.Boolean(
        string="Installer's fault",
        help="A machine that fails early by this cause, or by one within this group,"
        " counts against the station that installed it.",
    )

    @api.model
    def _get_installation_cause_ids(self):
        """Ids of all causes that lie with the installer, retired ones too."""
        # Which codes they are is no secret; scores are counted by the system.
        codes = self.sudo().with_context(active_test=False)
        marked = codes.search(
            [("kind", "=", "cause"), ("is_installation_fault", "=", True)]
        )
        return codes.search([("id", "child_of", marked.ids)]).ids
