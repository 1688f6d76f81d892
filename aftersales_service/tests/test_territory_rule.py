from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.territory import (
    Address,
    Area,
    match,
    match_all,
)

CHINA, HUNAN, GUANGDONG, CHANGSHA = 48, 43, 44, 4301
HOME = Address(
    country_id=CHINA, province_id=HUNAN, city_id=CHANGSHA, postcode="410 005"
)


def area(area_id, **parts):
    return Area(id=area_id, territory_id=area_id * 10, **parts)


EVERYWHERE = area(1)
COUNTRY = area(2, country_id=CHINA)
PROVINCE = area(3, province_id=HUNAN)
CITY = area(4, city_id=CHANGSHA)
PREFIX = area(5, postcode_prefix="41")
LONG_PREFIX = area(6, postcode_prefix="4100")
CITY_PREFIX = area(7, city_id=CHANGSHA, postcode_prefix="4100")


@tagged("post_install", "-at_install")
class TestTerritoryRule(BaseCase):
    """An address has one territory, whatever the order of the areas."""

    def test_each_more_specific_area_wins(self):
        ladder = [EVERYWHERE, COUNTRY, PROVINCE, CITY, PREFIX, LONG_PREFIX, CITY_PREFIX]
        for count in range(1, len(ladder) + 1):
            with self.subTest(winner=ladder[count - 1]):
                self.assertEqual(match(HOME, ladder[:count]), ladder[count - 1])
                self.assertEqual(match(HOME, ladder[:count][::-1]), ladder[count - 1])

    def test_every_part_an_area_names_must_agree(self):
        table = [
            (area(1, province_id=GUANGDONG), False),
            (area(1, province_id=HUNAN, city_id=1), False),
            (area(1, province_id=HUNAN, postcode_prefix="42"), False),
            (area(1, country_id=1, postcode_prefix="41"), False),
            (area(1, postcode_prefix="4100056"), False),
            (area(1, postcode_prefix="41-0005"), True),
            (area(1, province_id=HUNAN, city_id=CHANGSHA), True),
        ]
        for row, expected in table:
            with self.subTest(row=row):
                self.assertEqual(match(HOME, [row]), row if expected else None)

    def test_what_the_address_does_not_say_fits_no_area_that_asks(self):
        areas = [COUNTRY, PROVINCE, CITY, PREFIX]
        self.assertIsNone(match(Address(), areas))
        self.assertEqual(match(Address(), [*areas, EVERYWHERE]), EVERYWHERE)

    def test_ties_go_to_the_deeper_territory_then_the_lower_id(self):
        shallow, deep = area(1, city_id=CHANGSHA), area(9, city_id=CHANGSHA, depth=2)
        twin = area(8, city_id=CHANGSHA, depth=2)
        for areas in ([shallow, deep, twin], [twin, deep, shallow]):
            self.assertEqual(match(HOME, areas), twin)
            self.assertEqual(match(HOME, [a for a in areas if a != twin]), deep)

    def test_bulk_gives_what_one_by_one_gives(self):
        areas = [EVERYWHERE, PROVINCE, PREFIX, CITY, CITY_PREFIX]
        addresses = [
            HOME,
            Address(),
            Address(province_id=HUNAN),
            Address(city_id=CHANGSHA, postcode="5"),
            HOME,
        ]
        found = match_all(addresses, areas)
        self.assertEqual(found, {item: match(item, areas) for item in addresses})
        self.assertEqual(match_all(addresses, []), dict.fromkeys(addresses))
