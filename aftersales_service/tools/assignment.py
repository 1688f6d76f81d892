"""Batch dispatch: who gets which request, so that all together is best.

A minimum-cost flow: one unit leaves each request, passes a station that can do it and
one of the station's free days, and ends. What a unit pays on its way:

- the points the station lacks to the best that could be (the caller's cost),
- waiting: the later in the request's time, the more,
- fairness: each further place of a station costs more than the one before (convex),
  so that work spreads by itself and nobody is filled up while others stand idle.

A request that gets nobody pays more than all ways together: as many as possible are
served, the urgent first. All costs are whole numbers, so the same facts give the same
answer for ever.

Only the ``nearest`` cheapest stations of each request enter the flow. How far that can
be from the optimum over all stations is proven by the prices of the solution (linear
duality): prices that make the solution the best of its network give, whatever was left
out, a sum that no assignment at all can undercut. That sum is ``bound``. Nothing left
out: the solver's answer is the optimum, and the bound is the cost itself. Where
somebody got nobody, twice as many stations are put into the flow, until all are in: a
bound on the cost says nothing while another could have been served.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

import numpy as np
from ortools.graph.python import min_cost_flow

from .places import Days

NEAREST = 30
"""Stations of each request that enter the flow at first."""

BANDS = 24
"""Most steps in which the cost of a station's further places rises."""

MAX_ROUNDS = 500
"""Most rounds of pricing; fewer only make the bound weaker, never wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A station that can do a request. cost: whole number, 0 is the best there is.

    first, last: days on which it could, None for those of the request.
    """

    station_id: int
    cost: int
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One request. first, last: days on which it may be done. priority: from 0."""

    key: int
    first: date
    last: date
    choices: tuple[Choice, ...] = ()
    priority: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What a request gets. cost: that of the choice, without waiting and fairness."""

    station_id: int
    day: date
    cost: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Assignment:
    """The answer.

    given: by key of the request. left: keys of those that got nobody. cost: of all
    given, waiting and fairness included. bound: no assignment of as many can cost
    less. arcs: how many pairs of request and station were looked at.
    """

    given: dict[int, Given] = field(default_factory=dict, hash=False)
    left: tuple[int, ...] = ()
    cost: int = 0
    bound: int = 0
    arcs: int = 0

    @property
    def gap(self) -> float | None:
        """At most this share above the optimum; None where nothing can be said."""
        if self.cost <= self.bound:
            return 0.0
        return self.cost / self.bound - 1 if self.bound > 0 else None


def solve(
    requests: Iterable[Request],
    stations: Mapping[int, Days],
    *,
    waiting: int = 0,
    fairness: int = 0,
    nearest: int | None = NEAREST,
) -> Assignment:
    """Return the cheapest assignment of the requests to free places.

    stations: free and taken places by station id. waiting: cost of the last day of a
    request's time, earlier ones in proportion. fairness: cost of a station's last free
    place, earlier ones in proportion. nearest: None looks at all stations.
    """
    ordered = sorted(requests, key=lambda request: request.key)
    network = _Network(ordered, stations, waiting, fairness)
    network.solve(nearest)
    while network.is_cut and network.left_count:
        nearest *= 2
        network.solve(nearest)
    return network.read()


