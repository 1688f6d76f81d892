from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import AftersalesCase

# A Monday morning in China.
NOW = "2026-05-11 01:00:00"


class DispatchCase(AftersalesCase):
    """A second station in the north, and a policy that suggests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.env["aftersales.dispatch.policy"].search([]).active = False
        cls.policy = cls.env["aftersales.dispatch.policy"].create(
            {"name": "Standard", "mode": "suggest", "offer_hours": 2.0}
        )
        cls.station_second = cls.make_station(
            "Station Second",
            cls.north,
            station_coverage_ids=[
                Command.create({"territory_id": cls.north.id, "rank": 2})
            ],
        )

    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        freezer.start()
        self.addCleanup(freezer.stop)

    def dispatch(self, ticket, user=None):
        ticket.with_user(user or self.office_north).action_dispatch_best()
        return ticket.work_order_ids.sorted("id")[-1:]

    def rank(self, ticket):
        order = ticket._get_orders_to_dispatch()
        return order, order._rank()[order]

    def fill(self, station, day, count=None):
        """Take places of a station's day."""
        orders = self.env["aftersales.work.order"]
        for number in range(1, (count or station.station_daily_capacity) + 1):
            order = self.make_work_order(station=station)
            self.env["aftersales.station.slot"].create(
                {
                    "station_id": station.id,
                    "day": day,
                    "number": number,
                    "work_order_id": order.id,
                }
            )
            orders |= order
        return orders

    def reasons_of(self, ranking, station):
        return {r.criterion: r for r in ranking.of(station.id).reasons}

    def excluded_code(self, ranking, station):
        codes = {item.station_id: item.verdict.code for item in ranking.excluded}
        return codes.get(station.id)


