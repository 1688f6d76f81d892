from odoo import models, tools


class HelpdeskTicketTeam(models.Model):
    """Departments, whose first stage each new request asks for."""

    _name = "helpdesk.ticket.team"
    _inherit = ["helpdesk.ticket.team", "aftersales.cached.mixin"]

    @tools.ormcache("self.id", "self.env.company.id")
    def _get_first_stage_id(self):
        """Id of the stage where requests of this department begin; kept."""
        # A bare id of its company's stages, whoever asks first.
        return self.sudo()._get_applicable_stages()[:1].id
