from collections import defaultdict
from datetime import datetime, time, timedelta, timezone

from odoo import api, fields, models

from ...tools import geo, places
from ...tools.dispatch_filter import Coverage, Skill


class ResPartner(models.Model):
    """What dispatch needs to know of stations, for all of them at once."""

    _inherit = "res.partner"

    station_slot_ids = fields.One2many(
        "aftersales.station.slot", "station_id", groups="base.group_user"
    )
    station_used_today = fields.Integer(
        string="Jobs today",
        compute="_compute_station_load",
        groups="base.group_user",
    )
    station_used_week = fields.Integer(
        string="Jobs in 7 days",
        compute="_compute_station_load",
        groups="base.group_user",
    )
    station_capacity_week = fields.Integer(
        string="Places in 7 days",
        compute="_compute_station_load",
        groups="base.group_user",
        help="Jobs a day on the open days of today and the six days after.",
    )
    station_load_today = fields.Integer(
        string="Load today (%)",
        compute="_compute_station_load",
        groups="base.group_user",
    )
    station_load_week = fields.Integer(
        string="Load in 7 days (%)",
        compute="_compute_station_load",
        groups="base.group_user",
    )

    @api.depends(
        "station_slot_ids", "station_daily_capacity", "station_calendar_id", "tz"
    )
    def _compute_station_load(self):
        today = self.env.company._get_today()
        stations = self.filtered(lambda p: p.aftersales_role == "station")
        days = stations._get_station_days(today, today + timedelta(days=6))
        for partner in self:
            facts = days.get(partner.id) or places.Days(station_id=partner.id)
            used = {day: len(numbers) for day, numbers in facts.taken.items()}
            capacity = facts.capacity if today in facts.open_days else 0
            week = facts.capacity * len(facts.open_days)
            partner.station_used_today = used.get(today, 0)
            partner.station_used_week = sum(used.values())
            partner.station_capacity_week = week
            partner.station_load_today = _percent(used.get(today, 0), capacity)
            partner.station_load_week = _percent(sum(used.values()), week)

    def _get_station_calendar(self):
        """Opening hours of one station: its own, else the company's; may be empty."""
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.station_calendar_id or company.resource_calendar_id

    def _get_station_intervals(self, start, end):
        """Opening time of each station between two aware datetimes.

        :return: {station id: list of (start, stop)}; always open without a calendar
        """
        calendars = {station: station._get_station_calendar() for station in self}
        known = self.env["resource.calendar"].union(*calendars.values())
        intervals = known._get_service_intervals(start, end)
        return {
            station.id: intervals[calendar.id] if calendar else [(start, end)]
            for station, calendar in calendars.items()
        }

    def _get_station_days(self, first, last):
        """Open days and taken places of each station; of today what is left of it.

        :param first, last: dates in the company's time zone
        :return: {station id: `places.Days`}
        """
        zone = self.env.company._get_service_zone()
        start = max(
            zone.localize(datetime.combine(first, time.min)),
            fields.Datetime.now().replace(tzinfo=timezone.utc),
        )
        end = zone.localize(datetime.combine(last, time.max))
        intervals = self._get_station_intervals(start, max(start, end))
        taken = self.env["aftersales.station.slot"]._get_taken(self, first, last)
        return {
            station.id: places.Days(
                station_id=station.id,
                capacity=max(station.station_daily_capacity, 0),
                open_days=tuple(
                    sorted({opens.date() for opens, _closes in intervals[station.id]})
                ),
                taken=taken.get(station.id, {}),
            )
            for station in self
        }

    def action_open_closed_days(self):
        """Holidays of one station; it gets opening hours of its own for them."""
        self.ensure_one()
        self.check_access("write")
        if self.station_calendar_id.closing_station_id != self:
            # Follows from the right to write the station.
            self.station_calendar_id = (
                self.sudo()._get_station_calendar()._copy_for_station(self)
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "resource.calendar.leaves",
            "view_mode": "list,form",
            "domain": [
                ("calendar_id", "=", self.station_calendar_id.id),
                ("resource_id", "=", False),
            ],
            "context": {"default_calendar_id": self.station_calendar_id.id},
            "name": self.env._("Closed days"),
        }

    def _get_dispatch_scores(self):
        """Hook: quality so far, ``{station id: score}``, 1.0 is neutral.

        Called once for all candidates. A station left out has no score yet and counts
        as neutral.
        """
        return {}

    def _get_parts_on_hand(self, products):
        """Free quantity at each station: its own parts and those on consignment.

        :return: {station id: {product id: quantity}}
        """
        locations = self._get_parts_locations()
        on_hand = defaultdict(lambda: defaultdict(float))
        if not products or not locations:
            return on_hand
        stations = {
            location: station.id
            for station in self
            for location in station._get_parts_locations()
        }
        groups = self.env["stock.quant"]._read_group(
            [
                ("location_id", "in", locations.ids),
                ("product_id", "in", products.ids),
            ],
            ["location_id", "product_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        for location, product, quantity, reserved in groups:
            on_hand[stations[location]][product.id] += quantity - reserved
        return on_hand

    def _prepare_coverage_facts(self, lines):
        """Coverage lines of one station for the rule."""
        return tuple(
            Coverage(territory_id=line.territory_id.id, rank=line.rank)
            for line in lines
        )

    def _prepare_skill_facts(self):
        """Skills of one station for the rule."""
        self.ensure_one()
        return tuple(
            Skill(
                category_id=skill.product_categ_id.id or None,
                request_type_id=skill.request_type_id.id or None,
                level=int(skill.level),
                valid_until=skill.valid_until or None,
            )
            for skill in self.station_skill_ids
        )

    def _get_dispatch_point(self):
        """Where a partner is: its coordinates, else the centre of its city."""
        self.ensure_one()
        city = self.city_id
        return geo.locate(
            (self.partner_latitude, self.partner_longitude),
            (city.latitude, city.longitude) if city else None,
        )


def _percent(used, capacity):
    """Share in whole percent; more than can be done is 100 or above."""
    if not capacity:
        return 100 if used else 0
    return round(100 * used / capacity)
