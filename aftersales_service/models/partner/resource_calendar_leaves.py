from odoo import models


class ResourceCalendarLeaves(models.Model):
    """Closed days: the legal clock reads them once."""

    _name = "resource.calendar.leaves"
    _inherit = ["resource.calendar.leaves", "aftersales.cached.mixin"]
