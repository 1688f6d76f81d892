from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ..tools.parts import find_lenders
from .test_dispatch import DispatchCase


@tagged("post_install", "-at_install")
class TestLenderRule(BaseCase):
    """Who could lend a part."""

    def who(self, on_hand, distances, reach=100):
        found = find_lenders([7], on_hand, distances, reach)
        return [one.station_id for one in found]

    def test_the_nearest_with_the_part_stands_first(self):
        on_hand = {1: {7: 2}, 2: {7: 1}, 3: {8: 9}, 4: {7: 0.5}, 5: {7: 1}, 6: {7: 1}}
        distances = {1: 80.0, 2: 20.0, 3: 1.0, 4: 1.0, 5: 101.0, 6: None}
        self.assertEqual(self.who(on_hand, distances), [2, 1, 6])


@tagged("post_install", "-at_install")
class TestBorrow(DispatchCase):
    """A station lacks a part, its neighbour has it."""

    def setUp(self):
        super().setUp()
        self.symptom.part_ids = self.part
        self.station_second.phone = "0531 5555"
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.station_second.station_stock_location_id, 3
        )
        self.order = self.make_work_order()

    def dialog(self, user=None):
        order = self.order.with_user(user or self.office_north)
        return self.env["aftersales.parts.borrow"].browse(
            order.action_borrow_parts()["res_id"]
        )

    def test_the_missing_part_is_found_at_the_neighbour(self):
        self.assertEqual(self.order.missing_part_ids, self.part)
        lines = self.dialog().line_ids
        self.assertEqual(lines.station_id, self.station_second)
        self.assertEqual(lines.quantity, 3)

    def test_one_click_moves_the_part_and_tells_the_neighbour(self):
        self.dialog().line_ids.with_user(self.office_north).action_borrow()
        picking = self.order.borrow_picking_ids
        self.assertIn(picking.state, ("confirmed", "assigned"))
        self.assertEqual(
            (picking.location_id, picking.location_dest_id),
            (
                self.station_second.station_stock_location_id,
                self.station_north.station_stock_location_id,
            ),
        )
        self.assertEqual(picking.move_ids.product_id, self.part)
        told = picking.message_ids.filtered("partner_ids")
        self.assertEqual(told.partner_ids, self.station_second)
        self.assertIn("Station North", told.body)
        self.assertFalse(self.order.missing_part_ids)

    def test_a_forged_line_borrows_nothing(self):
        line = self.dialog().line_ids
        line.sudo().station_id = self.station_south
        with self.assertRaises(UserError):
            line.with_user(self.office_north).action_borrow()
        self.assertFalse(self.order.borrow_picking_ids)

    def test_nothing_is_missing_where_it_lies_on_the_shelf(self):
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.station_north.station_stock_location_id, 1
        )
        self.order.invalidate_recordset(["missing_part_ids"])
        self.assertFalse(self.order.missing_part_ids)

    def test_another_office_and_an_agent_may_not(self):
        for user in (self.office_south, self.agent_north):
            with self.assertRaises(AccessError):
                self.dialog(user)

    def test_missing_parts_of_many_take_as_many_queries_as_of_one(self):
        def count(orders):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders.mapped("missing_part_ids")
            return self.env.cr.sql_log_count - before

        many = self.order.union(*(self.make_work_order() for _n in range(20)))
        count(many)
        self.assertEqual(count(self.order), count(many))


@tagged("post_install", "-at_install")
class TestStationNetwork(DispatchCase):
    """SMS, holidays and skills that end."""

    def texts(self):
        return self.env["sms.sms"].search([("partner_id", "=", self.station_north.id)])

    def test_a_station_that_wants_it_gets_an_sms_in_the_queue(self):
        self.station_north.write({"phone": "13812345678", "wants_sms": True})
        order = self.dispatch(self.make_request())
        sms = self.texts()
        self.assertEqual(sms.state, "outgoing")
        self.assertIn(f"/my/jobs/{order.id}", sms.body)
        self.assertIn("13812345678", sms.number)

    def test_others_get_none(self):
        self.station_north.phone = "13812345678"
        self.dispatch(self.make_request())
        self.assertFalse(self.texts())

    def test_closed_days_are_the_stations_own(self):
        station = self.station_north.with_user(self.office_north)
        action = station.action_open_closed_days()
        calendar = self.station_north.station_calendar_id
        self.assertTrue(calendar)
        self.assertNotEqual(calendar, self.env.company.resource_calendar_id)
        self.env["resource.calendar.leaves"].with_user(self.office_north).with_context(
            **action["context"]
        ).create(
            {
                "name": "Inventory",
                "date_from": "2026-05-10 16:00:00",
                "date_to": "2026-05-12 15:59:59",
            }
        )
        order = self.dispatch(self.make_request())
        self.assertEqual(order.station_id, self.station_north)
        self.assertEqual(str(order.planned_date), "2026-05-13")
        station.action_open_closed_days()
        self.assertEqual(self.station_north.station_calendar_id, calendar)
        leave = calendar.leave_ids
        for user in (self.office_south, self.agent_north):
            with self.assertRaises(AccessError):
                leave.with_user(user).unlink()

    def test_an_office_cannot_close_the_station_of_another(self):
        with self.assertRaises(AccessError):
            self.station_south.with_user(self.office_north).action_open_closed_days()

    def test_a_skill_that_ends_soon_is_marked(self):
        skill = self.station_north.station_skill_ids
        for day, is_ending in (
            (False, False),
            ("2026-05-01", True),
            ("2026-07-10", True),
            ("2026-07-11", False),
        ):
            skill.valid_until = fields.Date.to_date(day)
            self.assertEqual(skill.is_ending, is_ending, day)
