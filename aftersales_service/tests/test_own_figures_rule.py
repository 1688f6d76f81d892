from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.own_figures import (
    Tally,
    mean_of_others,
    total,
)

NONE = Tally()
OWN = 1
FULL = {OWN: Tally(100, 1), 2: Tally(0, 1), 3: Tally(100, 1), 4: Tally(200, 2)}


@tagged("post_install", "-at_install")
class TestOwnFiguresRule(BaseCase):
    """What a station is told of the others: a mean of several, never one of them."""

    def test_mean_of_others(self):
        table = (
            ("three others, every event counts alike", OWN, FULL, 75),
            ("oneself is not among the others", 4, FULL, 200 / 3),
            ("who has nothing himself still sees the mean", 9, FULL, 80),
            ("two others would give one away", OWN, {**FULL, 4: NONE}, None),
            ("alone", OWN, {OWN: Tally(100, 1)}, None),
            ("nobody", OWN, {}, None),
        )
        for what, own, tallies, expected in table:
            with self.subTest(what):
                found = mean_of_others(own, tallies)
                if expected is None:
                    self.assertIsNone(found)
                else:
                    self.assertAlmostEqual(found, expected)

    def test_of_nothing_there_is_no_mean(self):
        self.assertIsNone(total([]).mean)
        self.assertEqual(total([NONE, Tally(3, 2)]).mean, 1.5)
