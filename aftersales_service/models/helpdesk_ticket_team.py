from odoo import models, tools


class HelpdeskTicketTeam(models.Model):
    """Departments, whose stages each new request asks for."""

    _name = "helpdesk.ticket.team"
    _inherit = ["helpdesk.ticket.team", "aftersales.cached.mixin"]

    def _get_applicable_stages(self):
        ids = self._get_applicable_stage_ids()
        return self.env["helpdesk.ticket.stage"].browse(ids)

    @tools.ormcache("self.id", "self.env.company.id")
    def _get_applicable_stage_ids(self):
        """Ids of the stages of this department, or of requests without one; kept."""
        # Bare ids of its company's stages, whoever asks first.
        return super(HelpdeskTicketTeam, self.sudo())._get_applicable_stages()._ids
