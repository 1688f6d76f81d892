from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestUnitReading(AftersalesCase):
    """Readings of a machine and the last one of many machines."""

    def _read(self, unit, day, value, **vals):
        return {
            "unit_id": unit.id,
            "read_on": date(2026, 3, day),
            "value": value,
            **vals,
        }

    def _create(self, *vals_list):
        return self.env["aftersales.unit.reading"].create(list(vals_list))

    def test_a_lower_reading_needs_a_reason(self):
        self._create(self._read(self.unit_north, 1, 500))
        lower = self._read(self.unit_north, 2, 20)
        with self.assertRaises(ValidationError) as caught:
            self._create(lower)
        self.assertRegex(str(caught.exception), r"DX-0001.*\(20\).*below.*\(500\)")
        self._create({**lower, "correction_reason": "exchanged"})
        with self.assertRaises(ValidationError):
            self._create({**lower, "value": 10, "correction_reason": False})

    def test_two_readings_in_one_create_are_compared(self):
        with self.assertRaises(ValidationError):
            self._create(
                self._read(self.unit_north, 1, 100), self._read(self.unit_north, 2, 90)
            )

    def test_order_of_entry_does_not_matter_only_the_day(self):
        self._create(
            self._read(self.unit_north, 9, 900), self._read(self.unit_north, 2, 200)
        )
        with self.assertRaises(ValidationError):
            self._create(self._read(self.unit_north, 5, 950))

    def test_moving_the_day_of_a_reading_is_checked(self):
        early = self._create(
            self._read(self.unit_north, 1, 100), self._read(self.unit_north, 5, 200)
        )[0]
        with self.assertRaises(ValidationError):
            early.read_on = date(2026, 3, 9)

    def test_meters_and_machines_are_apart(self):
        self._create(
            self._read(self.unit_north, 1, 800),
            self._read(self.unit_north, 2, 10, meter="km"),
            self._read(self.unit_south, 2, 5),
        )

    def test_a_visiting_office_reads_the_meter_and_writes_by_its_work_order(self):
        """What the job found is applied by the report, not past the border."""
        reading = self._create(self._read(self.unit_north, 1, 800))
        self.unit_north.visiting_territory_ids = self.south
        visitor = self.env["aftersales.unit.reading"].with_user(self.agent_south)
        self.assertEqual(visitor.browse(reading.id).value, 800)
        with self.assertRaises(AccessError):
            visitor.create([self._read(self.unit_north, 2, 900)])
        with self.assertRaises(AccessError):
            visitor.browse(reading.id).value = 900
        home = self.env["aftersales.unit.reading"].with_user(self.agent_north)
        self.assertTrue(home.create([self._read(self.unit_north, 2, 900)]))

    def test_a_visiting_technicians_report_adds_the_reading(self):
        self._create(self._read(self.unit_south, 1, 800))
        ticket = self.make_request(self.unit_south, site_state_id=self.state_north.id)
        order = self.make_work_order(ticket, state="on_site")
        order._save_report(self.report_vals(reading_value=900.0))
        order.with_user(self.office_north).action_submit_report()
        self.assertEqual(self.unit_south.last_reading, 900)

    def test_a_month_without_a_reading_is_no_zero_in_the_graph(self):
        action = self.unit_north.with_user(self.agent_north).action_open_readings()
        self.assertIs(action["context"]["fill_temporal"], False)
        self.assertTrue(action["view_mode"].startswith("graph"))

    def test_last_reading_is_the_latest_by_day(self):
        self._create(
            self._read(self.unit_north, 9, 30, correction_reason="exchanged"),
            self._read(self.unit_north, 2, 700),
            self._read(self.unit_south, 3, 40, meter="km"),
        )
        self.assertEqual(self.unit_north.last_reading, 30)
        self.assertEqual(self.unit_north.last_reading_on, date(2026, 3, 9))
        self.assertEqual(self.unit_south.last_meter, "km")
        unread = self.make_unit("DX-0003")
        self.assertFalse(unread.last_meter)
        readings = unread._get_last_readings()
        self.assertEqual(readings, {})

    def test_last_readings_of_many_machines_take_one_query(self):
        units = self.env["stock.lot"].create(
            [{"name": f"RD-{i}", "product_id": self.engine.id} for i in range(50)]
        )
        self._create(*(self._read(unit, 1, 10) for unit in units))
        for some in (units[:1], units):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                some.mapped("last_reading")
