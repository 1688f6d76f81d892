"""Dispatch: which station gets the job, and why not the others.

Two steps. Hard filters drop the stations that cannot do it (`exclude`); the others
are ranked by a weighted sum of criteria, each brought to 0..1 (`rank`). Both are
tuples of functions that another addon extends. Callers import from here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from .dispatch_filter import (
    FILTERS,
    Candidate,
    Coverage,
    Filter,
    Job,
    Skill,
    coverage_rank,
    exclude,
    skill_level,
)
from .geo import Precision
from .plain import plain
from .verdict import Verdict

__all__ = [
    "CRITERIA",
    "FILTERS",
    "Candidate",
    "Coverage",
    "Excluded",
    "Filter",
    "Job",
    "Ranked",
    "Ranking",
    "Reason",
    "Skill",
    "Value",
    "as_json",
    "cost",
    "coverage_rank",
    "exclude",
    "from_json",
    "rank",
    "skill_level",
]

STORED_BEST = 10
"""How many ranked stations a work order remembers."""

TOP_SKILL_LEVEL = 3
"""Skill levels run from 1 to this."""

TOP_SCORE = 2.0
"""Station scores run from 0 to this; 1 is neutral."""

NEUTRAL_SCORE = 1.0
COST_PER_POINT = 100
"""Batch dispatch counts in whole numbers: hundredths of a point."""

DIGITS = 4
"""Decimals of normalised values and points: enough to rank, stable to store."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    """One criterion of one station.

    raw: as a person reads it (km, free share, level, ...), None when unknown.
    normalised: 0 (worst) to 1 (best). precision: only for distance.
    """

    raw: float | None
    normalised: float
    precision: Precision | None = None


Criterion = Callable[[Candidate, Job], Value]


def rate_coverage(candidate: Candidate, job: Job) -> Value:
    """First choice of the territory 1, second 1/2, third 1/3; uncovered 0."""
    rank_ = coverage_rank(candidate, job)
    return Value(raw=rank_, normalised=1 / max(rank_, 1) if rank_ is not None else 0.0)


def rate_distance(candidate: Candidate, job: Job) -> Value:
    """Linear from 1 at the door to 0 at ``reach_km``; unknown: coverage decides."""
    km, precision = candidate.distance.km, candidate.distance.precision
    if km is None:
        normalised = rate_coverage(candidate, job).normalised
        return Value(raw=None, normalised=normalised, precision="none")
    normalised = 1 - km / job.reach_km if job.reach_km > 0 else 0.0
    return Value(raw=km, normalised=normalised, precision=precision)


def rate_load(candidate: Candidate, _job: Job) -> Value:
    """Share of the day's capacity that is taken; an empty day is best."""
    taken = candidate.used / candidate.capacity if candidate.capacity > 0 else 1.0
    return Value(raw=round(taken, DIGITS), normalised=1 - taken)


def rate_parts(candidate: Candidate, _job: Job) -> Value:
    """Share of the needed parts on hand; nothing needed means nothing missing."""
    share = candidate.parts_share
    return Value(raw=share, normalised=1.0 if share is None else share)


def rate_score(candidate: Candidate, _job: Job) -> Value:
    """Quality so far; a station without a score counts as neutral."""
    score = candidate.score
    known = NEUTRAL_SCORE if score is None else score
    return Value(raw=score, normalised=known / TOP_SCORE)


def rate_skill(candidate: Candidate, job: Job) -> Value:
    """Best valid skill level."""
    level = skill_level(candidate, job)
    return Value(raw=level, normalised=(level or 0) / TOP_SKILL_LEVEL)


