import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal, localcontext

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.plain import plain
from odoo.addons.aftersales_settlement.tools.score import (
    DEFAULT_BANDS,
    MEASURES,
    Band,
    Card,
    Metric,
    Score,
    Weight,
    closing_window,
    mean,
    ranks,
    relative,
    score,
    step,
)
from odoo.addons.aftersales_settlement.tools.score_snapshot import again


def metric(code, good, total, mean=None):
    return Metric(
        code=code,
        numerator=Decimal(good),
        denominator=Decimal(total),
        network_mean=None if mean is None else Decimal(mean),
    )


def card(*weights, **values):
    return Card(
        weights=tuple(Weight(code=code, weight=Decimal(w)) for code, w in weights),
        **values,
    )


ONE_MEASURE = card(("answer_in_time", 1))


@tagged("post_install", "-at_install")
class TestScoreRule(BaseCase):
    """A score says where it comes from, and small numbers do not shout."""

    def test_multiplier_by_band_including_its_lower_end(self):
        table = [
            ("100", "1.10"),
            ("95", "1.10"),
            ("94.99", "1.00"),
            ("85", "1.00"),
            ("84.99", "0.90"),
            ("70", "0.90"),
            ("69.99", "0.80"),
            ("0", "0.80"),
        ]
        for value, multiplier in table:
            with self.subTest(value=value):
                for bands in (DEFAULT_BANDS, DEFAULT_BANDS[::-1]):
                    found = step(Decimal(value), bands, Decimal(1))
                    self.assertEqual(found, Decimal(multiplier))

    def test_below_the_lowest_band_the_default_holds(self):
        bands = (Band(minimum=Decimal(50), value=Decimal(2)),)
        self.assertEqual(step(Decimal(49), bands, Decimal(7)), 7)
        twins = (*bands, Band(minimum=Decimal(50), value=Decimal(1)))
        for order in (twins, twins[::-1]):
            self.assertEqual(step(Decimal(50), order, Decimal(7)), 1)

    def test_the_score_is_the_weighted_mean_and_contributions_explain_it(self):
        result = score(
            [metric("a", 9, 10), metric("b", 1, 2), metric("not weighed", 0, 9)],
            card(("a", 3), ("b", 1)),
        )
        self.assertEqual(result.value, Decimal("80.00"))
        self.assertEqual(result.multiplier, Decimal("0.90"))
        self.assertEqual(
            [(m.code, m.value, m.points, m.contribution) for m in result.measures],
            [
                ("a", Decimal("0.9"), Decimal(90), Decimal("67.50")),
                ("b", Decimal("0.5"), Decimal(50), Decimal("12.50")),
            ],
        )
        self.assertIsNone(result.network_value)

    def test_small_samples_lean_on_the_network(self):
        table = [
            # good, all, mean, adjusted with 5 events of the mean
            (0, 0, "0.9", "0.9"),
            (1, 1, "0.9", "0.916667"),
            (0, 1, "0.9", "0.75"),
            (0, 5, "0.9", "0.45"),
            (0, 995, "0.9", "0.0045"),
            (95, 95, "0", "0.95"),
            (1, 2, None, "0.5"),
        ]
        for good, total, network, adjusted in table:
            with self.subTest(good=good, total=total, network=network):
                result = score(
                    [metric("answer_in_time", good, total, network)], ONE_MEASURE
                )
                self.assertEqual(result.measures[0].adjusted, Decimal(adjusted))

    def test_one_bad_job_does_not_sink_a_small_station(self):
        bad = [metric("answer_in_time", 0, 1, "0.98")]
        many = [metric("answer_in_time", 0, 100, "0.98")]
        self.assertEqual(score(bad, ONE_MEASURE).value, Decimal("81.67"))
        self.assertEqual(score(many, ONE_MEASURE).value, Decimal("4.67"))
        self.assertIsNone(score([metric("x", 0, 0)], ONE_MEASURE).value)

    def test_without_lean_the_share_is_taken_as_counted(self):
        plain = card(("answer_in_time", 1), pseudo_count=Decimal(0))
        result = score([metric("answer_in_time", 0, 1, "0.9")], plain)
        self.assertEqual(result.value, 0)
        self.assertEqual(
            score([metric("answer_in_time", 0, 0, "0.9")], plain).value, 90
        )

    def test_what_cannot_be_measured_is_left_out(self):
        result = score(
            [metric("a", 8, 10), metric("b", 0, 0)],
            card(("a", 1), ("b", 9), ("c", 9)),
        )
        self.assertEqual(result.value, 80)
        self.assertEqual(result.skipped, ("b", "c"))

    def test_without_any_measure_the_multiplier_is_one(self):
        result = score([], ONE_MEASURE)
        self.assertEqual((result.value, result.multiplier), (None, 1))
        self.assertEqual(result.skipped, ("answer_in_time",))
        self.assertEqual(relative(result), 1)

    def test_a_measure_may_have_bands_of_its_own(self):
        bands = (
            Band(minimum=Decimal(90), value=Decimal(100)),
            Band(minimum=Decimal(60), value=Decimal(70)),
        )
        banded = Card(weights=(Weight(code="a", weight=Decimal(1), bands=bands),))
        for good, points in ((90, 100), (89, 70), (60, 70), (59, 0)):
            with self.subTest(good=good):
                result = score([metric("a", good, 100)], banded)
                self.assertEqual(result.value, points)

    def test_the_score_for_dispatch_is_relative_to_the_network(self):
        table = [
            (("90", "90"), "1"),
            (("45", "90"), "0.5"),
            (("95", "10"), "2"),
            (("0", "90"), "0"),
            (("90", None), "1"),
            (("90", "0"), "1"),
        ]
        for (value, network), expected in table:
            with self.subTest(value=value, network=network):
                station = Score(
                    value=Decimal(value),
                    multiplier=Decimal(1),
                    network_value=network and Decimal(network),
                )
                self.assertEqual(relative(station), Decimal(expected))

    def test_the_networks_own_score_is_told(self):
        result = score(
            [metric("a", 0, 5, "0.8"), metric("b", 5, 5, "0.6")],
            card(("a", 3), ("b", 1)),
        )
        self.assertEqual(result.network_value, Decimal("75.00"))

    def test_every_job_counts_in_exactly_one_period(self):
        january = closing_window(date(2024, 1, 1), date(2024, 1, 31), 30)
        february = closing_window(date(2024, 2, 1), date(2024, 2, 29), 30)
        self.assertEqual(january, (date(2023, 12, 2), date(2024, 1, 1)))
        self.assertEqual(february[0] - january[1], timedelta(days=1))

    def test_the_same_counts_give_the_same_digits_whatever_the_surroundings(self):
        metrics = [metric(code, 1, 3, "0.777777") for code in MEASURES]
        weights = card(*((code, n) for n, code in enumerate(MEASURES, start=1)))
        expected = score(metrics, weights)
        with localcontext() as context:
            context.prec = 4
            context.rounding = "ROUND_DOWN"
            self.assertEqual(score(metrics[::-1], weights), expected)

    def test_half_a_point_is_rounded_up(self):
        one = replace(ONE_MEASURE, pseudo_count=Decimal(0))
        result = score([metric("answer_in_time", "0.84995", 1)], one)
        self.assertEqual(result.value, Decimal("85.00"))
        self.assertEqual(result.multiplier, Decimal("1.00"))

    def test_equal_values_share_a_place_and_nothing_has_none(self):
        values = {
            1: Decimal(90),
            2: Decimal(80),
            3: Decimal(90),
            4: None,
            5: Decimal(0),
        }
        self.assertEqual(ranks(values), {1: 1, 3: 1, 2: 3, 5: 4})

    def test_the_networks_mean_is_over_all_events(self):
        table = [
            ([], None),
            ([(0, 0)], None),
            ([(1, 1), (0, 2)], "0.333333"),
            ([(2, 3)], "0.666667"),
        ]
        for counts, expected in table:
            with self.subTest(counts=counts):
                pairs = [(Decimal(good), Decimal(total)) for good, total in counts]
                self.assertEqual(mean(pairs), expected and Decimal(expected))

    def test_what_was_frozen_gives_the_same_score_again(self):
        bands = (Band(minimum=Decimal(50), value=Decimal("61.5")),)
        frozen = Card(
            weights=(
                Weight(code="a", weight=Decimal("2.5"), bands=bands),
                Weight(code="b", weight=Decimal(1)),
                Weight(code="c", weight=Decimal(1)),
            ),
            pseudo_count=Decimal(3),
        )
        counts = [metric("a", 2, 3, "0.777777"), metric("b", 0, 7), metric("c", 0, 0)]
        verdict = score(counts, frozen)
        facts = json.loads(
            json.dumps({"metrics": plain(counts), "card": plain(frozen)})
        )
        self.assertEqual(again(facts), verdict)
        for damaged in ("metrics", "card"):
            with self.subTest(damaged=damaged), self.assertRaises(KeyError):
                again({**facts, damaged: [{}] if damaged == "metrics" else {}})
