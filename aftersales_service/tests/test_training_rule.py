from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.training import (
    SkillTerm,
    keep_longest,
    renew,
    standing,
    take_back,
)

EARLY, MIDDLE, LATE = date(2026, 6, 30), date(2027, 6, 30), date(2028, 6, 30)


def term(until, *certificates, before=None):
    return SkillTerm(until=until, certificates=certificates, before=before)


@tagged("post_install", "-at_install")
class TestTrainingRule(BaseCase):
    """Certificates prolong a skill, and leave it as it was when they are undone."""

    def test_a_certificate_prolongs_and_never_cuts_short(self):
        table = [
            (term(EARLY), MIDDLE, term(MIDDLE, MIDDLE, before=EARLY)),
            (term(LATE), MIDDLE, term(LATE, MIDDLE, before=LATE)),
            (term(EARLY), None, term(None, None, before=EARLY)),
            (term(None), LATE, None),
            (term(None), None, None),
            (term(EARLY, EARLY), LATE, term(LATE, EARLY, LATE)),
            (
                term(MIDDLE, MIDDLE, before=EARLY),
                LATE,
                term(LATE, MIDDLE, LATE, before=EARLY),
            ),
            # Prolonged by hand in between: that is kept.
            (
                term(MIDDLE, EARLY),
                LATE,
                term(LATE, EARLY, LATE, before=MIDDLE),
            ),
        ]
        for skill, until, expected in table:
            with self.subTest(skill=skill, until=until):
                self.assertEqual(renew(skill, until), expected)

    def test_undo_takes_back_what_the_certificate_gave(self):
        table = [
            # The one that opened it: it goes with it.
            (term(EARLY, EARLY), EARLY, None),
            (term(None, None), None, None),
            # Another certificate carries it on.
            (term(LATE, EARLY, LATE), LATE, term(EARLY, EARLY)),
            (term(LATE, EARLY, LATE), EARLY, term(LATE, LATE)),
            (term(LATE, LATE, LATE), LATE, term(LATE, LATE)),
            (term(None, None, LATE), None, term(LATE, LATE)),
            # What the office had given comes back.
            (term(MIDDLE, MIDDLE, before=EARLY), MIDDLE, term(EARLY)),
            (
                term(LATE, EARLY, LATE, before=MIDDLE),
                LATE,
                term(MIDDLE, EARLY, before=MIDDLE),
            ),
            # What somebody changed by hand stays.
            (term(LATE, MIDDLE, before=EARLY), MIDDLE, term(LATE)),
            (term(EARLY, MIDDLE), MIDDLE, term(EARLY)),
            (term(None, MIDDLE), MIDDLE, term(None)),
        ]
        for skill, until, expected in table:
            with self.subTest(skill=skill, until=until):
                self.assertEqual(take_back(skill, until), expected)


@tagged("post_install", "-at_install")
class TestCertificateRule(BaseCase):
    """A station is shown what counts, what ends first at the beginning."""

    def test_whoever_passed_again_has_the_longest(self):
        table = [
            ([], []),
            ([("a", EARLY), ("b", LATE)], [0, 1]),
            ([("a", LATE), ("b", EARLY)], [1, 0]),
            ([("a", EARLY), ("a", LATE)], [1]),
            ([("a", LATE), ("a", EARLY)], [0]),
            ([("a", None), ("a", LATE)], [0]),
            ([("a", EARLY), ("a", EARLY)], [1]),
            ([("a", None), ("b", LATE)], [1, 0]),
        ]
        for certificates, places in table:
            with self.subTest(certificates=certificates):
                self.assertEqual(keep_longest(certificates), places)

    def test_the_last_day_still_holds(self):
        today = date(2026, 6, 1)
        table = [
            (None, "valid"),
            (date(2026, 8, 1), "valid"),
            (date(2026, 7, 31), "ending"),
            (date(2026, 6, 1), "ending"),
            (date(2026, 5, 31), "ended"),
        ]
        for until, expected in table:
            with self.subTest(until=until):
                self.assertEqual(standing(until, today, 60), expected)
