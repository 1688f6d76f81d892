"""Early warning: which build month has more claims than those before it explain."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scipy.stats import nbinom, norm


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlPolicy:
    """From when on a build month is out of control.

    sigmas: as of a Shewhart chart, 3 is one false alarm in 741 looks.
    min_claims: fewer are never a signal.
    baseline_months: so many build months before it are what it is compared with.
    """

    sigmas: float = 3.0
    min_claims: int = 5
    baseline_months: int = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One build month at one month in service.

    build: months since year 0, so that builds can be subtracted; exposure:
    machine-months lived in it; claims of one code and model.
    """

    build: int
    service_month: int
    exposure: float
    claims: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Control:
    """A build month against its limit, both in claims.

    expected: claims it would have at the rates of the builds before it, month in
    service by month in service; limit: the most that are still in control.
    """

    build: int
    exposure: float
    claims: int
    expected: float
    limit: float
    is_signal: bool


def find_signals(cells: Iterable[Cell], policy: ControlPolicy) -> tuple[Control, ...]:
    """Return each build month that has others before it, with its verdict.

    A u-chart whose average is that of the builds before, at the same months in service
    (indirect standardisation), with probability limits: given Y claims before, and a
    build c times as exposed, the claims of a build in control are negative binomial
    with size Y + 1 and mean c (Y + 1). With many claims before this is the Poisson
    limit; with few it is wider, as it should be.

    Sources: Wu & Meeker (2002), Early Detection of Reliability Problems Using
    Information From Warranty Databases, Technometrics 44, 120-133; Montgomery (2009),
    Introduction to Statistical Quality Control, sixth edition, section 7.3 (u-chart);
    Przyborowski & Wilenski (1940), Biometrika 31, 313-323 (comparing two Poissons).
    """
    by_build = defaultdict(dict)
    for cell in cells:
        if cell.exposure > 0:
            by_build[cell.build][cell.service_month] = cell
    return tuple(
        control
        for build in sorted(by_build)
        if (control := _judge(build, by_build, policy))
    )


def _judge(
    build: int, by_build: Mapping[int, Mapping[int, Cell]], policy: ControlPolicy
) -> Control | None:
    before = [
        cells
        for other, cells in by_build.items()
        if build - policy.baseline_months <= other < build
    ]
    claims, known, expected, lived, lived_before = 0, 0, 0.0, 0.0, 0.0
    for service_month, cell in by_build[build].items():
        peers = [cells[service_month] for cells in before if service_month in cells]
        exposure = sum(peer.exposure for peer in peers)
        if not exposure:
            continue
        told = sum(peer.claims for peer in peers)
        claims += cell.claims
        known += told
        expected += told * cell.exposure / exposure
        lived += cell.exposure
        lived_before += exposure
    if not lived_before:
        return None
    times = expected / known if known else lived / lived_before
    limit = float(nbinom.isf(norm.sf(policy.sigmas), known + 1, 1 / (1 + times)))
    return Control(
        build=build,
        exposure=lived,
        claims=claims,
        expected=expected,
        limit=limit,
        is_signal=claims > limit and claims >= policy.min_claims,
    )
