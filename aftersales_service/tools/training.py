"""Training: what a passed course does to a station's skill, and how it is undone.

And what of it a station is shown: who is certified for what, and until when.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class SkillTerm:
    """How long a skill lasts and what certificates have to do with that.

    until: its last day, None for no end.
    certificates: last days of the certificates that carry it, None for no end.
    before: its last day before the first of them renewed it, None where one opened it.
    """

    until: date | None
    certificates: tuple[date | None, ...] = ()
    before: date | None = None


def _day(until: date | None) -> date:
    """Return a day that compares; no end is the last day there is."""
    return until or date.max


def _is_held(term: SkillTerm, certificates: Iterable[date | None]) -> bool:
    """Whether the skill lasts as long as its certificates say, so nobody changed it."""
    return _day(term.until) == max(map(_day, certificates), default=None)


def renew(term: SkillTerm, until: date | None) -> SkillTerm | None:
    """Return the skill after one more certificate; a longer end is never cut short.

    None: it needs none, somebody gave it without an end.
    """
    before = term.before
    if not _is_held(term, term.certificates):
        if term.until is None:
            return None
        # Somebody gave it this end by hand: that is what an undo leaves.
        before = term.until
    return SkillTerm(
        until=max(term.until, until) if term.until and until else None,
        certificates=(*term.certificates, until),
        before=before,
    )


def take_back(term: SkillTerm, until: date | None) -> SkillTerm | None:
    """Return the skill without one of its certificates, None when it ends with it.

    An end that somebody changed by hand since stays as it is.
    """
    others = list(term.certificates)
    others.remove(until)
    last = term.until
    if _is_held(term, term.certificates):
        ends = [_day(end) for end in others]
        if term.before:
            ends.append(term.before)
        if not ends:
            return None
        last = None if max(ends) == date.max else max(ends)
    return SkillTerm(
        until=last,
        certificates=tuple(others),
        before=term.before if others else None,
    )


def keep_longest(certificates: Iterable[tuple[Hashable, date | None]]) -> list[int]:
    """Return the positions of those that count, what ends first at the beginning.

    :param certificates: (who it was given for what, last day or None for no end) each;
        whoever passed again has the one that lasts longest, of equal ones the later
    """
    best: dict[Hashable, tuple[date, int]] = {}
    for place, (key, until) in enumerate(certificates):
        best[key] = max(best.get(key, (date.min, 0)), (_day(until), place))
    return [place for _until, place in sorted(best.values())]


def standing(until: date | None, today: date, warning_days: int) -> str:
    """Return ``ended``, ``ending`` (within so many days, today included) or ``valid``.

    :param until: its last day, on which it still holds; None for no end
    """
    if until is None or until > today + timedelta(days=warning_days):
        return "valid"
    return "ended" if until < today else "ending"
