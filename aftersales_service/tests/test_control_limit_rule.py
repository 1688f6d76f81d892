from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.control_limit import (
    Cell,
    ControlPolicy,
    find_signals,
)

# Errors in 20 weeks of 50 shipments each: Montgomery (2009), Introduction to
# Statistical Quality Control, sixth edition, example 7.4: 74 errors, all in control.
SHIPMENTS = (2, 3, 8, 1, 1, 4, 1, 4, 5, 1, 8, 2, 4, 3, 4, 1, 8, 3, 7, 4)


def make_cells(claims, exposure=50.0):
    return [
        Cell(build=build, service_month=0, exposure=exposure, claims=count)
        for build, count in enumerate(claims)
    ]


@tagged("post_install", "-at_install")
class TestControlLimitRule(BaseCase):
    """Which build month has more claims than those before it explain."""

    def _judge(self, cells, **policy):
        return {
            item.build: item for item in find_signals(cells, ControlPolicy(**policy))
        }

    def test_shipments_are_in_control(self):
        verdicts = self._judge(make_cells(SHIPMENTS))
        self.assertFalse([item for item in verdicts.values() if item.is_signal])
        last = self._judge(make_cells([*SHIPMENTS, 10]))[20]
        self.assertAlmostEqual(last.expected, 3.7)
        # The book's limit, mean + 3 deviations, is 9.47; of few claims chance is
        # lopsided, and the baseline itself is not known exactly.
        self.assertEqual(last.limit, 11)
        self.assertTrue(self._judge(make_cells([*SHIPMENTS, 12]))[20].is_signal)

    def test_with_much_before_the_limit_is_the_poisson_limit(self):
        # Upper tails of the Poisson table: P(X > limit) <= 0.00135 < P(X >= limit).
        table = {1: 5, 2: 7, 5: 13, 10: 21, 20: 35}
        for expected, limit in table.items():
            cells = [
                Cell(build=0, service_month=0, exposure=1e7, claims=10**6),
                Cell(build=1, service_month=0, exposure=10.0 * expected, claims=limit),
            ]
            with self.subTest(expected=expected):
                verdict = self._judge(cells)[1]
                self.assertAlmostEqual(verdict.expected, expected)
                self.assertEqual(verdict.limit, limit)
                self.assertFalse(verdict.is_signal)

    def test_the_same_months_in_service_are_compared(self):
        # Claims fall off with age. The young build has only its first month: twelve are
        # much against the whole life's average, but normal for a first month.
        cells = [
            Cell(build=build, service_month=month, exposure=1000, claims=claims)
            for build in range(10)
            for month, claims in enumerate((10, 1, 1, 1, 1, 1))
        ]
        cells.append(Cell(build=10, service_month=0, exposure=1000, claims=12))
        verdict = self._judge(cells)[10]
        self.assertAlmostEqual(verdict.expected, 10)
        self.assertFalse(verdict.is_signal)

    def test_what_nobody_reached_before_is_not_compared(self):
        cells = [
            *make_cells((5, 5)),
            Cell(build=1, service_month=9, exposure=50, claims=40),
        ]
        self.assertEqual(self._judge(cells)[1].claims, 5)

    def test_first_builds_few_claims_and_old_builds(self):
        table = {
            "the first build has nothing before it": ((30,), {}, {}),
            "four claims are never a signal": ((0,) * 19 + (4,), {}, {19: 0}),
            "unless the policy says so": (
                (0,) * 19 + (4,),
                {"min_claims": 4},
                {19: 1},
            ),
            "without a claim before": ((0,) * 9 + (9,), {}, {9: 1}),
            "a bad build does not hide behind itself": ((1, 1, 30), {}, {2: 1}),
            "later builds do not make earlier ones bad": ((20, 1, 1), {}, {1: 0, 2: 0}),
        }
        for name, (claims, policy, expected) in table.items():
            with self.subTest(name):
                verdicts = self._judge(make_cells(claims), **policy)
                told = {build: int(verdicts[build].is_signal) for build in expected}
                self.assertEqual(told, expected)
        self.assertEqual(self._judge(make_cells((30,))), {})
        apart = [Cell(build=build, service_month=0, exposure=9) for build in (0, 30)]
        self.assertEqual(self._judge(apart), {})

    def test_a_machine_without_exposure_says_nothing(self):
        self.assertEqual(self._judge(make_cells((5, 5), exposure=0.0)), {})
