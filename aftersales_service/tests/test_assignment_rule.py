import random
from datetime import date, timedelta
from itertools import pairwise

from odoo.tests import BaseCase, tagged

from ..tools.assignment import Choice, Request, solve
from ..tools.places import Days

MONDAY = date(2026, 5, 11)
TUESDAY = MONDAY + timedelta(days=1)


def request(key, costs, first=MONDAY, last=MONDAY, priority=0):
    """A request that each station of ``costs`` can do at that cost."""
    choices = tuple(Choice(station_id=s, cost=c) for s, c in costs.items())
    return Request(key=key, first=first, last=last, choices=choices, priority=priority)


def station(station_id, capacity=1, days=(MONDAY,), **taken):
    return {
        station_id: Days(
            station_id=station_id, capacity=capacity, open_days=tuple(days), **taken
        )
    }


def who(answer):
    return {key: given.station_id for key, given in answer.given.items()}


@tagged("post_install", "-at_install")
class TestAssignmentRule(BaseCase):
    """Small tables, worked out by hand."""

    def test_better_for_all_together_beats_best_for_each(self):
        # Best first would give 1 to A (cost 0) and 2 to B (cost 90).
        requests = [request(1, {10: 0, 20: 5}), request(2, {10: 1, 20: 90})]
        answer = solve(requests, station(10) | station(20))
        self.assertEqual(who(answer), {1: 20, 2: 10})
        self.assertEqual((answer.cost, answer.bound, answer.gap), (6, 6, 0.0))

    def test_who_gets_nobody_is_reported(self):
        requests = [request(1, {10: 7}), request(2, {10: 3}), request(3, {})]
        answer = solve(requests, station(10))
        self.assertEqual(who(answer), {2: 10})
        self.assertEqual(answer.left, (1, 3))

    def test_serving_more_comes_before_cheaper(self):
        requests = [request(1, {10: 0, 20: 9000}), request(2, {10: 0})]
        answer = solve(requests, station(10) | station(20))
        self.assertEqual(who(answer), {1: 20, 2: 10})

    def test_the_urgent_one_is_served_first(self):
        requests = [request(1, {10: 0}), request(2, {10: 500}, priority=3)]
        answer = solve(requests, station(10))
        self.assertEqual(who(answer), {2: 10})

    def test_places_taken_before_are_not_given_again(self):
        answer = solve(
            [request(1, {10: 0}), request(2, {10: 0})],
            station(10, capacity=2, taken={MONDAY: {2}}),
        )
        self.assertEqual(len(answer.given), 1)

    def test_days_outside_of_a_requests_time_are_not_used(self):
        days = (MONDAY, TUESDAY)
        requests = [
            request(1, {10: 0}, MONDAY, TUESDAY),
            request(2, {10: 0}, TUESDAY, TUESDAY),
            request(3, {10: 0}, MONDAY, MONDAY),
        ]
        answer = solve(requests, station(10, days=days))
        self.assertEqual(len(answer.given), 2)
        for one in requests:
            given = answer.given.get(one.key)
            if given:
                self.assertTrue(one.first <= given.day <= one.last)

    def test_waiting_costs(self):
        days = (MONDAY, TUESDAY)
        requests = [request(1, {10: 0, 20: 30}, MONDAY, TUESDAY)]
        busy = station(10, days=days, taken={MONDAY: {1}}) | station(20)
        self.assertEqual(who(solve(requests, busy, waiting=20)), {1: 10})
        answer = solve(requests, busy, waiting=40)
        self.assertEqual(who(answer), {1: 20})

    def test_fairness_spreads_the_work(self):
        requests = [request(n, {10: 0, 20: 1}) for n in range(10)]
        network = station(10, capacity=10) | station(20, capacity=10)
        self.assertEqual(set(who(solve(requests, network)).values()), {10})
        shared = list(who(solve(requests, network, fairness=100)).values())
        self.assertEqual((shared.count(10), shared.count(20)), (5, 5))

    def test_each_further_place_costs_more(self):
        network = station(10, capacity=4)
        costs = [
            solve([request(n, {10: 0}) for n in range(count)], network, fairness=40)
            for count in range(5)
        ]
        totals = [answer.cost for answer in costs]
        steps = [b - a for a, b in pairwise(totals)]
        self.assertEqual(steps, [0, 10, 20, 30])

    def test_nothing_to_do(self):
        answer = solve([], {})
        self.assertEqual((answer.given, answer.left, answer.gap), ({}, (), 0.0))

    def test_a_station_nobody_knows_is_passed_over(self):
        self.assertEqual(solve([request(1, {99: 0})], {}).left, (1,))

    def test_who_would_be_left_by_the_cut_is_served_all_the_same(self):
        requests = [request(1, {10: 0, 20: 5}), request(2, {10: 0, 20: 5})]
        answer = solve(requests, station(10) | station(20), nearest=1)
        self.assertEqual(len(answer.given), 2)
        self.assertEqual(answer.gap, 0.0)

    def test_the_order_of_the_facts_does_not_matter(self):
        requests, network = make_country(60, 12)
        one = solve(requests, network, waiting=500, fairness=900)
        random.Random(1).shuffle(requests)
        other = solve(
            requests, dict(reversed(network.items())), waiting=500, fairness=900
        )
        self.assertEqual(one, other)


