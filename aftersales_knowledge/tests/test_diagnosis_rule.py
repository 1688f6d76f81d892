from odoo.tests import BaseCase, tagged

from ..controllers.portal_diagnosis import read_road
from ..tools.diagnosis import (
    MAX_ROAD,
    TRANSITIONS,
    Answer,
    Question,
    check,
    choose_guides,
    is_right,
    walk,
)
from ..tools.suggestion import Article, Fault


def ask(key, *targets):
    """A question whose answers 10·key+1… lead to questions, or to ends for None."""
    return Question(
        id=key,
        answers=tuple(
            Answer(id=10 * key + number, next_id=target, has_end=target is None)
            for number, target in enumerate(targets, start=1)
        ),
    )


WHOLE = [ask(1, 2, None), ask(2, None, None)]


@tagged("post_install", "-at_install")
class TestDiagnosisRule(BaseCase):
    """Whether a guide is whole, where a road leads, and what was right."""

    def _codes(self, questions):
        found = check(questions)
        return [(one.code, one.question_id, one.answer_id) for one in found]

    def test_a_guide_is_whole_or_told_what_it_lacks(self):
        table = [
            ("whole", WHOLE, []),
            ("none", [], [("empty", None, None)]),
            ("no answer", [ask(1)], [("choice", 1, None)]),
            ("one answer", [ask(1, None)], [("choice", 1, None)]),
            (
                "two roads to one question",
                [ask(1, 2, 3), ask(2, 3, None), ask(3, None, None)],
                [],
            ),
            ("lost", [ask(1, 9, None)], [("lost", 1, 11)]),
            (
                "unreached",
                [ask(1, None, None), ask(2, None, None)],
                [("unreached", 2, None)],
            ),
            ("to itself", [ask(1, 1, None)], [("circle", 1, 11)]),
            (
                "round, with a way in that is not blamed",
                [ask(1, 2, None), ask(2, 3, None), ask(3, 2, None)],
                [("circle", 2, 21), ("circle", 3, 31)],
            ),
            (
                "an island that goes round",
                [ask(1, None, None), ask(2, 3, None), ask(3, 2, None)],
                [
                    *(("circle", 2, 21), ("circle", 3, 31)),
                    *(("unreached", 2, None), ("unreached", 3, None)),
                ],
            ),
        ]
        for name, questions, expected in table:
            with self.subTest(name):
                self.assertEqual(self._codes(questions), expected)

    def test_an_end_names_something_that_goes_together_and_is_in_force(self):
        good = Answer(id=2, has_end=True)
        table = [
            (Answer(id=1, has_end=True), []),
            (Answer(id=1), ["nowhere"]),
            (Answer(id=1, next_id=2, has_end=True), ["both"]),
            (Answer(id=1, has_end=True, is_fit=False), ["unfit"]),
            (Answer(id=1, has_end=True, is_current=False), ["outdated"]),
        ]
        for answer, codes in table:
            questions = [Question(id=1, answers=(answer, good)), ask(2, None, None)]
            found = {one.code for one in check(questions) if one.answer_id == 1}
            with self.subTest(answer=answer):
                self.assertEqual(sorted(found), codes)

    def test_a_road_leads_as_far_as_it_belongs(self):
        table = [
            ([], (1, None, ())),
            ([11], (2, None, (11,))),
            ([12], (None, 12, (12,))),
            ([11, 22], (None, 22, (11, 22))),
            ([11, 22, 11], (None, 22, (11, 22))),
            ([22], (1, None, ())),
            ([11, 12], (2, None, (11,))),
            ([99, 11], (1, None, ())),
            (["11", None, {}], (1, None, ())),
            ([{"id": 11}], (1, None, ())),
            *((odd, (1, None, ())) for odd in (None, 11, "11", {"11": 1})),
        ]
        for road, expected in table:
            place = walk(WHOLE, road)
            with self.subTest(road=road):
                found = place.question_id, place.end_id, place.road
                self.assertEqual(found, expected)
        self.assertEqual(walk([], [1]).question_id, None)

    def test_a_road_round_and_round_ends(self):
        place = walk([ask(1, 1, None)], [11] * (MAX_ROAD + 50))
        self.assertEqual(len(place.road), MAX_ROAD)

    def test_an_answer_to_a_question_that_is_gone_asks_nothing(self):
        place = walk([ask(1, 9, None)], [11])
        self.assertEqual((place.question_id, place.end_id), (None, None))

    def test_guides_for_the_machine_come_first_and_others_not_at_all(self):
        guides = [
            Article(id=1),
            Article(id=2, category_ids=frozenset({7})),
            Article(id=3, product_ids=frozenset({5})),
            Article(id=4, product_ids=frozenset({6})),
            Article(id=5),
        ]
        known = Fault(product_id=5, category_path=(8, 7))
        self.assertEqual(choose_guides(guides, known), [3, 2, 1, 5])
        self.assertEqual(choose_guides(guides, Fault()), [1, 5, 2, 3, 4])

    def test_right_is_every_code_that_was_proposed_or_its_group(self):
        found = {"component": (31, 30), "symptom": (1,), "cause": ()}
        table = [
            ({"component": 31}, True),
            ({"component": 30}, True),
            ({"component": 32}, False),
            ({"component": 31, "symptom": 1}, True),
            ({"component": 31, "symptom": 2}, False),
            ({"component": 31, "cause": 4}, False),
            ({}, False),
        ]
        for proposed, expected in table:
            with self.subTest(proposed=proposed):
                self.assertEqual(is_right(proposed, found), expected)

    def test_an_address_is_read_as_far_as_it_is_numbers(self):
        table = [
            ("", []),
            ("3-7-9", [3, 7, 9]),
            ("3-", [3]),
            ("3-x-9", [3]),
            ("-3", []),
            ("3--9", [3]),
            ("９", []),
            ("1" * 10, []),
            ("1-" * 500, [1] * MAX_ROAD),
        ]
        for text, expected in table:
            with self.subTest(text=text[:20]):
                self.assertEqual(read_road(text), expected)

    def test_every_state_is_in_the_table(self):
        self.assertEqual(set(TRANSITIONS), {"draft", "published", "retired"})
