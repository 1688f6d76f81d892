from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestDuplicateRequest(AftersalesCase):
    """A request told twice is recognised while typing and becomes one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_request(fault_text="Does not start")

    def test_the_panel_fills_while_the_caller_talks(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.agent_north)
        checks = self.env["aftersales.serial.check"].search_count([])
        with Form(tickets, view="aftersales_service.request_view_form") as call:
            self.assertFalse(call.similar_ids[:])
            call.serial_typed = "dx 0001"
            self.assertEqual(call.similar_ids[:], self.first)
            self.assertIn("Engine 4105", call.serial_preview)
            self.assertIn("Customer North", call.serial_preview)
            self.assertEqual(
                self.env["aftersales.serial.check"].search_count([]),
                checks,
                "looking is not asking",
            )
            call.serial_typed = "dx 0009"
            self.assertFalse(call.similar_ids[:])
            self.assertIn("None of your machines", call.serial_preview)
            call.partner_id = self.customer_north
            self.assertFalse(call.similar_ids[:])
            call.serial_typed = False
            call.symptom_id = self.symptom
            self.assertEqual(call.similar_ids[:], self.first)
            call.request_type_id = self.repair

    def test_another_region_shows_nothing(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.agent_south)
        call = Form(tickets, view="aftersales_service.request_view_form")
        call.serial_typed = "DX-0001"
        self.assertFalse(call.similar_ids[:])
        of_another_region = call.serial_preview
        call.serial_typed = "DX-9999"
        self.assertEqual(call.serial_preview, of_another_region, "nobody made this")

    def test_closed_and_old_requests_are_not_the_same(self):
        second = self.make_request()
        self.assertEqual(second.similar_ids, self.first)
        self.first.received_at = "2020-01-01"
        second.invalidate_recordset(["similar_ids"])
        self.assertFalse(second.similar_ids)

    def test_a_problem_sheet_does_not_repeat_its_request(self):
        problem = self.env.ref("aftersales_service.request_type_problem")
        sheet = self.make_request(request_type_id=problem.id)
        self.assertFalse(sheet.similar_ids)
        self.assertFalse(self.first.similar_ids)

    def _merge(self, second, user=None):
        return (
            self.first.with_user(user or self.agent_north)
            .with_context(duplicate_ticket_id=second.id)
            .action_take_over()
        )

    def test_nothing_is_lost_when_two_become_one(self):
        second = self.make_request(
            fault_text="White smoke", contact_phone="139", priority="3"
        )
        second.wished_at = "2026-10-12 08:00:00"
        self.env["ir.attachment"].create(
            {"name": "photo.txt", "raw": b"x", "res_model": second._name}
            | {"res_id": second.id}
        )
        second.message_subscribe(self.customer_south.ids)
        action = self._merge(second)
        self.assertEqual(action["res_id"], self.first.id)
        self.assertTrue(second.closed)
        self.assertTrue(second.stage_id.is_withdrawal)
        self.assertEqual(second.duplicate_id, self.first)
        self.assertEqual(self.first.duplicate_count, 1)
        self.assertEqual(self.first.priority, "3")
        self.assertEqual(self.first.wished_at, second.wished_at)
        self.assertIn(self.customer_south, self.first.message_partner_ids)
        message = self.first.message_ids[:1]
        self.assertIn("White smoke", message.body)
        self.assertIn(second.number, message.body)
        self.assertEqual(message.attachment_ids.mapped("name"), ["photo.txt"])

    def test_a_request_does_not_take_over_itself_nor_into_a_closed_one(self):
        second = self.make_request()
        with self.assertRaises(UserError):
            self._merge(self.first)
        self._merge(second)
        with self.assertRaises(UserError):
            self.first.sudo()._merge_into(second)

    def test_nobody_is_left_on_the_road(self):
        second = self.make_request()
        self.make_work_order(second)
        with self.assertRaises(UserError):
            self._merge(second)

    def test_the_other_region_merges_nothing(self):
        second = self.make_request()
        with self.assertRaises(AccessError):
            self._merge(second, self.agent_south)

    def test_queries_do_not_grow_with_the_number_of_requests(self):
        tickets = self.first | self.env["helpdesk.ticket"].create(
            [
                {
                    "request_type_id": self.repair.id,
                    "partner_id": self.customer_north.id,
                    "symptom_id": self.symptom.id,
                }
                for _ in range(49)
            ]
        )
        counts = []
        tickets._find_similar()
        for batch in (tickets[:1], tickets):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._find_similar()
            counts.append(self.env.cr.sql_log_count - before)
        # One request reads its likes apart from itself, fifty are each other's.
        self.assertLessEqual(counts[1], counts[0])
