"""Weibull life: the fit to failures and machines that still run, and the forecast."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.stats import norm

# Failed on the day it began: nothing fails before it has run half a day.
YOUNGEST = 0.5 * 12 / 365.25


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """So many machines (count) at one age in months.

    kind: "failed" at this age; "running", still, at this age; "between": failed after
    ``since`` and up to this age, the very day is not known (grouped data).
    """

    age: float
    kind: str
    since: float = 0.0
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Weibull:
    """Life with a shape and a scale in months, or why there is none.

    problem: "" | "no_failures" | "one_age", all failures at one age | "flat", the
    failures fit any life: no number is better than a wrong one.
    covariance: of (log scale, log shape).
    """

    problem: str = ""
    failures: int = 0
    shape: float = 0.0
    shape_low: float = 0.0
    shape_high: float = 0.0
    scale: float = 0.0
    scale_low: float = 0.0
    scale_high: float = 0.0
    log_likelihood: float = 0.0
    covariance: tuple[tuple[float, float], tuple[float, float]] = ((0, 0), (0, 0))


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A figure between two limits. month: of a forecast, counted from now."""

    value: float
    low: float
    high: float
    month: int = 0


def fit(observations: Iterable[Observation], *, confidence: float = 0.95) -> Weibull:
    """Return the Weibull life of greatest likelihood.

    Limits are normal on the scale of the logarithm, from the observed Fisher
    information, so that they stay above 0.

    Source: Meeker, Escobar & Pascual (2022), Statistical Methods for Reliability Data,
    second edition, chapters 7 and 8.
    """
    facts = [item for item in observations if item.count > 0]
    failures = [item for item in facts if item.kind != "running"]
    count = sum(item.count for item in failures)
    if not failures:
        return Weibull(problem="no_failures")
    if len({(item.since, item.age) for item in failures}) < 2:
        return Weibull(problem="one_age", failures=count)
    unit = float(np.average([i.age for i in facts], weights=[i.count for i in facts]))
    likelihood = _make_likelihood(facts, unit)
    start = [np.log(max(sum(i.age * i.count for i in facts) / count / unit, 1e-6)), 0.0]
    found = minimize(
        lambda point: -likelihood(*point),
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 2000},
    )
    information = -_get_hessian(likelihood, found.x)
    if not found.success or np.linalg.eigvalsh(information)[0] <= 0:
        return Weibull(problem="flat", failures=count)
    covariance = np.linalg.inv(information)
    width = norm.isf((1 - confidence) / 2) * np.sqrt(np.diag(covariance))
    ends = np.clip([found.x - width, found.x, found.x + width], -300, 300)
    low, middle, high = np.exp(ends)
    return Weibull(
        failures=count,
        scale=float(middle[0] * unit),
        scale_low=float(low[0] * unit),
        scale_high=float(high[0] * unit),
        shape=float(middle[1]),
        shape_low=float(low[1]),
        shape_high=float(high[1]),
        log_likelihood=float(-found.fun - _count_exact(failures) * np.log(unit)),
        covariance=tuple(tuple(map(float, row)) for row in covariance),
    )


def _count_exact(failures: list[Observation]) -> int:
    return sum(item.count for item in failures if item.kind == "failed")


def _make_likelihood(
    facts: list[Observation], unit: float
) -> Callable[[float, float], float]:
    """Return (log scale, log shape) → log likelihood, ages in units of ``unit``."""

    def rows(kind, name="age"):
        ages = [getattr(item, name) for item in facts if item.kind == kind]
        return np.maximum(np.array(ages, dtype=float), YOUNGEST) / unit

    def counts(kind):
        return np.array([item.count for item in facts if item.kind == kind], float)

    failed, running = np.log(rows("failed")), np.log(rows("running"))
    until = np.log(rows("between"))
    since = np.array([item.since for item in facts if item.kind == "between"]) / unit
    n_failed, n_running = counts("failed"), counts("running")
    n_between = counts("between")

    def likelihood(log_scale, log_shape):
        shape = np.exp(np.clip(log_shape, -10, 10))
        z_failed = shape * (failed - log_scale)
        with np.errstate(all="ignore"):
            value = n_failed @ (np.log(shape) - failed + z_failed - np.exp(z_failed))
            value -= n_running @ np.exp(shape * (running - log_scale))
            late = np.exp(shape * (until - log_scale))
            early = (since / np.exp(log_scale)) ** shape
            value += n_between @ (np.log(-np.expm1(early - late)) - early)
        return float(value) if np.isfinite(value) else -1e300

    return likelihood


def _get_hessian(function: Callable[..., float], point, step: float = 1e-4):
    """Return the matrix of second derivatives, by central differences."""
    size = len(point)
    moves = np.eye(size) * step
    matrix = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            matrix[i, j] = (
                function(*(point + moves[i] + moves[j]))
                - function(*(point + moves[i] - moves[j]))
                - function(*(point - moves[i] + moves[j]))
                + function(*(point - moves[i] - moves[j]))
            ) / (4 * step**2)
    return matrix


def get_failed_share(life: Weibull, age: float, *, confidence=0.95) -> Estimate:
    """Return the share that has failed by an age, with limits (delta method).

    The limits are normal on the scale of log(-log S), which is linear in the logarithm
    of age. Source: Meeker, Escobar & Pascual (2022), section 8.4.
    """
    place = np.log(max(age, YOUNGEST)) - np.log(life.scale)
    z = life.shape * place
    slope = np.array([-life.shape, z])
    deviation = np.sqrt(slope @ np.array(life.covariance) @ slope)
    width = norm.isf((1 - confidence) / 2) * deviation
    hazards = np.exp(np.minimum([z - width, z, z + width], 700))
    low, value, high = -np.expm1(-hazards)
    return Estimate(value=float(value), low=float(low), high=float(high))


def forecast(
    life: Weibull,
    running: Iterable[tuple[float, int]],
    *,
    months: int = 12,
    confidence: float = 0.95,
) -> tuple[Estimate, ...]:
    """Return how many of the running machines fail within 1, 2, … ``months``.

    Only first failures of machines that run today (age in months, how many); machines
    not sold yet are not in it. The limits hold both what is not known of the life
    (delta method) and chance (sum of Bernoulli variances), on the scale of the
    logarithm, and end at the number of machines.

    Source: Meeker, Escobar & Pascual (2022), section 15.5; Escobar & Meeker (1999),
    Technometrics 41, 113-124.
    """
    facts = [(max(age, 0.0), count) for age, count in running if count > 0]
    ages = np.array([age for age, _count in facts], dtype=float)
    counts = np.array([count for _age, count in facts], dtype=float)
    point = np.log([life.scale, life.shape])
    z = norm.isf((1 - confidence) / 2)

    def chances(log_scale, log_shape, ahead):
        scale, shape = np.exp(log_scale), np.exp(log_shape)
        return -np.expm1((ages / scale) ** shape - ((ages + ahead) / scale) ** shape)

    results = []
    for month in range(1, months + 1):
        share = chances(*point, month)
        value = float(counts @ share)
        slope = np.array(
            [
                counts @ (chances(*(point + move), month) - share) / 1e-6
                for move in np.eye(2) * 1e-6
            ]
        )
        variance = counts @ (share * (1 - share))
        variance += slope @ np.array(life.covariance) @ slope
        # Beyond e^50 there is no limit but the number of machines.
        width = np.exp(min(z * np.sqrt(variance) / value, 50)) if value else 1.0
        results.append(
            Estimate(
                month=month,
                value=value,
                low=float(value / width),
                high=float(min(value * width, counts.sum())),
            )
        )
    return tuple(results)
