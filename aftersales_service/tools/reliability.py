"""How long machines run: survival of a population in which most still run.

A machine that has not failed is not left out, it is *censored*: it counts among those
at risk up to its age. Ages are months in service.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

from scipy.stats import norm


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """So many machines (count) that failed, or still ran, at one age in months."""

    age: float
    failed: bool
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """The curve just after one age at which machines failed.

    survival: share that still runs (Kaplan–Meier); hazard: failures per machine up to
    this age (Nelson–Aalen). Limits are None where nothing can be said: after the last
    machine of all has failed.
    """

    age: float
    at_risk: int
    failed: int
    survival: float
    survival_low: float | None
    survival_high: float | None
    hazard: float
    hazard_low: float
    hazard_high: float


def estimate_survival(
    lives: Iterable[Life], *, confidence: float = 0.95
) -> tuple[Step, ...]:
    """Return the Kaplan–Meier and Nelson–Aalen estimates, a step per age of failure.

    Of one age the failures come before the censored ones. Limits of the survival are
    Greenwood's, on the scale of log(-log S), so that they stay between 0 and 1; those
    of the hazard are on the scale of its logarithm. Without failures: no step.

    Sources: Kaplan & Meier (1958), JASA 53, 457-481; Greenwood (1926); Kalbfleisch &
    Prentice (2002), The Statistical Analysis of Failure Time Data, section 1.4;
    Nelson (1972), Technometrics 14, 945-966; Aalen (1978), Annals of Statistics 6.
    """
    z = norm.isf((1 - confidence) / 2)
    ended, failures = defaultdict(int), defaultdict(int)
    for life in lives:
        ended[life.age] += life.count
        if life.failed:
            failures[life.age] += life.count
    at_risk = sum(ended.values())
    survival, hazard, greenwood, spread = 1.0, 0.0, 0.0, 0.0
    steps = []
    for age in sorted(ended):
        if failed := failures[age]:
            survival *= 1 - failed / at_risk
            hazard += failed / at_risk
            spread += failed / at_risk**2
            if at_risk > failed:
                greenwood += failed / (at_risk * (at_risk - failed))
            low, high = _limit_survival(survival, greenwood, z)
            width = exp(z * sqrt(spread) / hazard)
            steps.append(
                Step(
                    age=age,
                    at_risk=at_risk,
                    failed=failed,
                    survival=survival,
                    survival_low=low,
                    survival_high=high,
                    hazard=hazard,
                    hazard_low=hazard / width,
                    hazard_high=hazard * width,
                )
            )
        at_risk -= ended[age]
    return tuple(steps)


def _limit_survival(
    survival: float, greenwood: float, z: float
) -> tuple[float | None, float | None]:
    if survival <= 0:
        return None, None
    width = exp(z * sqrt(greenwood) / -log(survival))
    return survival**width, survival ** (1 / width)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cohort:
    """So many machines (count) built in one month, seen up to one age in months.

    month: of production, any key that sorts, e.g. a date.
    """

    month: object
    age: float
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Failures:
    """So many failures (count) of a production month in a month of service, from 0."""

    month: object
    service_month: int
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """Failures per thousand machines in one month in service, and up to its end.

    exposure: machine-months lived in it; who is half through counts one half.
    per_thousand is None where nobody has lived.
    """

    month: object
    service_month: int
    exposure: float
    failures: int
    per_thousand: float | None
    cumulative: float


def measure_rates(
    cohorts: Iterable[Cohort], failures: Iterable[Failures]
) -> tuple[Rate, ...]:
    """Return failures per thousand by production month and month in service.

    A young machine is at risk only in the months it has lived, so builds of last month
    are not called good for being young. Repeated failures count each time: the sum over
    the months is the mean cumulative function.

    Source: Nelson (1995), Technometrics 37, 147-157; Lawless & Nadeau (1995),
    Technometrics 37, 158-168.
    """
    exposure = measure_exposure(cohorts)
    counts = defaultdict(int)
    for item in failures:
        counts[item.month, item.service_month] += item.count
    rates, cumulative = [], defaultdict(float)
    for key in sorted({*exposure, *counts}):
        month, service_month = key
        lived = exposure.get(key, 0.0)
        per_thousand = 1000 * counts[key] / lived if lived else None
        cumulative[month] += per_thousand or 0.0
        rates.append(
            Rate(
                month=month,
                service_month=service_month,
                exposure=lived,
                failures=counts[key],
                per_thousand=per_thousand,
                cumulative=cumulative[month],
            )
        )
    return tuple(rates)


def measure_exposure(cohorts: Iterable[Cohort]) -> dict[tuple[object, int], float]:
    """Return (production month, month in service) → machine-months lived in it."""
    exposure = defaultdict(float)
    for cohort in cohorts:
        whole = int(cohort.age)
        for service_month in range(whole):
            exposure[cohort.month, service_month] += cohort.count
        if cohort.age > whole:
            exposure[cohort.month, whole] += cohort.count * (cohort.age - whole)
    return dict(exposure)