@tagged("post_install", "-at_install")
class TestDispatchRanking(DispatchCase):
    """Who can do the job, who is best, and what the work order remembers."""

    def test_only_stations_that_cover_the_place_are_ranked(self):
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(
            [item.station_id for item in ranking.ranked],
            [self.station_north.id, self.station_second.id],
        )

    def test_a_station_that_covers_the_whole_country_is_ranked(self):
        everywhere = self.make_station("Everywhere", self.south)
        everywhere.station_coverage_ids.territory_id = self.hq
        _order, ranking = self.rank(self.make_request())
        self.assertTrue(ranking.of(everywhere.id))

    def test_a_station_that_covers_the_country_is_seen_by_every_office(self):
        everywhere = self.make_station("Everywhere", self.south)
        everywhere.station_coverage_ids.territory_id = self.hq
        visitor = everywhere.with_user(self.office_north)
        self.assertTrue(visitor.has_access("read"))
        self.assertFalse(visitor.has_access("write"))
        everywhere.station_coverage_ids.unlink()
        self.assertFalse(visitor.has_access("read"))

    def test_a_part_made_later_sees_who_covers_the_whole(self):
        part = self.env["aftersales.territory"].create(
            {"name": "North-West", "parent_id": self.north.id}
        )
        self.assertIn(part, self.station_north.visiting_territory_ids)

    def test_a_station_that_takes_no_jobs_is_left_out(self):
        self.station_north.is_station_open = False
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(self.excluded_code(ranking, self.station_north), "inactive")

    def test_a_station_without_the_skill_is_left_out(self):
        self.station_north.station_skill_ids.product_categ_id = self.categ_single
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(self.excluded_code(ranking, self.station_north), "not_skilled")

    def test_a_skill_for_a_category_holds_for_what_is_below(self):
        self.station_north.station_skill_ids.product_categ_id = self.categ
        unit = self.make_unit("DX-S1", self.engine_single, self.customer_north)
        _order, ranking = self.rank(self.make_request(unit))
        self.assertTrue(ranking.of(self.station_north.id))

    def test_a_machine_nobody_has_named_may_go_to_any_station_that_covers(self):
        self.station_north.station_skill_ids.product_categ_id = self.categ_single
        ticket = self.make_request(unit_id=False, serial_typed="??", product_id=False)
        _order, ranking = self.rank(ticket)
        self.assertTrue(ranking.of(self.station_north.id))

    def test_a_skill_must_be_valid_on_the_day_of_the_job_not_today(self):
        today = fields.Date.to_date("2026-05-11")
        self.station_north.station_skill_ids.valid_until = today
        _order, ranking = self.rank(self.make_request())
        self.assertTrue(ranking.of(self.station_north.id))
        self.fill(self.station_north, today)
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(self.excluded_code(ranking, self.station_north), "not_skilled")

    def test_a_station_that_is_full_on_all_days_is_left_out(self):
        self.policy.horizon_days = 1
        self.fill(self.station_north, fields.Date.to_date("2026-05-11"))
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(self.excluded_code(ranking, self.station_north), "full")

    def test_a_station_on_holiday_is_left_out(self):
        self.station_north.station_calendar_id = (
            self.env.company.resource_calendar_id.copy()
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Spring festival",
                "calendar_id": self.station_north.station_calendar_id.id,
                "date_from": "2026-05-10 00:00:00",
                "date_to": "2026-05-30 00:00:00",
            }
        )
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(self.excluded_code(ranking, self.station_north), "closed")
        self.assertTrue(ranking.of(self.station_second.id))

    def test_who_declined_the_request_is_left_out(self):
        ticket = self.make_request()
        self.make_work_order(ticket, state="declined")
        _order, ranking = self.rank(ticket)
        self.assertEqual(self.excluded_code(ranking, self.station_north), "declined")

    def test_a_station_of_another_company_is_no_candidate(self):
        company = self.env["res.company"].create({"name": "Another maker"})
        station = self.make_station("Theirs", self.north, company_id=company.id)
        _order, ranking = self.rank(self.make_request())
        self.assertFalse(ranking.of(station.id))
        self.assertFalse(self.excluded_code(ranking, station))

    def test_the_nearer_station_is_better(self):
        self.station_north.write({"partner_latitude": 39.0, "partner_longitude": 117})
        self.station_second.write({"partner_latitude": 39.9, "partner_longitude": 116})
        ticket = self.make_request(site_latitude=39.9, site_longitude=116.1)
        _order, ranking = self.rank(ticket)
        self.assertEqual(ranking.best.station_id, self.station_second.id)
        reason = self.reasons_of(ranking, self.station_second)["distance"]
        self.assertEqual(reason.precision, "exact")
        self.assertAlmostEqual(reason.raw, 8.5, delta=0.2)

    def test_without_coordinates_the_city_counts_and_says_so(self):
        self.station_north.write({"partner_latitude": 39.0, "partner_longitude": 117})
        self.city_north.write({"latitude": 39.1, "longitude": 117.2})
        ticket = self.make_request(site_city_id=self.city_north.id)
        _order, ranking = self.rank(ticket)
        reason = self.reasons_of(ranking, self.station_north)["distance"]
        self.assertEqual(reason.precision, "city")
        self.assertGreater(reason.raw, 0)
        self.assertRegex(
            self.dispatch(ticket).dispatch_why, r"about \d+ km \(city centre\)"
        )

    def test_without_any_place_the_coverage_rank_decides(self):
        _order, ranking = self.rank(self.make_request())
        reason = self.reasons_of(ranking, self.station_second)["distance"]
        self.assertIsNone(reason.raw)
        self.assertEqual(ranking.best.station_id, self.station_north.id)

    def test_the_centre_of_a_city_is_learned_from_places_in_it(self):
        self.station_north.write({"partner_latitude": 39.0, "partner_longitude": 117})
        self.station_second.write({"partner_latitude": 40.0, "partner_longitude": 119})
        self.env["res.city"]._cron_fill_centres()
        self.assertAlmostEqual(self.city_north.latitude, 39.5)
        self.assertAlmostEqual(self.city_north.longitude, 118.0)
        self.city_north.latitude = 39.9
        self.env["res.city"]._cron_fill_centres()
        self.assertAlmostEqual(self.city_north.latitude, 39.9)

    def test_parts_on_hand_make_a_station_better(self):
        other_part = self.env["product.product"].create(
            {"name": "Nozzle", "type": "consu", "is_storable": True}
        )
        self.symptom.part_ids = self.part | other_part
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.station_second.station_stock_location_id, 3
        )
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(
            self.reasons_of(ranking, self.station_second)["parts"].raw, 0.5
        )
        self.assertEqual(self.reasons_of(ranking, self.station_north)["parts"].raw, 0.0)

    def test_parts_on_consignment_are_on_hand_too(self):
        self.symptom.part_ids = self.part
        station = self.station_second
        station.has_consignment = True
        own, ours = (
            station.station_stock_location_id,
            station.station_consignment_location_id,
        )
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.part, ours, 2)
        quants._update_available_quantity(self.part, own, 1)
        stations = self.station_north | station
        on_hand = stations._get_parts_on_hand(self.part)
        self.assertEqual(on_hand[station.id][self.part.id], 3)
        quants._update_available_quantity(self.part, own, -1)
        _order, ranking = self.rank(self.make_request())
        self.assertEqual(self.reasons_of(ranking, station)["parts"].raw, 1.0)
        self.assertEqual(self.reasons_of(ranking, self.station_north)["parts"].raw, 0.0)

    def test_the_wished_day_is_the_first_day(self):
        ticket = self.make_request(wished_at="2026-05-19 16:30:00")
        order = self.dispatch(ticket)
        # Half past midnight of the 20th in China.
        self.assertEqual(str(order.planned_date), "2026-05-20")

    def test_the_ranking_stays_as_it_was(self):
        order = self.dispatch(self.make_request())
        before = order.ranking
        self.policy.distance_weight = 1
        self.station_north.name = "Renamed"
        self.assertEqual(order.ranking, before)
        self.assertIn("Station North", order.dispatch_why)
        self.assertNotIn("Renamed", order.dispatch_why)

    def test_the_panel_names_points_and_reasons_for_leaving_out(self):
        self.station_second.is_station_open = False
        order = self.dispatch(self.make_request())
        why = order.with_user(self.office_north).dispatch_why
        for words in ("Station North", "Coverage rank", "Takes no jobs", "Standard"):
            self.assertIn(words, why)

    def test_the_ranking_remembers_the_ten_best_only(self):
        for number in range(11):
            self.make_station(f"Station {number}", self.north)
        order = self.dispatch(self.make_request())
        self.assertEqual(len(order.ranking["ranked"]), 10)
        self.assertEqual(order.ranking["ranked_count"], 13)
        self.assertIn("3", order.dispatch_why)

    def test_the_first_policy_that_fits_is_used(self):
        self.policy.copy(
            {
                "name": "South",
                "sequence": 1,
                "territory_id": self.south.id,
            }
        )
        installations = self.policy.copy(
            {
                "name": "Installations",
                "sequence": 2,
                "territory_id": self.hq.id,
                "request_type_id": self.installation.id,
            }
        )
        repair = self.make_request()
        install = self.make_request(request_type_id=self.installation.id)
        found = self.env["aftersales.dispatch.policy"]._match_tickets(repair | install)
        self.assertEqual(found[repair], self.policy)
        self.assertEqual(found[install], installations)

    def test_without_a_policy_the_defaults_hold(self):
        self.policy.active = False
        ticket = self.make_request()
        found = self.env["aftersales.dispatch.policy"]._match_tickets(ticket)[ticket]
        self.assertEqual((found.mode, found.offer_hours), ("suggest", 2.0))
        self.assertEqual(self.dispatch(ticket).state, "offered")

    def test_queries_of_a_ranking_do_not_grow_with_the_number(self):
        def count(number):
            tickets = self.env["helpdesk.ticket"].union(
                *(self.make_request() for _n in range(number))
            )
            orders = tickets._get_orders_to_dispatch()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._rank()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(50))