class _Network:
    """The flow network of one batch: built once, solved for some or all stations.

    Nodes: 0 is the end; then the requests; then for each station one by window
    (first and last day of requests that may go there), one by day, and itself.
    """

    def __init__(self, requests, stations, waiting, fairness):
        self.requests = requests
        self.stations = stations
        self.waiting, self.fairness = waiting, fairness
        self.node_count = len(requests) + 1
        self.windows: dict[tuple[int, date, date], int] = {}
        self.days: dict[tuple[int, date], int] = {}
        self.free: dict[int, dict[date, int]] = {}
        self.inner: list[tuple[int, int, int, int]] = []
        self.outer: list[tuple[int, int, int, int]] = []
        self.window_arcs: list[tuple[int, date]] = []
        self._add_pairs()
        self._add_places()
        self._add_left()

    def _new_node(self):
        self.node_count += 1
        return self.node_count - 1

    def _add_pairs(self):
        """Arcs from requests to the windows of their stations, cheapest first."""
        rows = []
        for position, request in enumerate(self.requests, start=1):
            choices = sorted(request.choices, key=lambda c: (c.cost, c.station_id))
            for place, choice in enumerate(choices):
                if choice.station_id not in self.stations:
                    continue
                key = (
                    choice.station_id,
                    choice.first or request.first,
                    choice.last or request.last,
                )
                if key not in self.windows:
                    self.windows[key] = self._new_node()
                rows.append((position, self.windows[key], choice.cost, place))
        self.pairs = np.array(rows, dtype=np.int64).reshape(-1, 4)

    def _add_places(self):
        """Arcs window → day → station → end, with waiting and fairness."""
        for (station_id, first, last), window in self.windows.items():
            span = max((last - first).days, 1)
            for day, count in self._get_free(station_id).items():
                if first <= day <= last:
                    cost = self.waiting * (day - first).days // span
                    node = self.days[station_id, day]
                    self.inner.append((window, node, count, cost))
                    self.window_arcs.append((window, day))

    def _get_free(self, station_id):
        """Free places by day; at the first call also their arcs to the end."""
        if station_id in self.free:
            return self.free[station_id]
        facts = self.stations[station_id]
        free = {}
        for day in facts.open_days:
            taken = sum(1 for n in facts.taken.get(day, ()) if n <= facts.capacity)
            if facts.capacity > taken:
                free[day] = facts.capacity - taken
        self.free[station_id] = free
        station = self._new_node()
        for day, count in free.items():
            self.days[station_id, day] = node = self._new_node()
            self.outer.append((node, station, count, 0))
        self.outer += [
            (station, 0, size, self.fairness * start // total)
            for start, size, total in _bands(sum(free.values()))
        ]
        return free

    def _add_left(self):
        """What it costs when a request gets nobody: more than all ways together."""
        self.inner_array = np.array(self.inner + self.outer, dtype=np.int64).reshape(
            -1, 4
        )
        dearest = int(self.pairs[:, 2].max(initial=0)) + self.waiting + self.fairness
        unit = (dearest + 1) * (len(self.requests) + 1)
        self.left_costs = np.array(
            [unit * (1 + request.priority) for request in self.requests],
            dtype=np.int64,
        )

    def solve(self, nearest):
        """Solve with the cheapest stations of each request, or with all."""
        pairs = self.pairs
        if nearest is not None:
            pairs = pairs[pairs[:, 3] < nearest]
        self.is_cut = len(pairs) < len(self.pairs)
        self.used = pairs
        count = len(self.requests)
        numbers = np.arange(1, count + 1)
        ones = np.ones(count, dtype=np.int64)
        flow = min_cost_flow.SimpleMinCostFlow()
        inner = self.inner_array
        arcs = flow.add_arcs_with_capacity_and_unit_cost(
            np.concatenate([pairs[:, 0], inner[:, 0], numbers]),
            np.concatenate([pairs[:, 1], inner[:, 1], 0 * numbers]),
            np.concatenate([np.ones(len(pairs), dtype=np.int64), inner[:, 2], ones]),
            np.concatenate([pairs[:, 2], inner[:, 3], self.left_costs]),
        )
        flow.set_nodes_supplies(np.arange(count + 1), np.concatenate([[-count], ones]))
        status = flow.solve()
        if status != flow.OPTIMAL:
            raise ArithmeticError(f"The flow has no answer: {status}.")
        flows = flow.flows(arcs)
        self.pair_flows, self.inner_flows, self.left_flows = np.split(
            flows, [len(pairs), len(pairs) + len(inner)]
        )
        self.left_count = int(self.left_flows.sum())

    def read(self):
        """The flow as an `Assignment`."""
        chosen = self.used[self.pair_flows > 0]
        cost = int(
            chosen[:, 2].sum() + (self.inner_flows * self.inner_array[:, 3]).sum()
        )
        return Assignment(
            given=self._read_given(chosen),
            left=tuple(
                request.key
                for request, is_left in zip(self.requests, self.left_flows, strict=True)
                if is_left
            ),
            cost=cost,
            bound=self._get_bound(chosen) if self.is_cut else cost,
            arcs=len(self.used),
        )

    def _read_given(self, chosen):
        """Spread the requests of each window over its days: the urgent ones first."""
        stations = {node: key[0] for key, node in self.windows.items()}
        free_days: dict[int, list[date]] = {}
        for (window, day), flow in zip(
            self.window_arcs, self.inner_flows[: len(self.inner)], strict=True
        ):
            free_days.setdefault(window, []).extend([day] * int(flow))
        waiting = sorted(
            (-self.requests[position - 1].priority, position, window, cost)
            for position, window, cost, _place in chosen.tolist()
        )
        for days in free_days.values():
            days.sort(reverse=True)
        return {
            self.requests[position - 1].key: Given(
                station_id=stations[window], day=free_days[window].pop(), cost=cost
            )
            for _priority, position, window, cost in waiting
        }

    # === The bound ===

    def _get_bound(self, chosen):
        """What no assignment of as many over all stations can undercut."""
        prices = self._get_prices(chosen)
        pairs, inner = self.pairs, self.inner_array
        ways = self.left_costs.copy()
        np.minimum.at(ways, pairs[:, 0] - 1, pairs[:, 2] + prices[pairs[:, 1]])
        reduced = inner[:, 3] + prices[inner[:, 1]] - prices[inner[:, 0]]
        left = int((self.left_flows * self.left_costs).sum())
        return int(ways.sum() + (inner[:, 2] * np.minimum(reduced, 0)).sum()) - left

    def _get_prices(self, chosen):
        """What one more unit at each node would cost: shortest ways to the end in
        what the solution leaves open (Bellman and Ford)."""
        tails, heads, costs = self._get_open_arcs(chosen)
        prices = np.full(self.node_count, self.left_costs.max(initial=0), np.int64)
        prices[0] = 0
        for _round in range(MAX_ROUNDS):
            before = prices.copy()
            np.minimum.at(prices, tails, costs + prices[heads])
            if (prices == before).all():
                break
        return prices

    def _get_open_arcs(self, chosen):
        """Places not full, places that can be given back, requests that can move."""
        inner, flows = self.inner_array, self.inner_flows
        unfilled, filled = inner[flows < inner[:, 2]], inner[flows > 0]
        holder = np.zeros(len(self.requests) + 1, dtype=np.int64)
        paid = np.zeros(len(self.requests) + 1, dtype=np.int64)
        holder[chosen[:, 0]], paid[chosen[:, 0]] = chosen[:, 1], chosen[:, 2]
        moves = self.used[holder[self.used[:, 0]] > 0]
        served = chosen[:, 0]
        return (
            np.concatenate(
                [unfilled[:, 0], filled[:, 1], holder[moves[:, 0]], chosen[:, 1]]
            ),
            np.concatenate(
                [unfilled[:, 1], filled[:, 0], moves[:, 1], 0 * chosen[:, 1]]
            ),
            np.concatenate(
                [
                    unfilled[:, 3],
                    -filled[:, 3],
                    moves[:, 2] - paid[moves[:, 0]],
                    self.left_costs[served - 1] - paid[served],
                ]
            ),
        )


def _bands(total):
    """Cut so many places into at most ``BANDS`` steps: (start, size, total)."""
    count = min(total, BANDS)
    edges = [total * number // count for number in range(count + 1)] if count else []
    return [(start, end - start, total) for start, end in pairwise(edges)]
