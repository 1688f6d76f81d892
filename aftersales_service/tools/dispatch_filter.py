"""The facts of dispatch, and which stations cannot do a job at all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from .geo import UNKNOWN, Distance
from .matching import in_force
from .verdict import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """A station serves a territory and what lies below it; rank 1 comes first."""

    territory_id: int
    rank: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Skill:
    """What a station can do; None means any. level: 1 to 3."""

    category_id: int | None = None
    request_type_id: int | None = None
    level: int = 1
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """What is to be done.

    day: wished for the work; a station may offer a later one. territory_path,
    category_path: ids from the leaf to the root (place of the fault; product
    category). reach_km: distance at which nearness counts nothing.
    """

    day: date
    territory_path: tuple[int, ...] = ()
    category_path: tuple[int, ...] = ()
    request_type_id: int | None = None
    reach_km: float = 200.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One station and the day it would do the job.

    day: the first one with a free place, None for the job's own. is_open: its
    calendar works then. has_declined: it said no to this request.
    capacity, used: jobs, from the job's day to its own (so that waiting weighs like
    load). distance: from it to the place.
    parts_share: share (0..1) of the parts needed that it has on hand, None when no
    part is known to be needed. score: 0 to 2, None without one. window: first and last
    day on which it could, its parts being there.
    """

    station_id: int
    is_active: bool = True
    is_open: bool = True
    has_declined: bool = False
    coverages: tuple[Coverage, ...] = ()
    skills: tuple[Skill, ...] = ()
    capacity: int = 0
    used: int = 0
    distance: Distance = UNKNOWN
    parts_share: float | None = None
    score: float | None = None
    day: date | None = None
    window: tuple[date, date] | None = None


Filter = Callable[[Candidate, Job], Verdict | None]


def coverage_rank(candidate: Candidate, job: Job) -> int | None:
    """Return the rank of the coverage nearest to the place, None when not covered.

    The station's line on the smallest territory counts; of several on it, the best.
    """
    for territory_id in job.territory_path:
        ranks = [
            line.rank
            for line in candidate.coverages
            if line.territory_id == territory_id
        ]
        if ranks:
            return min(ranks)
    return None


def skill_level(candidate: Candidate, job: Job) -> int | None:
    """Return the best level of a skill valid on its day, None without one.

    Of a machine that nobody has named yet the category is not asked.
    """
    day = candidate.day or job.day
    levels = [
        skill.level
        for skill in candidate.skills
        if in_force(day, skill.valid_from, skill.valid_until)
        and (
            skill.category_id is None
            or not job.category_path
            or skill.category_id in job.category_path
        )
        and skill.request_type_id in (None, job.request_type_id)
    ]
    return max(levels, default=None)


def check_active(candidate: Candidate, _job: Job) -> Verdict | None:
    """Stations that have left get nothing."""
    return None if candidate.is_active else Verdict(code="inactive", blocks=True)


def check_declined(candidate: Candidate, _job: Job) -> Verdict | None:
    """Who declined this request is not asked again."""
    return Verdict(code="declined", blocks=True) if candidate.has_declined else None


def check_coverage(candidate: Candidate, job: Job) -> Verdict | None:
    """The station must serve the place of the fault."""
    if coverage_rank(candidate, job) is None:
        return Verdict(code="not_covered", blocks=True)
    return None


def check_skill(candidate: Candidate, job: Job) -> Verdict | None:
    """The station must be able to, on that day."""
    if skill_level(candidate, job) is None:
        return Verdict(code="not_skilled", blocks=True)
    return None


def check_open(candidate: Candidate, _job: Job) -> Verdict | None:
    """The station must work that day."""
    return None if candidate.is_open else Verdict(code="closed", blocks=True)


def check_capacity(candidate: Candidate, _job: Job) -> Verdict | None:
    """The station must have a free slot."""
    if candidate.used < candidate.capacity:
        return None
    params = {"used": candidate.used, "capacity": candidate.capacity}
    return Verdict(code="full", params=params, blocks=True)


FILTERS: tuple[Filter, ...] = (
    check_active,
    check_declined,
    check_coverage,
    check_skill,
    check_open,
    check_capacity,
)


def exclude(
    candidate: Candidate, job: Job, filters: tuple[Filter, ...] = FILTERS
) -> Verdict | None:
    """Return the first reason why the station cannot do the job, None when it can."""
    for check in filters:
        verdict = check(candidate, job)
        if verdict:
            return verdict
    return None
