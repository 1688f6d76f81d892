from odoo.tests import BaseCase, tagged

from ..tools.paid_service import ChargeRule, Earning, decide_earner

REPAIR, INSTALLATION = 1, 2
ANY = ChargeRule(id=9, earner="maker", sequence=20)
REPAIRS = ChargeRule(id=7, earner="station", request_type_ids=frozenset({REPAIR}))
SAME_PLACE = ChargeRule(id=8, earner="maker", request_type_ids=frozenset({REPAIR}))


@tagged("post_install", "-at_install")
class TestPaidServiceRule(BaseCase):
    """Who earns what a customer was asked for."""

    CASES = (
        ("no rule: the station keeps it", REPAIR, False, (), "station", None),
        ("the rule of its type", REPAIR, False, (ANY, REPAIRS), "station", 7),
        ("else that of every type", INSTALLATION, False, (ANY, REPAIRS), "maker", 9),
        ("no type fits only every type", None, False, (REPAIRS, ANY), "maker", 9),
        (
            "the lower id breaks a tie",
            REPAIR,
            False,
            (SAME_PLACE, REPAIRS),
            "station",
            7,
        ),
        ("an own team earns for us", REPAIR, True, (REPAIRS,), "maker", 7),
        ("also without a rule", REPAIR, True, (), "maker", None),
    )

    def test_who_earns(self):
        for name, kind, is_own, rules, earner, rule_id in self.CASES:
            with self.subTest(name):
                self.assertEqual(
                    decide_earner(kind, is_own, rules),
                    Earning(earner=earner, rule_id=rule_id),
                )
