from odoo import fields, models


class ResourceCalendar(models.Model):
    """Opening hours that belong to one station, whose office closes days of them."""

    _inherit = "resource.calendar"

    closing_station_id = fields.Many2one(
        "res.partner",
        string="Station's own",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The station whose office may enter closed days here.",
    )

    def _copy_for_station(self, station):
        """A copy for one station, closed on the same days; called with ``sudo()``."""
        self.ensure_one()
        own = self.copy({"name": station.name})
        own.closing_station_id = station
        kept = self.leave_ids.filtered(lambda leave: not leave.resource_id)
        for leave in kept:
            leave.copy({"calendar_id": own.id})
        return own
