from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools import deadline as rule


def at(text):
    """``"12 09:30"`` is that hour of a day in October 2026."""
    return datetime.strptime(f"2026-10-{text}", "%Y-%m-%d %H:%M")


# 12 October 2026 is a Monday; 8 to 12 and 13 to 17.
SPANS = [
    (at(f"{day} {begin}:00"), at(f"{day} {end}:00"))
    for day in (12, 13, 14)
    for begin, end in (("08", "12"), ("13", "17"))
]


@tagged("post_install", "-at_install")
class TestDeadlineRule(BaseCase):
    """The clock stops while waiting; each warning is told once."""

    def test_deadline_moves_by_the_working_time_of_the_pause(self):
        table = [
            # deadline, stopped, resumed, deadline afterwards
            ("one hour", "12 11:00", "12 09:00", "12 10:00", "12 12:00"),
            ("over lunch", "12 11:00", "12 10:00", "12 14:00", "12 15:00"),
            ("lunch only", "12 15:00", "12 12:00", "12 13:00", "12 15:00"),
            ("over night", "12 16:00", "12 15:00", "13 09:00", "13 10:00"),
            ("at night", "13 09:00", "12 18:00", "13 07:00", "13 09:00"),
            ("late before", "12 09:00", "12 10:00", "13 10:00", "12 09:00"),
            ("no pause", "12 11:00", "12 10:00", "12 10:00", "12 11:00"),
            ("too long", "12 16:00", "12 08:00", "14 16:00", None),
        ]
        for name, deadline, stopped, resumed, expected in table:
            with self.subTest(name):
                moved = rule.resume(at(deadline), at(stopped), at(resumed), SPANS)
                self.assertEqual(moved, expected and at(expected))

    def test_pauses_are_cut_out_of_working_time(self):
        pauses = [(at("12 09:00"), at("12 10:00")), (at("12 11:00"), at("13 09:00"))]
        self.assertEqual(
            rule.subtract(SPANS, pauses)[:4],
            [
                (at("12 08:00"), at("12 09:00")),
                (at("12 10:00"), at("12 11:00")),
                (at("13 09:00"), at("13 12:00")),
                (at("13 13:00"), at("13 17:00")),
            ],
        )

    def _facts(self, **vals):
        return rule.AlertFacts(
            **{
                "answer_deadline": at("12 10:00"),
                "resolve_deadline": at("12 14:00"),
                "warn_before": timedelta(hours=1),
                **vals,
            }
        )

    def test_who_is_told_when(self):
        told = frozenset(
            {("answer_warning", at("12 10:00")), ("answer_late", at("12 10:00"))}
        )
        table = [
            # what is due at a moment, and when to look next
            ("early", {}, "12 08:30", [], "12 09:00"),
            ("warned", {}, "12 09:00", ["answer_warning"], "12 10:00"),
            ("late at once", {}, "12 10:00", ["answer_late"], "12 13:00"),
            ("answered", {"is_answered": True}, "12 10:00", [], "12 13:00"),
            ("told", {"told": told}, "12 12:00", [], "12 13:00"),
            ("both", {}, "12 13:00", ["answer_late", "resolve_warning"], "12 14:00"),
            ("all late", {}, "12 15:00", ["answer_late", "resolve_late"], None),
            ("waiting", {"is_running": False}, "12 15:00", [], None),
            (
                "the law does not wait",
                {
                    "is_running": False,
                    "repair_alarm_at": at("12 12:00"),
                    "repair_limit": at("14 12:00"),
                },
                "12 15:00",
                ["repair_warning"],
                "14 12:00",
            ),
            (
                "repair without a warning",
                {"is_running": False, "repair_limit": at("12 14:00")},
                "12 15:00",
                ["repair_late"],
                None,
            ),
            ("no warning", {"warn_before": timedelta()}, "12 09:30", [], "12 10:00"),
            (
                "moved deadline is told anew",
                {"told": told, "answer_deadline": at("12 11:00")},
                "12 11:00",
                ["answer_late"],
                "12 13:00",
            ),
        ]
        for name, vals, now, kinds, following in table:
            with self.subTest(name):
                facts = self._facts(**vals)
                due = rule.due_alerts(facts, at(now))
                self.assertEqual([alert.kind for alert in due], kinds)
                self.assertEqual(
                    rule.next_alert_at(facts, at(now)), following and at(following)
                )
