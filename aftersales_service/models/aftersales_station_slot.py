from odoo import fields, models


class AftersalesStationSlot(models.Model):
    """One job's place in a station's day.

    Rows exist only for taken places; the unique index is what keeps two offices
    from filling the last place twice.
    """

    _name = "aftersales.station.slot"
    _description = "Slot of a station"
    _order = "day, station_id, number"

    station_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", index=True)
    day = fields.Date(required=True)
    number = fields.Integer(required=True)
    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, index=True, ondelete="cascade"
    )

    _place_uniq = models.UniqueIndex(
        "(station_id, day, number)", "This place in the station's day is taken."
    )