CRITERIA: Mapping[str, Criterion] = {
    "distance": rate_distance,
    "load": rate_load,
    "parts": rate_parts,
    "score": rate_score,
    "skill": rate_skill,
    "coverage": rate_coverage,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why a station has points: ``points = weight * normalised`` (see `Value`)."""

    criterion: str
    raw: float | None
    normalised: float
    weight: float
    points: float
    precision: Precision | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """A station that can do the job, on its ``day``, and why it stands where it does.

    position: from 1. points: sum of the reasons.
    """

    station_id: int
    position: int
    points: float
    day: date | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Excluded:
    """A station that cannot do the job, and the first reason why."""

    station_id: int
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranking:
    """All stations asked about one job.

    ranked: best first. ranked_count: how many there were, also when only the best
    are stored. excluded: one by one, only on a fresh ranking. excluded_counts:
    number of stations by reason code.
    """

    ranked: tuple[Ranked, ...] = ()
    ranked_count: int = 0
    excluded: tuple[Excluded, ...] = ()
    excluded_counts: dict[str, int] = field(default_factory=dict, hash=False)

    @property
    def best(self) -> Ranked | None:
        """First choice, None when no station can do the job."""
        return self.ranked[0] if self.ranked else None

    def of(self, station_id: int) -> Ranked | None:
        """Return the ranked entry of one station, None when it is not among them."""
        return next((r for r in self.ranked if r.station_id == station_id), None)


def rank(
    job: Job,
    candidates: Iterable[Candidate],
    weights: Mapping[str, float],
    criteria: Mapping[str, Criterion] = CRITERIA,
    filters: tuple[Filter, ...] = FILTERS,
) -> Ranking:
    """Return the stations that can do the job, best first, and why the others cannot.

    weights: by criterion code, 0 or absent counts nothing and gives no reason.
    Equal points: better coverage rank, then nearer, then the lower station id.
    """
    excluded: list[Excluded] = []
    keyed: list[tuple[tuple[float, float, float, int], Ranked]] = []
    for candidate in candidates:
        verdict = exclude(candidate, job, filters)
        if verdict:
            excluded.append(Excluded(station_id=candidate.station_id, verdict=verdict))
            continue
        entry = _entry(candidate, job, _reasons(candidate, job, weights, criteria))
        keyed.append((_order(candidate, job, entry.points), entry))
    keyed.sort(key=lambda item: item[0])
    excluded.sort(key=lambda item: item.station_id)
    counts = Counter(item.verdict.code for item in excluded)
    return Ranking(
        ranked=tuple(
            replace(entry, position=place)
            for place, (_key, entry) in enumerate(keyed, start=1)
        ),
        ranked_count=len(keyed),
        excluded=tuple(excluded),
        excluded_counts=dict(sorted(counts.items())),
    )


def _entry(candidate: Candidate, job: Job, reasons: tuple[Reason, ...]) -> Ranked:
    """The station with its points, before it has a place."""
    return Ranked(
        station_id=candidate.station_id,
        position=0,
        points=round(sum(reason.points for reason in reasons), DIGITS),
        day=candidate.day or job.day,
        reasons=reasons,
    )


def _reasons(
    candidate: Candidate,
    job: Job,
    weights: Mapping[str, float],
    criteria: Mapping[str, Criterion],
) -> tuple[Reason, ...]:
    """What each weighted criterion gives the station, in the order of ``criteria``."""
    reasons = []
    for code, criterion in criteria.items():
        weight = weights.get(code, 0)
        if not weight:
            continue
        value = criterion(candidate, job)
        normalised = round(min(max(value.normalised, 0.0), 1.0), DIGITS)
        reasons.append(
            Reason(
                criterion=code,
                raw=value.raw,
                normalised=normalised,
                weight=weight,
                points=round(weight * normalised, DIGITS),
                precision=value.precision,
            )
        )
    return tuple(reasons)


def _order(
    candidate: Candidate, job: Job, points: float
) -> tuple[float, float, float, int]:
    """Sort key: points falling, coverage rank, distance, station id."""
    rank_ = coverage_rank(candidate, job)
    km = candidate.distance.km
    return (
        -points,
        float("inf") if rank_ is None else rank_,
        float("inf") if km is None else km,
        candidate.station_id,
    )


def cost(entry: Ranked, weights: Mapping[str, float]) -> int:
    """Return what a station lacks to the best there could be, in 0.01 points.

    That is the whole number which batch dispatch adds up over all requests.
    """
    return max(round(COST_PER_POINT * (sum(weights.values()) - entry.points)), 0)


def as_json(
    ranking: Ranking, limit: int = STORED_BEST, keep: int | None = None
) -> dict[str, Any]:
    """Return what a work order stores: the best, and the excluded by reason.

    keep: a station that is stored even if it is not among the best.
    """
    best = ranking.ranked[:limit]
    kept = ranking.of(keep) if keep else None
    return {
        "version": 1,
        "ranked_count": ranking.ranked_count,
        "ranked": plain(best if kept is None or kept in best else (*best, kept)),
        "excluded": dict(ranking.excluded_counts),
    }


def from_json(stored: Mapping[str, Any] | None) -> Ranking:
    """Return the ranking that `as_json` stored, empty for None or an empty object."""
    if not stored:
        return Ranking()
    ranked = tuple(_stored_entry(item) for item in stored["ranked"])
    return Ranking(
        ranked=ranked,
        ranked_count=stored["ranked_count"],
        excluded_counts=dict(stored["excluded"]),
    )


def _stored_entry(item: Mapping[str, Any]) -> Ranked:
    """One ranked station out of its JSON object."""
    day = item.get("day")
    return Ranked(
        station_id=item["station_id"],
        position=item["position"],
        points=item["points"],
        day=date.fromisoformat(day) if day else None,
        reasons=tuple(Reason(**reason) for reason in item["reasons"]),
    )
