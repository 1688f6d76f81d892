from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_settlement.tools.score import (
    Band,
    Card,
    Metric,
    Weight,
    score,
)
from odoo.addons.aftersales_settlement.tools.score_forecast import Chance, chances

BANDS = (
    Band(minimum=Decimal(90), value=Decimal("1.05")),
    Band(minimum=Decimal(80), value=Decimal("1.00")),
    Band(minimum=Decimal(0), value=Decimal("0.90")),
)


def metric(code, good, total, mean=None):
    return Metric(
        code=code,
        numerator=Decimal(good),
        denominator=Decimal(total),
        network_mean=None if mean is None else Decimal(mean),
    )


def card(*codes, **values):
    return Card(
        weights=tuple(Weight(code=code, weight=Decimal(1)) for code in codes),
        bands=BANDS,
        **{"pseudo_count": Decimal(0), **values},
    )


@tagged("post_install", "-at_install")
class TestScoreForecastRule(BaseCase):
    """The smallest number of good events that reaches the next band."""

    def test_smallest_number_that_reaches_the_next_band(self):
        table = [
            # good, all: events, score then
            (17, 20, 10, "90.00"),  # 27 of 30
            (8, 9, 1, "90.00"),
            (89, 100, 10, "90.00"),
        ]
        for good, total, events, value in table:
            with self.subTest(good=good, total=total):
                found = chances([metric("a", good, total)], card("a"))
                self.assertEqual(
                    found,
                    (
                        Chance(
                            code="a",
                            events=events,
                            value=Decimal(value),
                            multiplier=Decimal("1.05"),
                        ),
                    ),
                )

    def test_one_event_less_does_not_reach_it(self):
        counts = [metric("a", 17, 20, "0.8"), metric("b", 30, 40, "0.9")]
        rule = card("a", "b", pseudo_count=Decimal(5))
        now = score(counts, rule).multiplier
        for chance in chances(counts, rule):
            for events, is_reached in (
                (chance.events - 1, False),
                (chance.events, True),
            ):
                grown = [
                    metric(
                        row.code,
                        row.numerator + events * (row.code == chance.code),
                        row.denominator + events * (row.code == chance.code),
                        row.network_mean,
                    )
                    for row in counts
                ]
                with self.subTest(code=chance.code, events=events):
                    reached = score(grown, rule).multiplier > now
                    self.assertEqual(reached, is_reached)

    def test_the_fewest_events_come_first(self):
        counts = [metric("many", 40, 50), metric("few", 3, 4)]
        found = chances(counts, card("many", "few"))
        self.assertEqual([chance.code for chance in found], ["few", "many"])

    def test_nothing_is_promised_that_cannot_be_reached(self):
        self.assertEqual(chances([metric("a", 0, 400)], card("a")), ())
        self.assertEqual(len(chances([metric("a", 39, 50)], card("a"), limit=5)), 1)
        self.assertEqual(chances([metric("a", 39, 50)], card("a"), limit=4), ())

    def test_the_highest_band_leaves_nothing_to_reach(self):
        self.assertEqual(chances([metric("a", 95, 100)], card("a")), ())

    def test_measures_without_weight_promise_nothing(self):
        rule = Card(
            weights=(
                Weight(code="a", weight=Decimal(1)),
                Weight(code="b", weight=Decimal(0)),
            ),
            pseudo_count=Decimal(0),
            bands=BANDS,
        )
        counts = [metric("a", 17, 20), metric("b", 0, 1), metric("c", 0, 1)]
        self.assertEqual([row.code for row in chances(counts, rule)], ["a"])

    def test_a_measure_nobody_was_measured_by_may_open_the_band(self):
        found = chances([metric("a", 8, 10), metric("b", 0, 0)], card("a", "b"))
        self.assertEqual(found[0].code, "b")
        self.assertEqual((found[0].events, found[0].value), (1, Decimal("90.00")))
