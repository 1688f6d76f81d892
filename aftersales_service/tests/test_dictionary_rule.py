from odoo.tests import BaseCase, tagged

from ..tools.dictionary import CHAIN, Code, before, goes_with, misfits

# Group 1 holds 11 and 12; symptom 21 is of group 1, 22 of 12 only.
PUMP = Code(path=(11, 1))
NOZZLE = Code(path=(12, 1))
STARTER = Code(path=(31, 3))
ANYTHING = Code(path=(20,))
SMOKE = Code(path=(21,), fits=(1,))
DRIPS = Code(path=(22,), fits=(12,))


@tagged("post_install", "-at_install")
class TestDictionaryRule(BaseCase):
    """Component → symptom → cause → remedy, each narrowing the next."""

    def test_goes_with_table(self):
        cases = (
            (ANYTHING, PUMP, True),
            (ANYTHING, None, True),
            (SMOKE, PUMP, True),
            (SMOKE, NOZZLE, True),
            (SMOKE, STARTER, False),
            (SMOKE, None, True),
            (DRIPS, NOZZLE, True),
            (DRIPS, PUMP, False),
        )
        for code, earlier, expected in cases:
            with self.subTest(code=code, earlier=earlier):
                self.assertEqual(goes_with(code, earlier), expected)

    def test_misfits_name_each_kind_that_does_not_follow(self):
        worn = Code(path=(40,), fits=(22,))
        cases = (
            ({}, []),
            ({"component": STARTER}, []),
            ({"component": STARTER, "symptom": SMOKE}, ["symptom"]),
            ({"component": PUMP, "symptom": SMOKE, "cause": worn}, ["cause"]),
            ({"component": NOZZLE, "symptom": DRIPS, "cause": worn}, []),
            ({"component": PUMP, "symptom": None, "cause": worn}, []),
            (
                {"component": STARTER, "symptom": SMOKE, "cause": worn},
                ["symptom", "cause"],
            ),
        )
        for codes, expected in cases:
            with self.subTest(codes=codes):
                self.assertEqual(misfits(codes), expected)

    def test_each_kind_but_the_first_has_one_before(self):
        self.assertEqual(
            [before(kind) for kind in CHAIN], [None, "component", "symptom", "cause"]
        )
