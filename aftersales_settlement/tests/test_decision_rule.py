from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools import decision

TODAY = date(2026, 3, 10)


@tagged("post_install", "-at_install")
class TestDecisionRule(BaseCase):
    """Reasons, clocks, limits and appeals as tables."""

    def test_a_reduced_line_needs_a_reason_of_its_kind(self):
        for kind, amount, reason, flaw in (
            ("approved", 10, None, None),
            ("approved", 10, "adjust", None),
            ("adjusted", 5, "adjust", None),
            ("adjusted", 0, "adjust", None),
            ("adjusted", 50, "adjust", None),
            ("adjusted", 5, None, "reason_missing"),
            ("adjusted", 5, "reject", "reason_wrong"),
            ("adjusted", -1, "adjust", "negative"),
            ("rejected", 0, "reject", None),
            ("rejected", 0, None, "reason_missing"),
            ("rejected", 0, "return", "reason_wrong"),
        ):
            with self.subTest(kind=kind, amount=amount, reason=reason):
                found = decision.line_flaw(kind, Decimal(amount), reason)
                self.assertEqual(found, flaw)

    def test_a_claim_is_rejected_when_every_line_is(self):
        for decisions, result in (
            ((), "approved"),
            (("rejected",), "rejected"),
            (("rejected", "rejected"), "rejected"),
            (("rejected", "adjusted"), "approved"),
            (("rejected", None), "approved"),
            (("approved",), "approved"),
        ):
            with self.subTest(decisions=decisions):
                self.assertEqual(decision.outcome(decisions), result)

    def test_who_may_finish_an_approval(self):
        for amount, limit, user, first, is_changed, step in (
            (100, None, 1, None, False, "final"),
            (100, 100, 1, None, False, "final"),
            (101, 100, 1, None, False, "first"),
            (101, 100, 1, 1, False, "same_person"),
            (101, 100, 1, 1, True, "same_person"),
            (101, 100, 2, 1, False, "final"),
            (101, 100, 2, 1, True, "first"),
            (90, 100, 1, 1, True, "final"),
            (1, 0, 1, None, False, "first"),
        ):
            with self.subTest(amount=amount, user=user, first=first):
                self.assertEqual(
                    decision.approval_step(
                        amount=Decimal(amount),
                        limit=None if limit is None else Decimal(limit),
                        user_id=user,
                        first_user_id=first,
                        is_changed=is_changed,
                    ),
                    step,
                )

    def test_the_last_day_of_a_clock_counts(self):
        self.assertEqual(decision.clock_end(TODAY, 14), date(2026, 3, 24))
        self.assertIsNone(decision.clock_end(TODAY, 0))
        for last, is_over in (
            (date(2026, 3, 9), True),
            (TODAY, False),
            (date(2026, 3, 11), False),
            (None, False),
        ):
            with self.subTest(last=last):
                self.assertEqual(decision.is_over(last, TODAY), is_over)

    def test_when_a_station_may_appeal(self):
        may = {
            "state": "rejected",
            "is_reduced": True,
            "today": TODAY,
            "appeal_by": TODAY,
        }
        for change, code in (
            ({}, None),
            ({"state": "approved"}, None),
            ({"state": "review"}, "not_decided"),
            ({"state": "settled"}, "not_decided"),
            ({"is_reduced": False}, "not_reduced"),
            ({"has_appealed": True}, "answered"),
            ({"is_on_sheet": True}, "on_sheet"),
            ({"appeal_by": date(2026, 3, 9)}, "too_late"),
            ({"appeal_by": None}, "too_late"),
        ):
            with self.subTest(change=change):
                facts = decision.AppealFacts(**{**may, **change})
                self.assertEqual(decision.appeal_obstacle(facts), code)
