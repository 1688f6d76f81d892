from math import floor, log

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.weibull import (
    Observation,
    Weibull,
    fit,
    forecast,
    get_failed_share,
)

# Millions of revolutions to failure of 23 ball bearings. Lieblein & Zelen (1956),
# Journal of Research of the National Bureau of Standards 57, 273-316.
BEARINGS = (
    *(17.88, 28.92, 33.00, 41.52, 42.12, 45.60, 48.48, 51.84, 51.96, 54.12, 55.56),
    *(67.80, 68.64, 68.64, 68.88, 84.12, 93.12, 98.64, 105.12, 105.84, 127.92, 128.04),
    173.40,
)
# Kilometres to failure of 38 shock absorbers, a plus still ran. O'Connor (1985),
# Practical Reliability Engineering; Meeker, Escobar & Pascual (2022), table C.2.
ABSORBERS = (
    "6700 6950+ 7820+ 8790+ 9120 9660+ 9820+ 11310+ 11690+ 11850+ 11880+ 12140+ 12200"
    " 12870+ 13150 13330+ 13470+ 14040+ 14300 17520 17540+ 17890+ 18450+ 18960+ 18980+"
    " 19410+ 20100 20100+ 20150+ 20320+ 20900 22700 23490+ 26510 27410+ 27490 27890+"
    " 28100+"
)


def read_ages(text):
    return [
        Observation(
            age=float(word.strip("+")), kind="running" if "+" in word else "failed"
        )
        for word in text.split()
    ]


def observe_bearings():
    return [Observation(age=age, kind="failed") for age in BEARINGS]


@tagged("post_install", "-at_install")
class TestWeibullRule(BaseCase):
    """The fit of a Weibull life, and how many of the running machines will fail."""

    def test_ball_bearings(self):
        # Lawless (2003), Statistical Models and Methods for Lifetime Data, example
        # 5.2.1: shape 2.10, scale 81.88, greatest log likelihood -113.691.
        life = fit(observe_bearings())
        self.assertEqual(life.failures, 23)
        self.assertAlmostEqual(life.shape, 2.102, 3)
        self.assertAlmostEqual(life.scale, 81.878, 2)
        self.assertAlmostEqual(life.log_likelihood, -113.691, 3)
        self.assertLess(life.shape_low, 2.0)
        self.assertGreater(life.shape_high, 2.2)

    def test_shock_absorbers_most_of_which_still_ran(self):
        # Meeker, Escobar & Pascual (2022), example 8.1: location 10.23, sigma 0.3164,
        # standard errors 0.1099 and 0.07317.
        life = fit(read_ages(ABSORBERS))
        self.assertEqual(life.failures, 11)
        self.assertAlmostEqual(log(life.scale), 10.230, 3)
        self.assertAlmostEqual(1 / life.shape, 0.3164, 4)
        self.assertAlmostEqual(life.covariance[0][0] ** 0.5, 0.1099, 4)
        self.assertAlmostEqual(life.covariance[1][1] ** 0.5 / life.shape, 0.07317, 4)

    def test_what_still_runs_is_not_left_out(self):
        failures = [item for item in read_ages(ABSORBERS) if item.kind == "failed"]
        self.assertLess(fit(failures).scale, 0.75 * fit(read_ages(ABSORBERS)).scale)

    def test_grouped_data_come_near_the_exact_ones(self):
        grouped = fit(
            Observation(since=5 * floor(age / 5), age=5 * floor(age / 5) + 5, kind=kind)
            for age, kind in ((age, "between") for age in BEARINGS)
        )
        exact = fit(observe_bearings())
        self.assertAlmostEqual(grouped.shape / exact.shape, 1, delta=0.02)
        self.assertAlmostEqual(grouped.scale / exact.scale, 1, delta=0.02)

    def test_counts_and_units_change_nothing(self):
        one = fit(observe_bearings())
        thousand = fit(
            Observation(age=age * 1000, kind="failed", count=1000) for age in BEARINGS
        )
        self.assertAlmostEqual(thousand.shape, one.shape, 5)
        self.assertAlmostEqual(thousand.scale, one.scale * 1000, 1)
        self.assertLess(
            thousand.shape_high - thousand.shape_low,
            (one.shape_high - one.shape_low) / 20,
        )

    def test_no_number_is_better_than_a_wrong_one(self):
        run = Observation(age=12, kind="running", count=500)
        table = {
            "nothing": ([], "no_failures"),
            "all still run": ([run], "no_failures"),
            "one failure": ([run, Observation(age=3, kind="failed")], "one_age"),
            "many at one age": (
                [run, Observation(age=3, kind="failed", count=9)],
                "one_age",
            ),
            "counted none": ([run, Observation(age=3, kind="failed", count=0)], None),
            "two": (
                [
                    run,
                    Observation(age=0, kind="failed"),
                    Observation(age=6, kind="failed"),
                ],
                "",
            ),
        }
        for name, (observations, problem) in table.items():
            with self.subTest(name):
                expected = "no_failures" if problem is None else problem
                self.assertEqual(fit(observations).problem, expected)

    def test_the_share_that_has_failed(self):
        # Meeker, Escobar & Pascual (2022), example 8.7: F(10,000 km) = 0.0391, by the
        # scale of log(-log S) between 0.011 and 0.132.
        share = get_failed_share(fit(read_ages(ABSORBERS)), 10000)
        figures = [round(figure, 3) for figure in (share.low, share.value, share.high)]
        self.assertEqual(figures, [0.011, 0.039, 0.132])

    def test_forecast_of_a_life_without_memory(self):
        # Shape 1 is the exponential life: of n machines n (1 - exp(-t / scale)) fail,
        # whatever their age; nothing is left to chance but the failures themselves.
        life = Weibull(shape=1.0, scale=100.0, failures=1)
        months = forecast(life, [(0, 500), (40, 500)], months=12)
        self.assertEqual([item.month for item in months], list(range(1, 13)))
        self.assertAlmostEqual(months[0].value, 9.950, 3)
        self.assertAlmostEqual(months[-1].value, 113.080, 3)
        deviation = (1000 * 0.113080 * 0.886920) ** 0.5
        self.assertAlmostEqual(
            log(months[-1].high / months[-1].value), 1.96 * deviation / 113.08, 4
        )

    def test_forecast_knows_age_and_ends_at_the_number_of_machines(self):
        life = fit(observe_bearings())
        young, old = forecast(life, [(5, 100)])[-1], forecast(life, [(60, 100)])[-1]
        self.assertGreater(old.value, young.value * 2)
        self.assertLess(young.low, young.value)
        self.assertEqual(forecast(life, [(170, 3)], months=400)[-1].high, 3)
        self.assertEqual(forecast(life, [])[-1].high, 0)
