"""The road of a request: which step is next, and what may not be done yet.

The steps of a request type are data; the rule only knows what each kind of step needs
to be done. Codes of ``what``:

machine   the request names its machine
warranty  who pays is decided
approve   somebody with a role says yes
task      somebody does something that no other step knows, and says so
dispatch  a station has done the job
report    the office has accepted the station's report
callback  the customer was asked how it went
answer    the department has answered in writing
classify  its kind is chosen; a request that needs no more closes by that
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

WHATS = (
    "machine",
    "warranty",
    "approve",
    "task",
    "dispatch",
    "report",
    "callback",
    "answer",
    "classify",
)
"""Every kind of step, in the order a usual road has them."""

DONE, OPEN, RUNNING, SKIPPED = "done", "open", "running", "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a request type.

    key: its id, None for a step that is implied.
    is_gate: nothing after it may be done before it.
    only_if: "always", or by the warranty decision "customer_pays", "maker_pays".
    makes_followup: a callback that nothing else brings about.
    """

    key: int | None
    what: str
    is_gate: bool = False
    only_if: str = "always"
    makes_followup: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of one request.

    warranty: result of the decision in force, None while there is none.
    job: state of the work: "none" (nobody has it), "running", "reported", "done".
    followup: "none", "due" or "closed" (answered, or given up).
    marks: {key of a step: "asked", "approved", "refused" or "done"}.
    """

    has_machine: bool = False
    warranty: str | None = None
    job: str = "none"
    followup: str = "none"
    is_answered: bool = False
    is_classified: bool = False
    marks: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """Where a step stands: done, open, running (others are at work) or skipped."""

    step: Step
    state: str


def walk(steps: Iterable[Step], facts: Facts) -> tuple[Stop, ...]:
    """Return where each step stands, in the order of the road."""
    return tuple(Stop(step=step, state=_state(step, facts)) for step in steps)


def find_next(stops: Iterable[Stop]) -> Stop | None:
    """Return what the road waits for, or None at its end.

    That is the first step not done; one that can wait (the machine's name) lets what
    follows go first, a gate or a job at work does not.
    """
    waiting = None
    for stop in stops:
        if stop.state in (DONE, SKIPPED):
            continue
        if stop.step.what == "machine" and not stop.step.is_gate:
            waiting = waiting or stop
            continue
        return stop
    return waiting


def find_gate(stops: Iterable[Stop], what: str, key: int | None = None) -> Stop | None:
    """Return the gate that is shut before a step, or None where the way is free.

    The step is the first of its kind, or the one with ``key``. A kind that the road
    does not have is free.
    """
    shut = None
    for stop in stops:
        if stop.step.what == what and key in (None, stop.step.key):
            return shut
        if stop.step.is_gate and shut is None and stop.state in (OPEN, RUNNING):
            shut = stop
    return None


def find_open(stops: Iterable[Stop]) -> Stop | None:
    """Return the first step that closing still needs, or None."""
    return next((stop for stop in stops if stop.state in (OPEN, RUNNING)), None)


def ends_by_classifying(stops: Iterable[Stop]) -> bool:
    """Tell whether the road ends with the choice of a kind, and that was made."""
    stops = tuple(stops)
    return bool(stops) and stops[-1].step.what == "classify" and not find_open(stops)


def _state(step: Step, facts: Facts) -> str:
    if not _is_wanted(step, facts):
        return SKIPPED
    return _STATES[step.what](step, facts)


def _is_wanted(step: Step, facts: Facts) -> bool:
    """Whether the condition of a step holds; while nobody knows, it may.

    So a gate that only a chargeable job has stays shut until who pays is decided.
    """
    if step.only_if == "always" or facts.warranty is None:
        return True
    pays = "maker_pays" if facts.warranty == "covered" else "customer_pays"
    return step.only_if == pays


def _is_done(value: bool) -> str:
    return DONE if value else OPEN


def _job_state(_step: Step, facts: Facts) -> str:
    return {"none": OPEN, "running": RUNNING}.get(facts.job, DONE)


def _report_state(_step: Step, facts: Facts) -> str:
    return {"reported": OPEN, "done": DONE}.get(facts.job, RUNNING)


def _callback_state(step: Step, facts: Facts) -> str:
    if facts.followup == "none":
        return OPEN if step.makes_followup else SKIPPED
    return _is_done(facts.followup != "due")


def _mark_state(step: Step, facts: Facts) -> str:
    return _is_done(facts.marks.get(step.key) in ("approved", "done"))


_STATES = {
    "machine": lambda _step, facts: _is_done(facts.has_machine),
    "warranty": lambda _step, facts: _is_done(facts.warranty is not None),
    "approve": _mark_state,
    "task": _mark_state,
    "dispatch": _job_state,
    "report": _report_state,
    "callback": _callback_state,
    "answer": lambda _step, facts: _is_done(facts.is_answered),
    "classify": lambda _step, facts: _is_done(facts.is_classified),
}