@tagged("post_install", "-at_install")
class TestDispatchChoice(DispatchCase):
    """One click for the best, a reason for another, and whose request it is."""

    def wizard(self, ticket, user=None):
        action = ticket.with_user(user or self.office_north).action_open_dispatch()
        return Form(
            self.env["aftersales.dispatch.wizard"]
            .with_user(user or self.office_north)
            .browse(action["res_id"])
        )

    def test_one_click_offers_to_the_best(self):
        order = self.dispatch(self.make_request())
        self.assertEqual(order.state, "offered")
        self.assertEqual(order.station_id, self.station_north)
        self.assertFalse(order.dispatch_reason)
        self.assertTrue(order.ticket_id.answered_at)

    def test_a_request_is_dispatched_once(self):
        ticket = self.make_request()
        self.dispatch(ticket)
        self.assertFalse(ticket.with_user(self.office_north).can_dispatch)
        with self.assertRaises(UserError):
            self.dispatch(ticket)

    def test_many_requests_are_dispatched_together(self):
        self.station_north.station_daily_capacity = 1
        self.station_second.station_daily_capacity = 1
        self.policy.horizon_days = 1
        tickets = self.make_request() | self.make_request() | self.make_request()
        tickets.with_user(self.office_north).action_dispatch_best()
        orders = tickets.work_order_ids
        self.assertEqual(
            sorted(orders.mapped("state")), ["draft", "offered", "offered"]
        )
        self.assertEqual(orders.station_id, self.station_north | self.station_second)

    def test_where_nobody_can_the_office_is_shown_why(self):
        (self.station_north | self.station_second).is_station_open = False
        ticket = self.make_request()
        action = ticket.with_user(self.office_north).action_dispatch_best()
        self.assertEqual(action["res_model"], "aftersales.dispatch.wizard")
        lines = self.env[action["res_model"]].browse(action["res_id"]).line_ids
        self.assertEqual(set(lines.mapped("exclusion")), {"Takes no jobs"})
        self.assertEqual(ticket.work_order_ids.state, "draft")

    def test_the_wizard_lists_all_and_proposes_the_best(self):
        self.station_second.station_skill_ids.unlink()
        with self.wizard(self.make_request()) as form:
            self.assertEqual(form.station_id, self.station_north)
            self.assertFalse(form.needs_reason)
            self.assertEqual(len(form.line_ids), 2)

    def test_another_than_the_best_needs_a_reason(self):
        ticket = self.make_request()
        form = self.wizard(ticket)
        form.station_id = self.station_second
        self.assertTrue(form.needs_reason)
        form.reason = "The customer asked for them"
        form.save().action_offer()
        order = ticket.work_order_ids
        self.assertEqual(order.station_id, self.station_second)
        self.assertEqual(order.dispatch_reason, "The customer asked for them")
        self.assertIn("The customer asked for them", order.dispatch_why)

    def test_another_than_the_best_without_a_reason_is_refused(self):
        ticket = self.make_request()
        wizard = self.wizard(ticket).save()
        wizard.station_id = self.station_second
        for reason in (False, "   "):
            wizard.reason = reason
            with self.assertRaises(UserError):
                wizard.action_offer()

    def test_a_station_that_was_not_ranked_cannot_be_smuggled_in(self):
        ticket = self.make_request()
        wizard = self.wizard(ticket).save()
        wizard.line_ids[:1].write(
            {"station_id": self.station_south.id, "is_selectable": True}
        )
        wizard.write({"station_id": self.station_south.id, "reason": "mine"})
        with self.assertRaises(UserError):
            wizard.action_offer()

    def test_who_declined_may_be_asked_again_with_a_reason(self):
        ticket = self.make_request()
        self.make_work_order(ticket, state="declined")
        form = self.wizard(ticket)
        form.station_id = self.station_north
        form.reason = "They called back"
        form.save().action_offer()
        self.assertEqual(
            ticket.work_order_ids.sorted("id")[-1].station_id, self.station_north
        )

    def test_an_office_cannot_dispatch_the_request_of_another(self):
        ticket = self.make_request(self.unit_south)
        for method in ("action_dispatch_best", "action_open_dispatch"):
            with self.assertRaises(AccessError):
                getattr(ticket.with_user(self.office_north), method)()
        wizard = (
            self.env["aftersales.dispatch.wizard"]
            .with_user(self.office_north)
            .create({"ticket_id": ticket.id, "station_id": self.station_south.id})
        )
        with self.assertRaises(AccessError):
            wizard.action_offer()
        self.assertFalse(ticket.work_order_ids)

    def test_an_agent_does_not_dispatch(self):
        ticket = self.make_request()
        self.assertFalse(ticket.with_user(self.agent_north).can_dispatch)
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent_north).action_dispatch_best()

    def test_a_station_does_not_dispatch(self):
        ticket = self.make_request()
        with self.assertRaises(AccessError):
            ticket.with_user(self.station_north_user).action_dispatch_best()

    def test_moving_a_job_needs_a_reason_and_frees_the_place(self):
        ticket = self.make_request()
        order = self.dispatch(ticket)
        order._update_state("accepted")
        action = order.with_user(self.office_north).action_move()
        wizard = self.env[action["res_model"]].with_user(self.office_north)
        wizard = wizard.browse(action["res_id"])
        self.assertNotIn(self.station_north, wizard.selectable_station_ids)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            wizard.action_offer()
        wizard.reason = "Their van broke down"
        wizard.action_offer()
        follower = ticket.work_order_ids - order
        self.assertEqual(order.state, "moved")
        self.assertEqual(order.move_reason, "Their van broke down")
        self.assertFalse(order.slot_ids)
        self.assertEqual(follower.previous_id, order)
        self.assertEqual(follower.station_id, self.station_second)
        self.assertEqual(follower.state, "offered")

    def test_an_office_cannot_move_the_job_of_another(self):
        order = self.dispatch(self.make_request(self.unit_south), self.office_south)
        with self.assertRaises(AccessError):
            order.with_user(self.office_north).action_move()

    def test_a_done_job_cannot_be_moved(self):
        order = self.make_work_order(state="done")
        self.assertFalse(order.with_user(self.office_north).can_move)
        with self.assertRaises(UserError):
            order.with_user(self.office_north).action_move()

    def test_load_of_a_station_is_shown(self):
        self.fill(self.station_north, fields.Date.to_date("2026-05-11"), 2)
        self.fill(
            self.station_north,
            fields.Date.to_date("2026-05-11") + timedelta(days=1),
            1,
        )
        station = self.station_north.with_user(self.office_north)
        self.assertEqual(station.station_used_today, 2)
        self.assertEqual(station.station_load_today, 50)
        self.assertEqual(station.station_used_week, 3)
        self.assertEqual(station.station_capacity_week, 20)
