from datetime import date, datetime, timedelta

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.geo import Point
from odoo.addons.aftersales_service.tools.radar import (
    RadarPolicy,
    Sighting,
    find_clusters,
    find_jumps,
    is_before_sale,
)

JINAN = Point(latitude=36.65, longitude=117.12, precision="city")
NANNING = Point(latitude=22.82, longitude=108.32, precision="exact")
WEIFANG = Point(latitude=36.71, longitude=119.16, precision="city")
NOWHERE = Point()
NOON = datetime(2026, 3, 1, 12)
POLICY = RadarPolicy()


@tagged("post_install", "-at_install")
class TestRadarRule(BaseCase):
    """Which questions cannot all be about one machine."""

    def _sight(self, number, point, hours, key="A1"):
        at = NOON + timedelta(hours=hours)
        return Sighting(check_id=number, key=key, at=at, point=point)

    def _jumps(self, *visits):
        sightings = [
            self._sight(number, point, hours)
            for number, (point, hours) in enumerate(visits, 1)
        ]
        found = find_jumps(sightings, POLICY)
        self.assertEqual(find_jumps(reversed(sightings), POLICY), found)
        return [(jump.first.check_id, jump.second.check_id) for jump in found]

    def test_too_far_for_the_time_between(self):
        table = {
            "an hour for 1,700 km": (((JINAN, 0), (NANNING, 1)), [(1, 2)]),
            "at the same moment": (((JINAN, 0), (NANNING, 0)), [(1, 2)]),
            "a day and a half": (((JINAN, 0), (NANNING, 36)), []),
            "the same place": (((JINAN, 0), (JINAN, 0.1)), []),
            "two hours for 180 km": (((JINAN, 0), (WEIFANG, 2)), []),
            "one hour for 180 km": (((JINAN, 0), (WEIFANG, 1)), [(1, 2)]),
            "no place": (((JINAN, 0), (NOWHERE, 1), (NANNING, 2)), [(1, 3)]),
            "there and back": (
                ((JINAN, 0), (NANNING, 1), (JINAN, 2)),
                [(1, 2), (2, 3)],
            ),
            "alone": (((JINAN, 0),), []),
        }
        for name, (visits, jumps) in table.items():
            with self.subTest(name):
                self.assertEqual(self._jumps(*visits), jumps)

    def test_different_serials_are_different_machines(self):
        sightings = [self._sight(1, JINAN, 0, "A1"), self._sight(2, NANNING, 1, "A2")]
        self.assertEqual(find_jumps(sightings, POLICY), [])

    def test_a_jump_says_how_far_and_how_fast(self):
        [jump] = find_jumps(
            [self._sight(1, JINAN, 0), self._sight(2, NANNING, 1)], POLICY
        )
        self.assertAlmostEqual(jump.km, 1751, delta=20)
        self.assertEqual(jump.hours, 1.0)

    def test_speed_and_distance_are_data(self):
        pair = [self._sight(1, JINAN, 0), self._sight(2, WEIFANG, 1)]
        self.assertTrue(find_jumps(pair, RadarPolicy(max_kmh=100)))
        self.assertFalse(find_jumps(pair, RadarPolicy(max_kmh=300)))
        self.assertFalse(find_jumps(pair, RadarPolicy(min_km=300)))

    def test_before_the_sale(self):
        sold = date(2026, 3, 10)
        table = (
            (date(2026, 3, 6), sold, True),
            (date(2026, 3, 7), sold, False),
            (date(2026, 3, 10), sold, False),
            (date(2026, 4, 1), sold, False),
            (date(2026, 3, 1), None, False),
        )
        for day, sold_on, before in table:
            with self.subTest(day=day, sold_on=sold_on):
                self.assertEqual(is_before_sale(day, sold_on, POLICY), before)

    def _unknown(self, number, key, territory):
        return Sighting(check_id=number, key=key, at=NOON, territory_id=territory)

    def test_many_different_unknown_serials_in_one_territory_are_a_cluster(self):
        policy = RadarPolicy(cluster_size=3)
        many = [self._unknown(n, f"A{n}", 7) for n in range(3)]
        found = find_clusters(many, policy)
        self.assertEqual(
            {k: [s.check_id for s in v] for k, v in found.items()}, {7: [0, 1, 2]}
        )
        tries = {
            "one serial often": [self._unknown(n, "A1", 7) for n in range(9)],
            "two territories": [self._unknown(n, f"A{n}", n % 2 + 1) for n in range(4)],
            "no territory": [self._unknown(n, f"A{n}", None) for n in range(9)],
            "nothing typed": [self._unknown(n, "", 7) for n in range(9)],
        }
        for name, sightings in tries.items():
            with self.subTest(name):
                self.assertEqual(find_clusters(sightings, policy), {})
