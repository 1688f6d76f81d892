from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_dispatch import DispatchCase


@tagged("post_install", "-at_install")
class TestOffer(DispatchCase):
    """The place in the station's day, the time to answer, the mail."""

    def run_cron(self):
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        ):
            self.env["aftersales.work.order"]._cron_remind_and_expire()

    def offer_mails(self, order):
        return self.env["mail.mail"].search(
            [("model", "=", order._name), ("res_id", "=", order.id)]
        )

    def test_an_offer_takes_the_first_free_place(self):
        today = fields.Date.to_date("2026-05-11")
        self.fill(self.station_north, today, 3)
        order = self.dispatch(self.make_request())
        self.assertEqual(order.slot_ids.day, today)
        self.assertEqual(order.slot_ids.number, 4)
        self.assertEqual(order.planned_date, today)

    def test_a_full_day_gives_the_next_open_day(self):
        friday = fields.Date.to_date("2026-05-15")
        self.station_second.is_station_open = False
        with freeze_time("2026-05-15 01:00:00"):
            self.fill(self.station_north, friday)
            order = self.dispatch(self.make_request())
        self.assertEqual(str(order.planned_date), "2026-05-18")

    def test_a_place_lost_to_another_gives_the_next_place(self):
        """Somebody took the place after our snapshot was made."""
        today = fields.Date.to_date("2026-05-11")
        self.fill(self.station_north, today, 1)
        blind = patch.object(
            self.registry["aftersales.station.slot"], "_get_taken", lambda *args: {}
        )
        with blind:
            order = self.dispatch(self.make_request())
        self.assertEqual(order.station_id, self.station_north)
        self.assertEqual(order.slot_ids.number, 2)

    def test_a_neighbours_day_is_seen_with_jobs_across_the_border(self):
        self.station_south.station_coverage_ids = [
            Command.create({"territory_id": self.north.id, "rank": 2})
        ]
        ticket = self.make_request(territory_id=self.south.id)
        order = self.make_work_order(ticket=ticket, station=self.station_south)
        slot = self.env["aftersales.station.slot"].create(
            {
                "station_id": self.station_south.id,
                "day": "2026-05-11",
                "number": 9,
                "work_order_id": order.id,
            }
        )
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            order.with_user(self.office_north).check_access("read")
        shown = slot.with_user(self.office_north).display_name
        self.assertIn(order.name, shown)

    def test_the_last_place_lost_gives_the_next_station(self):
        today = fields.Date.to_date("2026-05-11")
        self.policy.horizon_days = 1
        ticket = self.make_request()
        order = ticket._get_orders_to_dispatch()
        rankings = order._rank()
        self.station_north.station_daily_capacity = 1
        self.fill(self.station_north, today, 1)
        blind = patch.object(
            self.registry["aftersales.station.slot"], "_get_taken", lambda *args: {}
        )
        with blind:
            order._offer_best(rankings)
        self.assertEqual(order.station_id, self.station_second)

    def test_many_offers_that_collide_share_the_places(self):
        today = fields.Date.to_date("2026-05-11")
        self.policy.horizon_days = 1
        self.station_second.is_station_open = False
        tickets = self.make_request() | self.make_request() | self.make_request()
        orders = tickets._get_orders_to_dispatch()
        rankings = orders._rank()
        self.station_north.station_daily_capacity = 3
        self.fill(self.station_north, today, 1)
        blind = patch.object(
            self.registry["aftersales.station.slot"], "_get_taken", lambda *args: {}
        )
        with blind:
            offered = orders._offer_best(rankings)
        self.assertEqual(len(offered), 2)
        self.assertEqual(sorted(offered.slot_ids.mapped("number")), [2, 3])

    def test_a_station_without_a_place_cannot_be_offered(self):
        self.station_north.station_daily_capacity = 0
        order = self.make_request()._get_orders_to_dispatch()
        with self.assertRaises(UserError):
            order._offer(self.station_north)

    def test_time_to_answer_runs_on_opening_hours(self):
        # 16:00 on Friday in China; the company closes at 17:00.
        with freeze_time("2026-05-15 08:00:00"):
            order = self.dispatch(self.make_request())
        self.assertEqual(str(order.remind_at), "2026-05-15 09:00:00")
        self.assertEqual(str(order.answer_by), "2026-05-18 01:00:00")

    def test_the_station_gets_a_mail_with_a_link_in_its_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.station_north.lang = "zh_CN"
        template = self.env.ref("aftersales_service.mail_template_job_offered")
        template.with_context(lang="zh_CN").subject = "新派工单 {{ object.name }}"
        order = self.dispatch(self.make_request())
        mail = self.offer_mails(order)
        self.assertEqual(mail.subject, f"新派工单 {order.name}")
        self.assertEqual(mail.recipient_ids, self.station_north)
        self.assertIn(f"/my/jobs/{order.id}", mail.body_html)
        self.assertEqual(mail.state, "outgoing")

    def test_an_own_team_gets_no_mail(self):
        self.station_north.is_internal_team = True
        order = self.dispatch(self.make_request())
        self.assertFalse(self.offer_mails(order))
        self.assertFalse(order.activity_ids)

    def test_a_station_without_mail_is_called_by_the_office(self):
        self.station_north.email = False
        self.north.manager_id = self.office_north
        order = self.dispatch(self.make_request())
        self.assertEqual(order.activity_ids.user_id, self.office_north)

    def test_a_station_is_reminded_once_at_half_time(self):
        order = self.dispatch(self.make_request())
        offered = len(self.offer_mails(order))
        self.run_cron()
        self.assertEqual(len(self.offer_mails(order)), offered)
        with freeze_time("2026-05-11 02:00:00"):
            self.run_cron()
            self.run_cron()
        self.assertEqual(len(self.offer_mails(order)), offered + 1)
        self.assertEqual(order.state, "offered")

    def test_an_unanswered_offer_expires_and_frees_the_place(self):
        order = self.dispatch(self.make_request())
        with freeze_time("2026-05-11 03:00:00"):
            self.run_cron()
        self.assertEqual(order.state, "expired")
        self.assertFalse(order.slot_ids)

    def test_where_the_policy_assigns_the_next_best_is_offered(self):
        self.policy.mode = "assign"
        order = self.dispatch(self.make_request())
        with freeze_time("2026-05-11 03:00:00"):
            self.run_cron()
            follower = order.ticket_id.work_order_ids - order
            self.assertEqual(follower.previous_id, order)
            self.assertEqual(follower.state, "offered")
            self.assertEqual(follower.station_id, self.station_second)
            self.run_cron()
        self.assertEqual(len(order.ticket_id.work_order_ids), 2)

    def test_without_a_manager_somebody_who_may_dispatch_is_asked(self):
        order = self.make_request()._get_orders_to_dispatch()
        self.assertEqual(order._get_dispatchers(), {order: self.office_north})

    def test_where_it_does_not_the_office_is_asked(self):
        self.north.manager_id = self.office_north
        order = self.dispatch(self.make_request())
        with freeze_time("2026-05-11 03:00:00"):
            self.run_cron()
        follower = order.ticket_id.work_order_ids - order
        self.assertEqual(follower.state, "draft")
        self.assertEqual(follower.activity_ids.user_id, self.office_north)
        self.assertIn("Station North", follower.activity_ids.summary)
        self.assertTrue(order.ticket_id.with_user(self.office_north).can_dispatch)
        again = self.dispatch(order.ticket_id)
        self.assertEqual(again, follower)
        self.assertEqual(again.station_id, self.station_second)
        self.assertFalse(again.activity_ids)

    def test_when_all_stations_let_it_pass_the_office_is_asked(self):
        self.policy.mode = "assign"
        self.north.manager_id = self.office_north
        order = self.dispatch(self.make_request())
        with freeze_time("2026-05-11 03:00:00"):
            self.run_cron()
        with freeze_time("2026-05-12 03:00:00"):
            self.run_cron()
        last = order.ticket_id.work_order_ids.sorted("id")[-1]
        self.assertEqual(last.state, "draft")
        self.assertEqual(last.activity_ids.user_id, self.office_north)
        self.assertEqual(last.ranking["excluded"], {"declined": 2})

    def test_redispatching_twice_makes_nothing_twice(self):
        order = self.dispatch(self.make_request())
        order._decline("No time")
        order._after_lost()
        self.assertEqual(len(order.ticket_id.work_order_ids), 2)

    def test_a_cancelled_job_gives_its_place_back(self):
        order = self.dispatch(self.make_request())
        order._cancel("The customer bought a new one")
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(len(order.ticket_id.work_order_ids), 1)
        self.assertFalse(order.slot_ids)

    def test_one_job_that_cannot_expire_does_not_stop_the_others(self):
        orders = self.dispatch(self.make_request()) | self.dispatch(self.make_request())
        broken, sound = orders
        original = self.registry["aftersales.work.order"]._expire

        def expire(self):
            if broken in self:
                raise ValueError("broken")
            return original(self)

        with (
            patch.object(self.registry["aftersales.work.order"], "_expire", expire),
            self.assertLogs("odoo.addons.aftersales_service", "ERROR"),
            freeze_time("2026-05-11 03:00:00"),
        ):
            self.run_cron()
        self.assertEqual(sound.state, "expired")
        self.assertEqual(broken.state, "offered")

    def dispatch_by_itself(self):
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        ):
            self.env["helpdesk.ticket"]._cron_dispatch_waiting()

    def make_ready_request(self, **vals):
        ticket = self.make_request(
            request_type_id=self.env.ref(
                "aftersales_service.request_type_maintenance"
            ).id,
            **vals,
        )
        ticket.request_type_id.needs_warranty_decision = False
        ticket.action_check_serial()
        return ticket

    def test_a_ready_request_is_offered_by_itself_where_the_policy_assigns(self):
        ticket = self.make_ready_request()
        self.dispatch_by_itself()
        self.assertFalse(ticket.work_order_ids)
        self.policy.mode = "assign"
        self.dispatch_by_itself()
        self.dispatch_by_itself()
        self.assertEqual(ticket.work_order_ids.mapped("state"), ["offered"])

    def test_a_request_that_is_not_ready_waits_for_the_desk(self):
        self.policy.mode = "assign"
        ticket = self.make_request()
        self.assertNotEqual(ticket.next_step, "dispatch")
        self.dispatch_by_itself()
        self.assertFalse(ticket.work_order_ids)

    def test_the_office_is_asked_once_where_nobody_can(self):
        self.policy.mode = "assign"
        (self.station_north | self.station_second).is_station_open = False
        ticket = self.make_ready_request()
        self.dispatch_by_itself()
        self.dispatch_by_itself()
        self.assertEqual(ticket.work_order_ids.state, "draft")
        self.assertEqual(len(ticket.work_order_ids.activity_ids), 1)

    def test_by_hand_means_the_office_chooses(self):
        self.policy.mode = "off"
        ticket = self.make_request()
        action = ticket.with_user(self.office_north).action_dispatch_best()
        self.assertEqual(action["res_model"], "aftersales.dispatch.wizard")
        self.assertFalse(ticket.work_order_ids)

    def test_queries_of_offering_do_not_grow_with_the_number(self):
        self.station_north.station_daily_capacity = 1000

        def count(number):
            tickets = self.env["helpdesk.ticket"].union(
                *(self.make_request() for _n in range(number))
            )
            orders = tickets._get_orders_to_dispatch()
            rankings = orders._rank()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._offer_best(rankings)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(50))

    def test_queries_of_time_outs_do_not_grow_with_the_number(self):
        self.policy.mode = "assign"
        (self.station_north | self.station_second).station_daily_capacity = 1000

        def count(number):
            tickets = self.env["helpdesk.ticket"].union(
                *(self.make_request() for _n in range(number))
            )
            orders = tickets._get_orders_to_dispatch()
            orders._dispatch_best()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._expire()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(50))
