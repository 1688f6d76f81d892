"""The life of an article: who takes which step, and what the article lacks for it.

draft → review → published → retired. An editor writes and hands in, an approver
publishes, takes back and retires; nobody publishes what he changed last himself.
"""

from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

TRANSITIONS = {
    "draft": ("review", "retired"),
    "review": ("draft", "published"),
    "published": ("draft", "retired"),
    "retired": ("draft",),
}
"""State → what may follow it."""

STEPS = {
    "submit": (("draft",), "review"),
    "publish": (("review",), "published"),
    "send_back": (("review",), "draft"),
    "revise": (("published", "retired"), "draft"),
    "retire": (("draft", "published"), "retired"),
}
"""Step → (from which states, to which)."""

EDITOR_STEPS = ("submit", "send_back")
WRITTEN_STEPS = ("submit", "publish")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of an article and of who looks at it.

    is_own_edit: whoever looks at it changed what readers rely on last.
    """

    state: str
    is_editor: bool = False
    is_approver: bool = False
    is_own_edit: bool = False
    has_remedy: bool = False
    has_owner: bool = False


def find_refusal(step: str, facts: Facts) -> str | None:
    """Return why a step is refused, or None when it may be taken.

    Codes: ``state``, ``editor`` and ``approver`` (the role that is missing),
    ``own_edit``, ``empty`` and ``owner`` (what the article lacks).
    """
    states, _target = STEPS[step]
    if facts.state not in states:
        return "state"
    if step in EDITOR_STEPS and not facts.is_editor:
        return "editor"
    if step not in EDITOR_STEPS and not facts.is_approver:
        return "approver"
    if step == "publish" and facts.is_own_edit:
        return "own_edit"
    if step in WRITTEN_STEPS and not facts.has_remedy:
        return "empty"
    if step in WRITTEN_STEPS and not facts.has_owner:
        return "owner"
    return None


def is_offered(step: str, facts: Facts) -> bool:
    """Tell whether a step's button is shown: what is still to be typed may be told."""
    return find_refusal(step, facts) in (None, "empty", "owner")


def get_review_date(day: date, months: int) -> date:
    """Return when an article that was found right on ``day`` is looked at again."""
    return day + relativedelta(months=months)
