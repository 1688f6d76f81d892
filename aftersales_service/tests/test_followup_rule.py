from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.followup import (
    MAX_TEXT_LENGTH,
    Choice,
    Measures,
    Question,
    complaints,
    due_date,
    measure,
    read_answers,
)

HAPPY = Question(
    id=1,
    kind="scale",
    measure="satisfaction",
    is_required=True,
    minimum=1,
    maximum=5,
)
RUNS = Question(
    id=2,
    kind="simple_choice",
    measure="is_solved",
    is_required=True,
    choices=(Choice(id=21, value=1), Choice(id=22)),
)
ASKED = Question(
    id=3,
    kind="simple_choice",
    measure="is_charged_extra",
    choices=(Choice(id=31, value=1), Choice(id=32)),
)
AMOUNT = Question(
    id=4,
    kind="numerical_box",
    measure="charged_amount",
    is_required=True,
    minimum=0,
    shown_by=frozenset({31}),
)
WORDS = Question(id=5, kind="text_box", measure="comment")
SEVERAL = Question(
    id=6,
    kind="multiple_choice",
    choices=(Choice(id=61, value=1), Choice(id=62, value=3)),
)
DAY = Question(id=7, kind="date")
ALL = (HAPPY, RUNS, ASKED, AMOUNT, WORDS, SEVERAL, DAY)


@tagged("post_install", "-at_install")
class TestFollowupRule(BaseCase):
    """What the customer says is read once, and counted the same for ever."""

    def test_answers_are_read_in_their_types(self):
        typed = {
            "1": 4,
            "2": 21,
            "3": 32,
            "5": "  runs well ",
            "6": [62, 61, 62],
            "7": "2026-02-28",
        }
        answers, errors = read_answers(ALL, typed)
        self.assertFalse(errors)
        self.assertEqual(
            answers,
            {1: 4, 2: 21, 3: 32, 5: "runs well", 6: [61, 62], 7: "2026-02-28"},
        )

    def test_what_is_missing_or_wrong_is_named(self):
        table = [
            ({"2": 21}, [("required", 1)]),
            ({"1": "", "2": 21}, [("required", 1)]),
            ({"1": 6, "2": 21}, [("invalid", 1)]),
            ({"1": 0, "2": 21}, [("invalid", 1)]),
            ({"1": 2.5, "2": 21}, [("invalid", 1)]),
            ({"1": True, "2": 21}, [("invalid", 1)]),
            ({"1": "x", "2": 21}, [("invalid", 1)]),
            ({"1": 3, "2": 31}, [("invalid", 2)]),
            ({"1": 3, "2": [21]}, [("invalid", 2)]),
            ({"1": 3, "2": 21, "3": 31}, [("required", 4)]),
            ({"1": 3, "2": 21, "3": 31, "4": -1}, [("invalid", 4)]),
            ({"1": 3, "2": 21, "3": 31, "4": "nan"}, [("invalid", 4)]),
            ({"1": 3, "2": 21, "5": 7}, [("invalid", 5)]),
            ({"1": 3, "2": 21, "6": 61}, [("invalid", 6)]),
            ({"1": 3, "2": 21, "6": [63]}, [("invalid", 6)]),
            ({"1": 3, "2": 21, "7": "31.12.2026"}, [("invalid", 7)]),
            ({}, [("required", 1), ("required", 2)]),
        ]
        for typed, expected in table:
            with self.subTest(typed=typed):
                _answers, errors = read_answers(ALL, typed)
                found = [(e.code, e.params["question_id"]) for e in errors]
                self.assertEqual(found, expected)
                self.assertTrue(all(error.blocks for error in errors))

    def test_a_question_that_was_not_asked_has_no_answer(self):
        typed = {"1": 4, "2": 21, "3": 32, "4": 50, "99": 1}
        answers, errors = read_answers(ALL, typed)
        self.assertFalse(errors)
        self.assertNotIn(4, answers)
        self.assertNotIn(99, answers)

    def test_a_text_is_bounded(self):
        answers, _errors = read_answers([WORDS], {"5": "x" * 100_000})
        self.assertEqual(len(answers[5]), MAX_TEXT_LENGTH)

    def test_measures_come_from_the_questions_that_name_them(self):
        table = [
            ({}, Measures()),
            (
                {1: 4, 2: 21, 3: 32, 5: "well"},
                Measures(
                    satisfaction=4,
                    is_solved=True,
                    is_charged_extra=False,
                    comment="well",
                ),
            ),
            (
                {1: 1, 2: 22, 3: 31, 4: 50.0},
                Measures(
                    satisfaction=1,
                    is_solved=False,
                    is_charged_extra=True,
                    charged_amount=50.0,
                ),
            ),
            # Whoever names an amount was asked for it, whatever he said before.
            ({3: 32, 4: 5.0}, Measures(is_charged_extra=True, charged_amount=5.0)),
            ({3: 32, 4: 0.0}, Measures(is_charged_extra=False, charged_amount=0.0)),
        ]
        for answers, expected in table:
            with self.subTest(answers=answers):
                self.assertEqual(measure(ALL, answers), expected)

    def test_a_choice_may_stand_for_a_number(self):
        words = Question(
            id=1,
            kind="multiple_choice",
            measure="satisfaction",
            choices=(Choice(id=1, value=2), Choice(id=2, value=4)),
        )
        self.assertEqual(measure([words], {1: [1, 2]}).satisfaction, 4)

    def test_bad_unsolved_or_charged_is_a_complaint(self):
        table = [
            (Measures(), ()),
            (Measures(satisfaction=5, is_solved=True, is_charged_extra=False), ()),
            (Measures(satisfaction=3), ()),
            (Measures(satisfaction=2), ("dissatisfied",)),
            (Measures(satisfaction=1, is_solved=True), ("dissatisfied",)),
            (Measures(satisfaction=5, is_solved=False), ("not_solved",)),
            (Measures(satisfaction=5, is_charged_extra=True), ("charged_extra",)),
            (
                Measures(
                    satisfaction=1,
                    is_solved=False,
                    is_charged_extra=True,
                    charged_amount=80.0,
                ),
                ("dissatisfied", "not_solved", "charged_extra"),
            ),
        ]
        for measures, codes in table:
            with self.subTest(measures=measures):
                found = complaints(measures)
                self.assertEqual(tuple(verdict.code for verdict in found), codes)

    def test_due_some_days_after(self):
        table = [
            (date(2026, 2, 27), 2, date(2026, 3, 1)),
            (date(2024, 2, 27), 2, date(2024, 2, 29)),
            (date(2026, 12, 31), 0, date(2026, 12, 31)),
        ]
        for done_on, days, due in table:
            self.assertEqual(due_date(done_on, days), due)
