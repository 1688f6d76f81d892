from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.reliability import (
    Cohort,
    Failures,
    Life,
    estimate_survival,
    measure_exposure,
    measure_rates,
)

# Remission of leukaemia under 6-MP, weeks; a plus is censored. Freireich et al. (1963),
# Blood 21, 699-716; the table of Kaplan-Meier estimates in Cox & Oakes (1984), Analysis
# of Survival Data, and Collett (2015), Modelling Survival Data in Medical Research.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def read_lives(text):
    return [
        Life(age=float(word.strip("+")), failed="+" not in word)
        for word in text.split()
    ]


@tagged("post_install", "-at_install")
class TestReliabilityRule(BaseCase):
    """Survival with machines that still run, and failures per thousand at risk."""

    def test_kaplan_meier_of_the_leukaemia_data(self):
        # age: survival, Greenwood's 95 % limits on the scale of log(-log S).
        table = {
            6: (21, 0.857, 0.620, 0.952),
            7: (17, 0.807, 0.563, 0.923),
            10: (15, 0.753, 0.503, 0.889),
            13: (12, 0.690, 0.432, 0.849),
            16: (11, 0.627, 0.368, 0.805),
            22: (7, 0.538, 0.268, 0.747),
            23: (6, 0.448, 0.188, 0.680),
        }
        steps = estimate_survival(read_lives(REMISSION))
        self.assertEqual([step.age for step in steps], list(table))
        for step in steps:
            with self.subTest(age=step.age):
                figures = step.survival, step.survival_low, step.survival_high
                at_risk, *expected = table[step.age]
                self.assertEqual(step.at_risk, at_risk)
                self.assertEqual([round(figure, 3) for figure in figures], expected)

    def test_nelson_aalen_of_the_leukaemia_data(self):
        # The same source: sums of 3/21, 1/17, 1/15, 1/12, 1/11, 1/7, 1/6.
        steps = estimate_survival(read_lives(REMISSION))
        self.assertEqual(
            [round(step.hazard, 4) for step in steps],
            [0.1429, 0.2017, 0.2683, 0.3517, 0.4426, 0.5854, 0.7521],
        )
        for step in steps:
            self.assertLess(step.hazard_low, step.hazard)
            self.assertGreater(step.hazard_high, step.hazard)

    def test_counted_lives_are_the_same_as_single_ones(self):
        single = estimate_survival(read_lives(REMISSION))
        counted = [Life(age=6.0, failed=True, count=3)]
        counted += read_lives(REMISSION.removeprefix("6 6 6 "))
        self.assertEqual(estimate_survival(reversed(counted)), single)

    def test_narrow_populations(self):
        table = {
            "nobody": ("", []),
            "all still run": ("3+ 4+ 5+", []),
            "one failure among three": ("3+ 4 5+", [0.5]),
            "the last one failed": ("3 4", [0.5, 0.0]),
            "censored where another fails": ("4 4+", [0.5]),
        }
        for name, (text, expected) in table.items():
            with self.subTest(name):
                steps = estimate_survival(read_lives(text))
                self.assertEqual([step.survival for step in steps], expected)
        last = estimate_survival(read_lives("3 4"))[-1]
        self.assertEqual((last.survival_low, last.survival_high), (None, None))

    def test_limits_widen_with_confidence(self):
        lives = read_lives(REMISSION)
        narrow = estimate_survival(lives, confidence=0.8)[-1]
        wide = estimate_survival(lives, confidence=0.99)[-1]
        self.assertLess(wide.survival_low, narrow.survival_low)
        self.assertGreater(wide.survival_high, narrow.survival_high)

    def test_a_machine_is_at_risk_in_the_months_it_has_lived(self):
        cohorts = [
            Cohort(month=JANUARY, age=2.5, count=100),
            Cohort(month=FEBRUARY, age=1.0, count=50),
            Cohort(month=FEBRUARY, age=0.0, count=7),
        ]
        self.assertEqual(
            measure_exposure(cohorts),
            {
                (JANUARY, 0): 100.0,
                (JANUARY, 1): 100.0,
                (JANUARY, 2): 50.0,
                (FEBRUARY, 0): 50.0,
            },
        )

    def test_failures_per_thousand_at_risk(self):
        cohorts = [
            Cohort(month=JANUARY, age=2.5, count=100),
            Cohort(month=FEBRUARY, age=1.0, count=50),
        ]
        failures = [
            Failures(month=JANUARY, service_month=0, count=2),
            Failures(month=JANUARY, service_month=2, count=1),
            Failures(month=FEBRUARY, service_month=0, count=1),
            Failures(month=FEBRUARY, service_month=0, count=1),
        ]
        rates = measure_rates(cohorts, failures)
        self.assertEqual(
            [
                (rate.month, rate.service_month, rate.per_thousand, rate.cumulative)
                for rate in rates
            ],
            [
                (JANUARY, 0, 20.0, 20.0),
                (JANUARY, 1, 0.0, 20.0),
                # Half of the third month is lived: one of fifty machine-months.
                (JANUARY, 2, 20.0, 40.0),
                (FEBRUARY, 0, 40.0, 40.0),
            ],
        )

    def test_a_failure_where_nobody_has_lived_is_shown_without_a_rate(self):
        (rate,) = measure_rates([], [Failures(month=JANUARY, service_month=4)])
        self.assertEqual((rate.failures, rate.per_thousand), (1, None))
