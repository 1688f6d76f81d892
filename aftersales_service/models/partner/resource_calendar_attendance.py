from odoo import models


class ResourceCalendarAttendance(models.Model):
    """Working hours: the clocks of requests read them once."""

    _name = "resource.calendar.attendance"
    _inherit = ["resource.calendar.attendance", "aftersales.cached.mixin"]