def make_country(request_count, station_count, seed=7):
    """Requests and stations on a square, distance as cost, places for most."""
    dice = random.Random(seed)
    days = tuple(MONDAY + timedelta(days=n) for n in range(7))
    places = [(dice.random(), dice.random()) for _n in range(station_count)]
    per_day = max(1, round(1.3 * request_count / station_count / len(days)))
    network = {}
    for number in range(1, station_count + 1):
        network |= station(number, capacity=per_day, days=days)
    requests = []
    for key in range(1, request_count + 1):
        # Half of them in one crowded corner, so that places are short there.
        scale = 0.5 if key % 2 else 1.0
        x, y = scale * dice.random(), scale * dice.random()
        costs = {
            number: round(6000 * ((x - px) ** 2 + (y - py) ** 2) ** 0.5)
            for number, (px, py) in enumerate(places, start=1)
        }
        first = days[dice.choice((0, 0, 0, 1, 3))]
        requests.append(request(key, costs, first, days[-1], dice.choice((0, 0, 1))))
    return requests, network


@tagged("post_install", "-at_install")
class TestAssignmentBig(BaseCase):
    """A thousand requests, three hundred stations, against the full assignment."""

    def test_a_thousand_are_within_five_percent_of_the_optimum(self):
        requests, network = make_country(1000, 300)
        prices = {"waiting": 2000, "fairness": 2000}
        answer = solve(requests, network, **prices)
        best = solve(requests, network, nearest=None, **prices)
        self.assertEqual(best.arcs, 300_000)
        self.assertEqual(answer.arcs, 30_000)
        self.assertFalse(answer.left)
        self.assertLessEqual(answer.cost, 1.05 * best.cost)
        # The bound is proven, and it is near.
        self.assertLessEqual(answer.bound, best.cost)
        self.assertLessEqual(best.cost, answer.cost)
        self.assertLessEqual(answer.gap, 0.05)
        self.check_nothing_violated(requests, network, answer)

    def test_a_tight_cut_still_tells_the_truth(self):
        requests, network = make_country(300, 60)
        prices = {"waiting": 2000, "fairness": 2000}
        best = solve(requests, network, nearest=None, **prices)
        for nearest in (4, 8, 15):
            answer = solve(requests, network, nearest=nearest, **prices)
            self.assertLessEqual(answer.bound, best.cost)
            self.assertLessEqual(best.cost, answer.cost)
            self.check_nothing_violated(requests, network, answer)

    def check_nothing_violated(self, requests, network, answer):
        by_key = {one.key: one for one in requests}
        used = {}
        for key, given in answer.given.items():
            one = by_key[key]
            self.assertIn(
                Choice(station_id=given.station_id, cost=given.cost), one.choices
            )
            self.assertTrue(one.first <= given.day <= one.last)
            self.assertIn(given.day, network[given.station_id].open_days)
            place = (given.station_id, given.day)
            used[place] = used.get(place, 0) + 1
            self.assertLessEqual(used[place], network[given.station_id].capacity)
