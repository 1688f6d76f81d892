from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestDeadlineAlert(AftersalesCase):
    """The clock stops while waiting; warnings and escalations come once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Every hour of every day, so that hours can be added in the head.
        cls.env.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {
                "name": "Round the clock",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": "Work",
                            "dayofweek": str(day),
                            "hour_from": 0,
                            "hour_to": 24,
                            "day_period": "full_day",
                        }
                    )
                    for day in range(7)
                ],
            }
        )
        cls.north.manager_id = cls.office_north
        cls.hq.manager_id = cls.headquarters
        cls.env.ref("aftersales_service.service_level_default").write(
            {"answer_hours": 2, "resolve_hours": 8, "warn_hours": 1}
        )
        cls.cancelled = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        cls.opening = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")

    def setUp(self):
        super().setUp()
        with freeze_time("2026-10-12 08:00:00"):
            self.ticket = self.make_request(user_id=False)

    def _at(self, hour, day=12):
        return freeze_time(datetime(2026, 10, day, hour))

    def _watch(self, hour, day=12):
        """What is told at an hour: (kind, user) of each new alert."""
        before = self.ticket.alert_ids
        with self._at(hour, day):
            tickets = self.env["helpdesk.ticket"].search(
                [("next_alert_at", "<=", datetime(2026, 10, day, hour))]
            )
            (tickets & self.ticket)._tell_deadlines()
        return [
            (alert.kind, alert.user_id)
            for alert in (self.ticket.alert_ids - before).sorted("id")
        ]

    def test_waiting_moves_the_deadline(self):
        with self._at(9):
            order = self.make_work_order(self.ticket)
        with self._at(10):
            order._wait("parts")
        self.assertFalse(self.ticket.is_overdue)
        with self._at(23):
            self.assertFalse(self.ticket.is_overdue, "the clock stands still")
        with self._at(10, day=13):
            order._resume()
        self.assertEqual(self.ticket.resolve_deadline, datetime(2026, 10, 13, 16))
        self.assertFalse(self.ticket.clock_stopped_at)

    def test_a_new_level_remembers_the_pause(self):
        with self._at(9):
            order = self.make_work_order(self.ticket)
        with self._at(10):
            order._wait("parts")
        with self._at(12):
            order._resume()
            self.ticket.priority = "3"
        self.assertEqual(self.ticket.resolve_deadline, datetime(2026, 10, 12, 18))

    def test_reopening_gives_back_what_was_left(self):
        with self._at(10):
            self.ticket.stage_id = self.cancelled
        with self._at(10, day=15):
            self.ticket.stage_id = self.opening
        self.assertEqual(self.ticket.resolve_deadline, datetime(2026, 10, 15, 16))

    def test_what_was_late_before_closing_is_late_after_reopening(self):
        with self._at(20):
            self.ticket.stage_id = self.cancelled
        with self._at(21):
            self.ticket.stage_id = self.opening
        self.assertEqual(self.ticket.resolve_deadline, datetime(2026, 10, 12, 16))

    def test_late_requests_that_wait_are_found_as_late(self):
        domain = [("is_overdue", "=", True), ("id", "=", self.ticket.id)]
        with self._at(9):
            order = self.make_work_order(self.ticket)
        with self._at(10):
            order._wait("parts")
        with self._at(23):
            self.assertFalse(self.ticket.search(domain))
        self.ticket.sudo().clock_stopped_at = datetime(2026, 10, 12, 17)
        with self._at(23):
            self.assertEqual(self.ticket.search(domain), self.ticket)

    def test_the_worker_is_warned_and_the_superior_hears_of_what_is_late(self):
        self.assertEqual(self._watch(8), [])
        self.assertEqual(self._watch(9), [("answer_warning", self.office_north)])
        self.assertEqual(self._watch(9), [], "told once")
        self.assertEqual(self._watch(10), [("answer_late", self.headquarters)])
        self.assertEqual(self._watch(15), [("resolve_warning", self.office_north)])
        self.assertEqual(self._watch(16), [("resolve_late", self.headquarters)])
        self.assertEqual(self._watch(23), [])
        self.assertFalse(self.ticket.next_alert_at)
        summaries = self.ticket.activity_ids.mapped("summary")
        self.assertEqual(len(summaries), 4)
        self.assertIn("Solution is late", summaries)
        mails = self.env["mail.mail"].search(
            [("model", "=", "aftersales.deadline.alert")]
        )
        self.assertEqual(len(mails), 4)
        self.assertIn(self.ticket.number, mails[0].subject)

    def test_an_answered_request_is_not_escalated_for_its_answer(self):
        with self._at(9):
            self.make_work_order(self.ticket, state="offered")
        self.assertEqual(self._watch(11), [])
        self.assertEqual(self.ticket.next_alert_at, datetime(2026, 10, 12, 15))

    def test_nothing_is_told_while_it_waits(self):
        with self._at(9):
            order = self.make_work_order(self.ticket)
        with self._at(10):
            order._wait("parts")
        self.assertFalse(self.ticket.next_alert_at)
        self.assertEqual(self._watch(23), [])
        with self._at(12, day=13):
            order._resume()
        self.assertEqual(self._watch(18, day=13), [("resolve_late", self.headquarters)])

    def test_nobody_writes_the_clock(self):
        for vals in ({"next_alert_at": False}, {"clock_pauses": []}):
            with self.assertRaises(AccessError):
                self.ticket.with_user(self.office_north).write(vals)
        with self.assertRaises(AccessError):
            self.env["aftersales.deadline.alert"].with_user(self.headquarters).create(
                {"ticket_id": self.ticket.id, "kind": "resolve_late"}
            )

    def test_the_watch_works_in_batches(self):
        whole = patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        )
        with self._at(12), whole:
            self.env["helpdesk.ticket"]._cron_watch_deadlines(batch_size=1)
            self.env["helpdesk.ticket"]._cron_watch_deadlines(batch_size=1)
        self.assertEqual(self.ticket.alert_ids.mapped("kind"), ["answer_late"])
