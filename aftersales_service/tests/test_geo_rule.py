from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.geo import (
    UNKNOWN,
    Distance,
    Point,
    between,
    distance_km,
    locate,
)

BEIJING = (39.9042, 116.4074)
SHANGHAI = (31.2304, 121.4737)


@tagged("post_install", "-at_install")
class TestGeoRule(BaseCase):
    """How far it is, and how sure we are."""

    def test_known_distances(self):
        table = [
            ("Beijing to Shanghai", (*BEIJING, *SHANGHAI), 1067.3, 1),
            ("a degree of the equator", (0, 0, 0, 1), 111.195, 0.01),
            ("a degree of a meridian", (10, 5, 11, 5), 111.195, 0.01),
            ("over the date line", (0, 179.5, 0, -179.5), 111.195, 0.01),
            ("pole to pole", (90, 0, -90, 77), 20015.1, 0.1),
            ("antipodes", (1, 2, -1, -178), 20015.1, 0.1),
            ("nowhere", (*BEIJING, *BEIJING), 0, 0),
        ]
        for name, places, km, delta in table:
            with self.subTest(name):
                self.assertAlmostEqual(distance_km(*places), km, delta=delta)
                back = places[2:] + places[:2]
                self.assertAlmostEqual(distance_km(*back), km, delta=delta)

    def test_the_best_known_place_is_taken(self):
        table = [
            (BEIJING, SHANGHAI, "exact", BEIJING),
            (None, SHANGHAI, "city", SHANGHAI),
            ((0.0, 0.0), SHANGHAI, "city", SHANGHAI),
            ((91, 10), SHANGHAI, "city", SHANGHAI),
            ((10, 181), None, "none", (0, 0)),
            ((0.0, 10.0), None, "exact", (0, 10)),
            (None, None, "none", (0, 0)),
        ]
        for exact, city, precision, place in table:
            with self.subTest(exact=exact, city=city):
                point = locate(exact, city)
                self.assertEqual(point.precision, precision)
                self.assertEqual((point.latitude, point.longitude), place)

    def test_a_distance_is_as_sure_as_its_worse_end(self):
        exact, city, unknown = locate(BEIJING), locate(None, SHANGHAI), Point()
        table = [
            (exact, exact, Distance(km=0.0, precision="exact")),
            (exact, city, Distance(km=1067.3, precision="city")),
            (city, exact, Distance(km=1067.3, precision="city")),
            (exact, unknown, UNKNOWN),
            (unknown, city, UNKNOWN),
        ]
        for one, other, expected in table:
            with self.subTest(one=one.precision, other=other.precision):
                self.assertEqual(between(one, other), expected)
