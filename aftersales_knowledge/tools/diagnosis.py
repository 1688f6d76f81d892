"""A guided diagnosis: a tree of questions whose answers lead on or to an end.

Is it whole, where does a road of answers lead, and was its end right? The first
question of the list begins; several answers may lead to the same next question.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from . import suggestion

TRANSITIONS = {
    "draft": ("published", "retired"),
    "published": ("draft", "retired"),
    "retired": ("draft",),
}
"""State → what may follow it."""

MAX_ROAD = 100
"""Answers of a road that are read; more is nobody's diagnosis."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """Where an answer leads: to the next question or to an end.

    has_end: it names a code or an article.
    is_fit: its codes go with each other, see the fault dictionary.
    is_current: nothing it names is archived or unpublished.
    """

    id: int
    next_id: int | None = None
    has_end: bool = False
    is_fit: bool = True
    is_current: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """A question and its answers, in the order in which they are shown."""

    id: int
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What keeps a guide from being whole, and where.

    Codes: ``empty`` (no question), ``choice`` (fewer than two answers),
    ``nowhere`` (an answer without question or end), ``both`` (with either),
    ``lost`` (its question is not in the guide), ``unfit`` and ``outdated`` (what its
    end names), ``circle`` (it leads back), ``unreached`` (nobody comes to it).
    """

    code: str
    question_id: int | None = None
    answer_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a road leads: a question that is asked, or the answer that ended it.

    road: ids of the answers that were really given, in order.
    """

    question_id: int | None
    end_id: int | None
    road: tuple[int, ...] = ()


def check(questions: Sequence[Question]) -> list[Finding]:
    """Return everything that keeps a guide from being whole; empty when it is."""
    if not questions:
        return [Finding(code="empty")]
    known = {question.id for question in questions}
    findings = []
    for question in questions:
        if len(question.answers) < 2:
            findings.append(Finding(code="choice", question_id=question.id))
        findings += [
            Finding(code=code, question_id=question.id, answer_id=answer.id)
            for answer in question.answers
            if (code := _check_answer(answer, known))
        ]
    findings += _find_circles(questions)
    reached = _get_reached(questions, questions[0].id)
    findings += [
        Finding(code="unreached", question_id=question.id)
        for question in questions
        if question.id not in reached
    ]
    return findings


def _check_answer(answer: Answer, known: set[int]) -> str | None:
    """Return what is wrong with one answer by itself."""
    if answer.next_id is None:
        if not answer.has_end:
            return "nowhere"
        if not answer.is_current:
            return "outdated"
        return None if answer.is_fit else "unfit"
    if answer.has_end:
        return "both"
    return None if answer.next_id in known else "lost"


def _get_reached(questions: Sequence[Question], start: int | None) -> set[int]:
    """Return the questions that some road from ``start`` comes to, itself included.

    None, the end of a road, comes to none.
    """
    by_id = {question.id: question for question in questions}
    reached, waiting = set(), [start]
    while waiting:
        question = by_id.get(waiting.pop())
        if question and question.id not in reached:
            reached.add(question.id)
            waiting += [one.next_id for one in question.answers]
    return reached


def _find_circles(questions: Sequence[Question]) -> list[Finding]:
    """Return the answers from which one can come back to their own question."""
    return [
        Finding(code="circle", question_id=question.id, answer_id=answer.id)
        for question in questions
        for answer in question.answers
        if question.id in _get_reached(questions, answer.next_id)
    ]


def walk(questions: Sequence[Question], road: object) -> Place:
    """Return where a road leads; before the first answer that does not belong it ends.

    :param road: a list of ids of answers, or whatever somebody sent instead
    """
    steps = list(road)[:MAX_ROAD] if isinstance(road, (list, tuple)) else []
    by_id = {question.id: question for question in questions}
    place = questions[0] if questions else None
    given: list[int] = []
    for answer_id in steps:
        answers = place.answers if place else ()
        answer = next((one for one in answers if one.id == answer_id), None)
        if answer is None:
            break
        given.append(answer.id)
        if answer.next_id is None:
            return Place(question_id=None, end_id=answer.id, road=tuple(given))
        place = by_id.get(answer.next_id)
    return Place(
        question_id=place.id if place else None, end_id=None, road=tuple(given)
    )


def choose_guides(
    guides: Iterable[suggestion.Article], fault: suggestion.Fault
) -> list[int]:
    """Return the ids of guides for a machine, the nearest first, else as given.

    :param guides: for which machines each is, as an article says it
    :param fault: model and category of the machine
    """
    fits = [(suggestion.fit_product(guide, fault), guide.id) for guide in guides]
    found = [(fit, key) for fit, key in fits if fit is not None]
    return [key for _fit, key in sorted(found, key=lambda one: one[0])]


def is_right(proposed: Mapping[str, int], found: Mapping[str, tuple[int, ...]]) -> bool:
    """Tell whether what an end proposed is what the repair found.

    A group that is proposed stands for its codes; an end without codes is never right.

    :param proposed: kind → code of the end
    :param found: kind → path of the report's code, from the code up to the root
    """
    return bool(proposed) and all(
        code in found.get(kind, ()) for kind, code in proposed.items()
    )
