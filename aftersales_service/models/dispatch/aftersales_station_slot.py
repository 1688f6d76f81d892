from collections import defaultdict

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.tools import SQL


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
    number = fields.Integer(
        required=True, help="Which of the station's jobs of that day."
    )
    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, index=True, ondelete="cascade"
    )
    work_order_state = fields.Selection(related="work_order_id.state")

    _place_uniq = models.UniqueIndex(
        "(station_id, day, number)", "This place in the station's day is taken."
    )

    @api.depends("station_id", "work_order_id")
    def _compute_display_name(self):
        # The number only: whoever sees a station's day sees that the place is taken,
        # also for a job across the border.
        for slot in self.sudo():
            slot.display_name = f"{slot.station_id.name} {slot.work_order_id.name}"

    @api.model
    def _get_taken(self, stations, first, last):
        """Numbers of the places taken: {station id: {day: set of numbers}}."""
        slots = self.search_fetch(
            [
                ("station_id", "in", stations.ids),
                ("day", ">=", first),
                ("day", "<=", last),
            ],
            ["station_id", "day", "number"],
        )
        taken = defaultdict(lambda: defaultdict(set))
        for slot in slots:
            taken[slot.station_id.id][slot.day].add(slot.number)
        return taken

    @api.model
    def _take(self, places):
        """Write the places in one statement, all or none.

        By SQL, because a lost race is expected here and must not fill the log.

        :param places: {work order: (station id, day, number)}
        :return: whether they were still free
        """
        # All processes write in one order, so that none waits in a circle.
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s, %s, now() at time zone 'UTC')",
                station_id,
                day,
                number,
                order.id,
                order.company_id.id or None,
                self.env.uid,
            )
            for order, (station_id, day, number) in sorted(
                places.items(), key=lambda item: item[1]
            )
        ]
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(
                    SQL(
                        "INSERT INTO aftersales_station_slot (station_id, day, number,"
                        " work_order_id, company_id, create_uid, create_date)"
                        " VALUES %s",
                        SQL(", ").join(rows),
                    ),
                    log_exceptions=False,
                )
        except UniqueViolation:
            return False
        self.env["aftersales.work.order"].union(*places).invalidate_recordset(
            ["slot_ids"]
        )
        self.env["res.partner"].invalidate_model(["station_slot_ids"])
        return True
