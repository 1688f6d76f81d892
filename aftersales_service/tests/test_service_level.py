from datetime import datetime

from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestServiceLevel(AftersalesCase):
    """Deadlines of requests: which row, and how working time is counted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Monday to Friday, 8 to 12 and 13 to 18 in China: 00-04 and 05-10 UTC.
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Office hours",
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": end,
                            "day_period": period,
                        }
                    )
                    for day in range(5)
                    for start, end, period in (
                        (8.0, 12.0, "morning"),
                        (13.0, 18.0, "afternoon"),
                    )
                ],
            }
        )
        cls.env.company.resource_calendar_id = cls.calendar
        cls.level = cls.env.ref("aftersales_service.service_level_default")

    def test_deadlines_count_working_hours_only(self):
        # 2026-10-16 is a Friday; all times UTC, the office is 8 hours ahead.
        cases = [
            # received, answer in 2 h, resolve in 4 h
            ("Monday 9:00", "2026-10-12 01:00", "2026-10-12 03:00", "2026-10-12 06:00"),
            ("over lunch", "2026-10-12 03:00", "2026-10-12 06:00", "2026-10-12 08:00"),
            ("at lunch", "2026-10-12 04:30", "2026-10-12 07:00", "2026-10-12 09:00"),
            ("evening", "2026-10-12 14:00", "2026-10-13 02:00", "2026-10-13 04:00"),
            (
                "Friday 17:00",
                "2026-10-16 09:00",
                "2026-10-19 01:00",
                "2026-10-19 03:00",
            ),
            ("Saturday", "2026-10-17 02:00", "2026-10-19 02:00", "2026-10-19 04:00"),
        ]
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "request_type_id": self.repair.id,
                    "partner_id": self.customer_north.id,
                    "received_at": datetime.fromisoformat(received),
                }
                for _name, received, _answer, _resolve in cases
            ]
        )
        for ticket, (name, _received, answer, resolve) in zip(
            tickets, cases, strict=True
        ):
            with self.subTest(name):
                self.assertEqual(ticket.answer_deadline, datetime.fromisoformat(answer))
                self.assertEqual(
                    ticket.resolve_deadline, datetime.fromisoformat(resolve)
                )
                self.assertFalse(ticket.arrive_deadline, "0 hours: no such deadline")
                self.assertEqual(ticket.service_level_id, self.level)

    def test_deadline_is_that_of_the_calendar_model(self):
        ticket = self.make_request(received_at=datetime(2026, 10, 16, 9))
        planned = self.calendar.plan_hours(
            4, datetime(2026, 10, 16, 9), compute_leaves=True
        )
        self.assertEqual(ticket.resolve_deadline, planned)

    def test_public_holiday_does_not_count(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "National day",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 10, 18, 16),
                "date_to": datetime(2026, 10, 19, 15, 59, 59),
            }
        )
        ticket = self.make_request(received_at=datetime(2026, 10, 16, 9))
        self.assertEqual(ticket.answer_deadline, datetime(2026, 10, 20, 1))

    def test_special_row_wins_and_follows_priority_and_territory(self):
        special = self.env["aftersales.service.level"].create(
            {
                "name": "Urgent in the north",
                "sequence": 5,
                "priority": "3",
                "territory_id": self.north.id,
                "answer_hours": 1.0,
                "resolve_hours": 2.0,
            }
        )
        ticket = self.make_request(received_at=datetime(2026, 10, 12, 1))
        self.assertEqual(ticket.service_level_id, self.level)
        ticket.priority = "3"
        self.assertEqual(ticket.service_level_id, special)
        self.assertEqual(ticket.resolve_deadline, datetime(2026, 10, 12, 3))
        ticket.territory_id = self.south
        self.assertEqual(ticket.service_level_id, self.level)

    def test_changed_table_moves_no_deadline_by_itself(self):
        ticket = self.make_request(received_at=datetime(2026, 10, 12, 1))
        self.level.resolve_hours = 100.0
        self.assertEqual(ticket.resolve_deadline, datetime(2026, 10, 12, 6))

    def test_first_assignment_answers_the_request(self):
        ticket = self.make_request()
        self.assertFalse(ticket.answered_at)
        order = self.make_work_order(ticket, state="offered")
        self.assertEqual(ticket.answered_at, order.offered_at)

    def test_overdue_requests_are_found_until_they_are_closed(self):
        late = self.make_request(received_at=datetime(2020, 1, 1))
        fresh = self.make_request(received_at=datetime(2100, 1, 1))
        self.assertTrue(late.is_overdue)
        self.assertFalse(fresh.is_overdue)
        domain = [("id", "in", (late | fresh).ids), ("is_overdue", "=", True)]
        self.assertEqual(self.env["helpdesk.ticket"].search(domain), late)
        late.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        self.assertFalse(late.is_overdue)
        self.assertFalse(self.env["helpdesk.ticket"].search(domain))

    def test_queries_do_not_grow_with_the_number_of_requests(self):
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "request_type_id": self.repair.id,
                    "partner_id": self.customer_north.id,
                    "received_at": datetime(2026, 10, 1 + index % 28, index % 24),
                }
                for index in range(50)
            ]
        )
        counts = []
        for batch in (tickets[:1], tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            # What is kept is read anew for one as for many.
            self.env.registry.clear_cache()
            batch.mapped("name")
            before = self.env.cr.sql_log_count
            batch._compute_deadlines()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
