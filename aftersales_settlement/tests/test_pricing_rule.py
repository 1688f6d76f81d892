import json
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_settlement.tools.pricing import (
    PRICERS,
    FeeFacts,
    Rate,
    TravelBand,
    match_rate,
    price_line,
    rounder,
)

DAY = date(2024, 6, 15)
FACTS = FeeFacts(
    kind="labor",
    work_date=DAY,
    quantity=Decimal("1.5"),
    grade="a",
    territory_path=(3, 2, 1),
    product_id=5,
    category_path=(20, 10),
    request_type_id=7,
)
LABOR = Rate(id=1, kind="labor", hourly_rate=Decimal(80))
TRAVEL = Rate(
    id=2,
    kind="travel",
    free_km=Decimal(20),
    bands=(
        TravelBand(price_per_km=Decimal("0.5")),
        TravelBand(up_to_km=Decimal(50), price_per_km=Decimal("1.2")),
        TravelBand(up_to_km=Decimal(100), price_per_km=Decimal("0.8")),
    ),
    ceiling=Decimal(120),
)


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@tagged("post_install", "-at_install")
class TestPricingRule(BaseCase):
    """Every amount explains itself to the cent."""

    def _travel(self, km, rate=TRAVEL):
        facts = replace(FACTS, kind="travel", quantity=Decimal(km))
        return price_line(facts, rate, cents)

    def test_a_row_must_fit_in_every_column(self):
        table = [
            ({}, None, ()),
            ({"valid_from": DAY, "valid_to": DAY}, None, ("date",)),
            ({"valid_from": date(2024, 6, 16)}, "date", ()),
            ({"valid_to": date(2024, 6, 14)}, "date", ()),
            ({"grades": frozenset("ab")}, None, ("grade",)),
            ({"grades": frozenset("b")}, "grade", ()),
            ({"territory_ids": frozenset({1})}, None, ("territory",)),
            ({"territory_ids": frozenset({9})}, "territory", ()),
            ({"product_ids": frozenset({5})}, None, ("product",)),
            ({"product_ids": frozenset({6})}, "product", ()),
            ({"category_ids": frozenset({10})}, None, ("category",)),
            ({"category_ids": frozenset({30})}, "category", ()),
            ({"request_type_ids": frozenset({7})}, None, ("request_type",)),
            ({"request_type_ids": frozenset({8})}, "request_type", ()),
        ]
        for columns, failed, matched_on in table:
            with self.subTest(**columns):
                rate = replace(LABOR, **columns)
                match = match_rate(FACTS, [rate])
                self.assertEqual(match.rate, None if failed else rate)
                self.assertEqual(match.matched_on, matched_on)
                self.assertEqual(match.skipped, ((1, failed),) if failed else ())

    def test_the_first_row_wins_and_says_what_stood_before(self):
        special = replace(LABOR, id=9, sequence=1, grades=frozenset("c"))
        twin = replace(LABOR, id=3)
        for rates in ([TRAVEL, twin, LABOR, special], [special, LABOR, twin]):
            match = match_rate(FACTS, rates)
            self.assertEqual(match.rate, LABOR)
            self.assertEqual(match.skipped, ((9, "grade"),))
        match = match_rate(replace(FACTS, grade="c"), [LABOR, special])
        self.assertEqual((match.rate, match.matched_on), (special, ("grade",)))

    def test_labor_is_hours_by_rate_by_grade(self):
        rate = replace(LABOR, grade_factor=Decimal("1.1"))
        line = price_line(FACTS, rate, cents)
        self.assertEqual(line.amount, Decimal("132.00"))
        self.assertEqual(line.rate_id, 1)
        self.assertEqual(
            line.explanation,
            {
                "code": "labor",
                "rate_id": 1,
                "factors": [
                    {"code": "hours", "value": "1.5"},
                    {"code": "hourly_rate", "value": "80"},
                    {"code": "grade_factor", "value": "1.1"},
                ],
                "unrounded": "132",
                "amount": "132",
            },
        )

    def test_travel_by_bands_with_free_km_and_ceiling(self):
        table = [
            ("0", "0.00"),
            ("20", "0.00"),
            ("20.5", "0.60"),
            ("50", "36.00"),
            ("51", "36.80"),
            ("100", "76.00"),
            ("150", "101.00"),
            ("188", "120.00"),
            ("400", "120.00"),
        ]
        for km, amount in table:
            with self.subTest(km=km):
                self.assertEqual(self._travel(km).amount, Decimal(amount))
        shuffled = replace(TRAVEL, bands=TRAVEL.bands[::-1])
        self.assertEqual(
            self._travel("150", shuffled).explanation,
            self._travel("150").explanation,
        )

    def test_travel_tells_each_band_and_the_ceiling(self):
        factors = self._travel("400").explanation["factors"]
        self.assertEqual(
            [factor["code"] for factor in factors],
            ["km", "free_km", "band", "band", "band", "ceiling"],
        )
        self.assertEqual(
            factors[2],
            {
                "code": "band",
                "value": "36",
                "km": "30",
                "up_to_km": "50",
                "price_per_km": "1.2",
            },
        )
        self.assertEqual(
            factors[5], {"code": "ceiling", "value": "120", "before": "226"}
        )

    def test_free_km_may_swallow_a_band(self):
        rate = replace(TRAVEL, free_km=Decimal(60), ceiling=None)
        self.assertEqual(self._travel("110", rate).amount, Decimal("37.00"))

    def test_km_beyond_the_last_band_are_unpaid_and_told(self):
        rate = replace(TRAVEL, bands=TRAVEL.bands[1:], ceiling=None)
        line = self._travel("150", rate)
        self.assertEqual(line.amount, Decimal("76.00"))
        self.assertEqual(
            line.explanation["factors"][-1], {"code": "unpaid_km", "value": "50"}
        )
        nothing = self._travel("30", replace(TRAVEL, bands=()))
        self.assertEqual(nothing.amount, 0)
        self.assertEqual(
            nothing.explanation["factors"][-1], {"code": "unpaid_km", "value": "10"}
        )

    def test_part_is_cost_and_handling(self):
        facts = replace(
            FACTS, kind="part", quantity=Decimal(3), unit_cost=Decimal("19.99")
        )
        rate = Rate(id=4, kind="part", handling_percent=Decimal("7.5"))
        line = price_line(facts, rate, cents)
        self.assertEqual(line.amount, Decimal("64.47"))
        self.assertEqual(line.explanation["unrounded"], "64.46775")
        self.assertEqual(
            [(f["code"], f["value"]) for f in line.explanation["factors"]],
            [("quantity", "3"), ("unit_cost", "19.99"), ("handling_percent", "7.5")],
        )

    def test_installation_is_a_fee_per_unit(self):
        facts = replace(FACTS, kind="installation", quantity=Decimal(2))
        rate = Rate(id=5, kind="installation", fee=Decimal("150.50"))
        line = price_line(facts, rate, cents)
        self.assertEqual(line.amount, Decimal("301.00"))
        self.assertEqual(line.explanation["factors"][1]["value"], "150.5")

    def test_without_a_rate_nothing_is_paid_and_it_is_said(self):
        line = price_line(FACTS, None, cents)
        self.assertEqual((line.amount, line.rate_id), (0, None))
        self.assertEqual(line.explanation["code"], "no_rate")

    def test_an_explanation_survives_json(self):
        for line in (self._travel("400"), price_line(FACTS, None, cents)):
            self.assertEqual(json.loads(json.dumps(line.explanation)), line.explanation)

    def test_rounding_is_the_callers(self):
        def to_whole(amount):
            return float(round(amount))

        line = price_line(
            replace(FACTS, quantity=Decimal("0.33")), LABOR, rounder(to_whole)
        )
        self.assertEqual(line.amount, Decimal(26))
        self.assertIsInstance(line.amount, Decimal)
        self.assertEqual(line.explanation["unrounded"], "26.4")

    def test_another_addon_brings_its_own_kind(self):
        def price_flat(facts, _rate):
            return facts.quantity * 5, []

        facts = replace(FACTS, kind="meal", quantity=Decimal(2))
        rate = replace(LABOR, kind="meal")
        self.assertEqual(match_rate(facts, [LABOR, rate]).rate, rate)
        line = price_line(facts, rate, cents, {**PRICERS, "meal": price_flat})
        self.assertEqual(line.amount, 10)
        with self.assertRaises(KeyError):
            price_line(facts, rate, cents)
