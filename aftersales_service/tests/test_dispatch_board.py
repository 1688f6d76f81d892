from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .test_dispatch import DispatchCase


@tagged("post_install", "-at_install")
class TestDispatchBoard(DispatchCase):
    """Waiting requests, offers and stations' days on one screen."""

    def board(self, user=None):
        tickets = self.env["helpdesk.ticket"].with_user(user or self.office_north)
        return tickets.get_dispatch_board()

    def numbers(self, user=None):
        return [item["number"] for item in self.board(user)["requests"]]

    def test_an_office_sees_the_requests_of_its_territory_that_wait(self):
        mine, theirs = self.make_request(), self.make_request(self.unit_south)
        self.assertIn(mine.number, self.numbers())
        self.assertNotIn(theirs.number, self.numbers())
        self.assertNotIn(mine.number, self.numbers(self.office_south))
        self.dispatch(mine)
        self.assertNotIn(mine.number, self.numbers())

    def test_the_urgent_stand_first_and_the_late_are_marked(self):
        self.env["helpdesk.ticket"].search([]).active = False
        late, urgent = self.make_request(), self.make_request(priority="3")
        late.answer_deadline = "2026-05-10 00:00:00"
        items = self.board()["requests"]
        self.assertEqual(
            [item["number"] for item in items], [urgent.number, late.number]
        )
        self.assertTrue(items[1]["is_late"])

    def test_a_station_shows_its_taken_places(self):
        self.fill(self.station_north, fields.Date.to_date("2026-05-12"), 3)
        stations = {item["id"]: item for item in self.board()["stations"]}
        days = stations[self.station_north.id]["days"]
        self.assertEqual([day["taken"] for day in days], [0, 3, 0, 0, 0])
        self.assertEqual(days[1]["capacity"], 4)
        self.assertNotIn(self.station_south.id, stations)

    def test_an_offer_is_unseen_until_the_station_opens_it(self):
        order = self.dispatch(self.make_request())
        [offer] = [o for o in self.board()["offers"] if o["id"] == order.id]
        self.assertFalse(offer["is_seen"])
        order._note_seen()
        [offer] = [o for o in self.board()["offers"] if o["id"] == order.id]
        self.assertTrue(offer["is_seen"])

    def test_the_choices_say_who_is_best_and_why_not_the_others(self):
        self.station_second.is_station_open = False
        ticket = self.make_request().with_user(self.office_north)
        choices = ticket.get_dispatch_choices()
        self.assertEqual(choices[self.station_north.id]["position"], 1)
        second = choices[self.station_second.id]
        self.assertEqual((second["position"], second["why_not"]), (0, "Takes no jobs"))
        self.assertFalse(ticket.work_order_ids)

    def test_dropping_on_the_best_offers_the_job(self):
        ticket = self.make_request()
        ticket.with_user(self.office_north).action_dispatch_to(self.station_north.id)
        self.assertEqual(ticket.work_order_ids.state, "offered")
        self.assertEqual(ticket.work_order_ids.station_id, self.station_north)

    def test_dropping_on_another_needs_a_reason(self):
        ticket = self.make_request().with_user(self.office_north)
        with self.assertRaises(UserError):
            ticket.action_dispatch_to(self.station_second.id)
        ticket.action_dispatch_to(self.station_second.id, "Nearer by road")
        order = ticket.sudo().work_order_ids
        self.assertEqual(order.station_id, self.station_second)
        self.assertEqual(order.dispatch_reason, "Nearer by road")

    def test_a_station_that_cannot_do_it_is_refused(self):
        ticket = self.make_request().with_user(self.office_north)
        for station_id in (self.station_south.id, self.customer_north.id, 10**9):
            with self.assertRaises(UserError):
                ticket.action_dispatch_to(station_id, "mine")

    def test_others_can_neither_see_nor_use_the_board(self):
        ticket = self.make_request()
        for user in (self.agent_north, self.station_north_user, self.quality):
            with self.assertRaises(AccessError):
                self.board(user)
        for user in (self.agent_north, self.office_south, self.station_north_user):
            one = ticket.with_user(user)
            with self.assertRaises(AccessError):
                one.get_dispatch_choices()
            with self.assertRaises(AccessError):
                one.action_dispatch_to(self.station_north.id)


@tagged("post_install", "-at_install")
class TestDispatchChain(DispatchCase):
    """Who had the job, and why it moved."""

    def test_the_chain_names_station_answer_and_reason(self):
        self.policy.mode = "assign"
        ticket = self.make_request()
        first = self.dispatch(ticket)
        first.sudo()._decline("No time")
        second = ticket.work_order_ids - first
        self.assertEqual(second.station_id, self.station_second)
        self.assertEqual(first.lost_why, "No time")
        self.assertTrue(first.lost_at)
        self.assertFalse(second.lost_at)
        second.sudo()._expire()
        third = ticket.work_order_ids - first - second
        self.assertEqual(second.lost_why, "No answer in time")
        for order in (first, second, third):
            self.assertEqual(order.chain_ids, first | second | third)

    def test_what_the_office_moved_tells_its_reason(self):
        ticket = self.make_request()
        order = self.dispatch(ticket)
        order.sudo()._move(self.station_second, "Truck broke down")
        self.assertEqual(order.lost_why, "Truck broke down")


@tagged("post_install", "-at_install")
class TestOfferSeen(DispatchCase, HttpCase):
    """Opening the job's page is what counts as seen."""

    def test_only_the_stations_own_visit_counts(self):
        order = self.dispatch(self.make_request())
        for user, password in ((self.station_south_user, "st-south"),):
            self.authenticate(user.login, password)
            self.assertEqual(self.url_open(order.access_url).status_code, 404)
        self.assertFalse(order.offer_seen_at)
        self.authenticate("st-north", "st-north")
        self.assertEqual(self.url_open(order.access_url).status_code, 200)
        self.assertTrue(order.offer_seen_at)
