"""Follow-up: what a customer's answers say, and which of them are a complaint.

A questionnaire's questions stand as data; a question may name the measure it fills.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import Any

from .verdict import Verdict

# A satisfaction of this or less is a complaint; the scale is 1 to 5.
BAD_SATISFACTION = 2
SATISFACTION_SCALE = (1, 5)
MAX_TEXT_LENGTH = 4000

# The kinds of question an agent can ask over the telephone.
TEXTS = ("char_box", "text_box")
NUMBERS = ("scale", "numerical_box")
CHOICES = ("simple_choice", "multiple_choice")
KINDS = TEXTS + NUMBERS + CHOICES + ("date",)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One answer on offer; ``value`` is the number it counts as, for a measure."""

    id: int
    value: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of a questionnaire.

    kind: one of `KINDS`.
    measure: the measure its answer fills (a field of `Measures`), or None.
    minimum, maximum: bounds of a number, None for none.
    shown_by: choices of earlier questions of which one must be taken for this
        question to be asked; empty for always.
    """

    id: int
    kind: str
    measure: str | None = None
    is_required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Choice, ...] = ()
    shown_by: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """What is counted of an answer; None where the question was not answered.

    satisfaction: 1 (very bad) to 5 (very good).
    charged_amount: money asked beyond the report, in the company's currency.
    """

    satisfaction: int | None = None
    is_solved: bool | None = None
    is_charged_extra: bool | None = None
    charged_amount: float | None = None
    comment: str | None = None


def due_date(done_on: date, delay_days: int) -> date:
    """Return the day by which the customer is asked."""
    return done_on + timedelta(days=delay_days)


def read_answers(
    questions: Iterable[Question], typed: Mapping[str, Any]
) -> tuple[dict[int, Any], list[Verdict]]:
    """Return the answers in their proper types and what is wrong with them.

    :param questions: in the order they are asked
    :param typed: question id (as text) → what was typed: the id of a choice, a list
        of them, a number, a text or an ISO date. Questions of another questionnaire
        and questions that were not to be asked are left out.
    :return: answers by question id, None where an asked question was not answered;
        verdicts ``required`` and ``invalid`` with ``question_id``
    """
    answers: dict[int, Any] = {}
    errors: list[Verdict] = []
    taken: set[int] = set()
    for question in questions:
        if question.shown_by and not question.shown_by & taken:
            continue
        raw = typed.get(str(question.id))
        try:
            answer = None if raw in (None, "", []) else _read(question, raw)
        except (TypeError, ValueError):
            errors.append(_error("invalid", question))
            continue
        if answer is None and question.is_required:
            errors.append(_error("required", question))
        answers[question.id] = answer
        if question.kind in CHOICES:
            taken.update(answer if isinstance(answer, list) else [answer or 0])
    return answers, errors


def _error(code: str, question: Question) -> Verdict:
    return Verdict(code=code, params={"question_id": question.id}, blocks=True)


def _read(question: Question, raw: Any) -> Any:
    """One answer in its type. Raises TypeError or ValueError when it is none."""
    if question.kind in TEXTS:
        if not isinstance(raw, str):
            raise TypeError(raw)
        return raw.strip()[:MAX_TEXT_LENGTH] or None
    if question.kind in NUMBERS:
        return _read_number(question, raw)
    if question.kind == "date":
        return date.fromisoformat(raw).isoformat()
    known = {choice.id for choice in question.choices}
    given = raw if question.kind == "multiple_choice" else [raw]
    if not isinstance(given, list) or not all(type(one) is int for one in given):
        raise TypeError(raw)
    if not known.issuperset(given):
        raise ValueError(raw)
    return sorted(set(given)) if question.kind == "multiple_choice" else raw


def _read_number(question: Question, raw: Any) -> float | int:
    if isinstance(raw, bool):
        raise TypeError(raw)
    number = float(raw)
    low = question.minimum if question.minimum is not None else number
    high = question.maximum if question.maximum is not None else number
    if not isfinite(number) or not low <= number <= high:
        raise ValueError(raw)
    if question.kind == "scale":
        if number != int(number):
            raise ValueError(raw)
        return int(number)
    return number


def measure(questions: Iterable[Question], answers: Mapping[int, Any]) -> Measures:
    """Return what is counted, from answers as `read_answers` gives them."""
    found: dict[str, Any] = {}
    for question in questions:
        answer = answers.get(question.id)
        if question.measure and answer is not None:
            found[question.measure] = _measure(question, answer)
    if found.get("charged_amount"):
        # Whoever names an amount was asked for it.
        found["is_charged_extra"] = True
    return Measures(**found)


def _measure(question: Question, answer: Any) -> Any:
    if question.kind in CHOICES:
        values = {choice.id: choice.value for choice in question.choices}
        given = answer if isinstance(answer, list) else [answer]
        answer = max(values[choice_id] for choice_id in given)
    if question.measure in ("is_solved", "is_charged_extra"):
        return bool(answer)
    return answer


def complaints(measures: Measures) -> tuple[Verdict, ...]:
    """Return why this answer opens a problem sheet; empty when all is well."""
    found = []
    satisfaction = measures.satisfaction
    if satisfaction is not None and satisfaction <= BAD_SATISFACTION:
        params = {"satisfaction": satisfaction}
        found.append(Verdict(code="dissatisfied", params=params))
    if measures.is_solved is False:
        found.append(Verdict(code="not_solved"))
    if measures.is_charged_extra:
        params = {"amount": measures.charged_amount or 0}
        found.append(Verdict(code="charged_extra", params=params))
    return tuple(found)
