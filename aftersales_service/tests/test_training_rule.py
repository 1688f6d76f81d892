from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.training import SkillTerm, renew, take_back

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
