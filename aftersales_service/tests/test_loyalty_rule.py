from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.loyalty import (
    History,
    LoyaltyClass,
    classify,
    full_years,
)

GOLD = LoyaltyClass(id=3, sequence=1, machines=5)
OLD = LoyaltyClass(id=2, sequence=2, machines=1, years=10)
PAYING = LoyaltyClass(id=4, sequence=3, services=3)
THEIRS = LoyaltyClass(id=5, sequence=0, company_id=7)
EVERYBODY = LoyaltyClass(id=1, sequence=9)
TABLE = (EVERYBODY, GOLD, OLD, PAYING, THEIRS)
TODAY = date(2026, 5, 10)


@tagged("post_install", "-at_install")
class TestLoyaltyRule(BaseCase):
    """The first class all of whose conditions hold."""

    def test_the_class_that_follows_from_the_history(self):
        table = [
            (History(), None),
            (History(first_sale=date(2000, 1, 1)), None),
            (History(machines=1), EVERYBODY),
            (History(machines=4), EVERYBODY),
            (History(machines=5), GOLD),
            (History(machines=5, first_sale=date(2000, 1, 1)), GOLD),
            (History(machines=1, first_sale=date(2016, 5, 10)), OLD),
            (History(machines=1, first_sale=date(2016, 5, 11)), EVERYBODY),
            (History(services=3), PAYING),
            (History(services=2, first_sale=date(2000, 1, 1)), EVERYBODY),
            (History(services=3, company_id=7), THEIRS),
            (History(services=3, company_id=8), PAYING),
        ]
        for history, expected in table:
            with self.subTest(history=history):
                self.assertEqual(classify(history, TABLE, TODAY), expected)
                self.assertEqual(classify(history, TABLE[::-1], TODAY), expected)

    def test_whole_years(self):
        table = [
            (None, 0),
            (date(2026, 5, 11), 0),
            (date(2026, 5, 10), 0),
            (date(2025, 5, 11), 0),
            (date(2025, 5, 10), 1),
            (date(2024, 2, 29), 2),
        ]
        for since, years in table:
            with self.subTest(since=since):
                self.assertEqual(full_years(since, TODAY), years)
        self.assertEqual(full_years(date(2024, 2, 29), date(2025, 2, 28)), 1)
