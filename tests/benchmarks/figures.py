"""What boards and pivots ask over a year of 1,000,000 work orders, against SQL by hand.

Ours is asked as the web client asks, as a user of headquarters, under border and
company; the peer is one statement over the same rows of the same company. Both give
the same numbers, which is checked, and both run in one process. Rows this many are kept
in tables (see ``aftersales.figures.mixin``): how long the views took before, and what
bringing the tables up to date takes, is told too.
"""

import statistics
import time
from functools import partial

import _network_year as network_year

from odoo.tests import new_test_user
from odoo.tools import SQL

ROUNDS = 7
#: Medians of ours over those of the peer.
BOARD_GOAL, PIVOT_GOAL = 1.2, 4.0
#: Seconds a person waits without losing the thread.
WAIT = 2.0
ZONE = "Asia/Shanghai"
#: Subject → the moment its months are of, and what its board shows.
BOARDS = {
    "request": (
        "received_at",
        (
            *("request_count:sum", "late_resolve_count:sum", "answer_kept:avg"),
            *("resolve_kept:avg", "answer_hours:avg", "resolve_days:avg"),
        ),
    ),
    "work.order": (
        "offered_at",
        (
            *("order_count:sum", "refused_count:sum", "arrive_kept:avg"),
            *("answer_hours:avg", "labor_hours:sum", "travel_km:sum"),
        ),
    ),
    "quality": ("failed_at", ["failure_count:sum", "service_months:avg"]),
    "followup": (
        "done_at",
        ["followup_count:sum", "kept:avg", "satisfaction:avg", "solved:avg"],
    ),
    "duty": ("due_at", ["duty_count:sum", "late_count:sum", "kept:avg"]),
    "part": ("done_at", ["line_count:sum", "quantity:sum", "open_count:sum"]),
    "dealer": ("day", ["received_count:sum", "sold_count:sum", "stock_days:avg"]),
    "fee": ("period_start", ["amount:sum", "line_count:sum"]),
}


def run(env):
    env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    company, _month, stations = network_year.make(env)
    settle(env, company)
    for what in ("first of the day", "afterwards"):
        started = time.perf_counter()
        stations[0]._get_own_figures(company)
        yield f"a station's own figures, {what}, seconds", f"{clock(started):.2f}"
    user = new_test_user(
        env, "bench-figures", "aftersales_service.group_aftersales_headquarters"
    )
    env = env(user=user, context={"tz": ZONE, "lang": "en_US"})
    past = []
    for subject, (moment, measures) in BOARDS.items():
        figures = env[f"aftersales.{subject}.figures"]
        yield from keep(figures, moment, measures)
        for name, group in (("office", "territory_id"), ("month", f"{moment}:month")):
            what = f"{figures._name} by {name}"
            yield from measure(
                what,
                partial(board, figures, group, measures),
                peer_query(figures, [[group]], measures),
                BOARD_GOAL,
                past,
            )
    figures = env["aftersales.quality.figures"]
    measures = ["failure_count:sum", "service_months:avg"]
    groups = ["failed_at:month", "component_id"]
    sets = [[], groups[:1], groups[1:], groups]
    yield from measure(
        "pivot by month and component",
        partial(pivot, figures, sets, measures),
        peer_query(figures, sets, measures),
        PIVOT_GOAL,
        past,
    )
    assert not past, f"Past the goal: {', '.join(past)}"


def settle(env, company):
    """Sheets of all months with a line for each claim."""
    facts = {"company": company.id, "currency": company.currency_id.id}
    for table, statement in SETTLED:
        env.cr.execute(statement, facts)
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def keep(figures, moment, measures):
    """Keep the rows of a subject; tell how long that takes, and what it saves."""
    name, figures = figures._name, figures.sudo()
    started = time.perf_counter()
    board(figures, f"{moment}:month", measures)
    yield f"{name}: a board of the view, seconds", f"{clock(started):.2f}"
    for what in ("written down", "brought up to date"):
        started = time.perf_counter()
        figures._keep()
        yield f"{name}: {what}, seconds", f"{clock(started):.1f}"
    assert figures._is_kept(), f"{name} is not kept"


def clock(started):
    return time.perf_counter() - started


def measure(what, ours, peer, goal, past):
    """Ours and the peer in turns: the same numbers, and the ratio of the medians."""
    times = [], []
    works = ours, peer
    for number in range(ROUNDS + 1):
        found = [None, None]
        for which in (0, 1) if number % 2 else (1, 0):
            started = time.perf_counter()
            found[which] = works[which]()
            # The first ones fill caches.
            if number:
                times[which].append(clock(started))
        assert same(*found), f"{what}: {found[0][:3]} is not {found[1][:3]}"
    mine, his = map(statistics.median, times)
    slow = "" if mine <= WAIT else f", over {WAIT:g} s"
    yield what, f"{mine:.2f} s{slow}; {mine / his:.2f} times (goal {goal:g})"
    if mine / his > goal:
        past.append(f"{what} {mine / his:.2f}")


def same(ours, peer):
    """Whether both give the same groups; sums of floats differ in the last digits."""
    return len(ours) == len(peer) and all(
        abs(a - b) <= 1e-6 * max(1, abs(a), abs(b))
        for mine, his in zip(sorted(ours), sorted(peer), strict=True)
        for a, b in zip(mine, his, strict=True)
    )


def board(figures, group, measures):
    """A board's numbers by office or month, as the web client asks for them."""
    figures.env.invalidate_all()
    rows = figures.formatted_read_group([], [group], measures)
    return [tuple(row[name] or 0 for name in measures) for row in rows]


def pivot(figures, sets, measures):
    """A pivot with its totals, as the web client asks for it."""
    figures.env.invalidate_all()
    found = figures.formatted_read_grouping_sets([], sets, measures)
    return [
        tuple(row[name] or 0 for name in measures) for rows in found for row in rows
    ]


def peer_query(figures, sets, measures):
    """The same numbers by hand: one statement over the same rows."""
    columns = [
        SQL("%s(%s)", SQL(aggregate), SQL.identifier(name))
        for name, _colon, aggregate in (item.partition(":") for item in measures)
    ]
    groups = [
        SQL("(%s)", SQL(", ").join(get_column(figures, group) for group in groups))
        for groups in sets
    ]
    query = SQL(
        """SELECT %s FROM %s WHERE company_id = %s OR company_id IS NULL
            GROUP BY GROUPING SETS (%s)""",
        SQL(", ").join(columns),
        SQL.identifier(figures._table),
        figures.env.company.id,
        SQL(", ").join(groups),
    )
    return lambda: [
        tuple(value or 0 for value in row) for row in figures.env.execute_query(query)
    ]


def get_column(figures, group):
    """A group as SQL: a column, or the month of a day or of a moment here."""
    name, _colon, interval = group.partition(":")
    column = SQL.identifier(name)
    if not interval:
        return column
    if figures._fields[name].type == "datetime":
        # Not as a parameter: it has to be the same wherever it stands.
        column = SQL(f"timezone('{ZONE}', timezone('UTC', %s))", column)
    return SQL("date_trunc('month', %s)", column)


SETTLED = (
    (
        "aftersales_claim_line",
        """
    INSERT INTO aftersales_claim_line (claim_id, company_id, currency_id, station_id,
           kind, amount, approved_amount)
    SELECT id, company_id, currency_id, station_id, 'labor', amount, approved_amount
      FROM aftersales_claim WHERE name LIKE 'BENCH%%' ORDER BY id
    """,
    ),
    (
        "aftersales_settlement",
        """
    INSERT INTO aftersales_settlement (name, state, company_id, station_id,
           territory_id, currency_id, period_start, create_uid, create_date)
    SELECT 'BENCH' || row_number() OVER (), 'computed', claim.company_id,
           claim.station_id, station.territory_id, claim.currency_id,
           date_trunc('month', work_date)::date, 1, now()
      FROM aftersales_claim claim
      JOIN res_partner station ON station.id = claim.station_id
     WHERE claim.name LIKE 'BENCH%%'
  GROUP BY claim.company_id, claim.station_id, station.territory_id,
           claim.currency_id, date_trunc('month', work_date)
    """,
    ),
    (
        "aftersales_settlement_line",
        """
    INSERT INTO aftersales_settlement_line (settlement_id, company_id, station_id,
           territory_id, currency_id, kind, work_kind, claim_line_id, claim_id, amount,
           create_uid, create_date)
    SELECT sheet.id, sheet.company_id, sheet.station_id, sheet.territory_id,
           sheet.currency_id, 'claim', line.kind, line.id, line.claim_id,
           line.approved_amount, 1, now()
      FROM aftersales_claim_line line
      JOIN aftersales_claim claim ON claim.id = line.claim_id
      JOIN aftersales_settlement sheet
        ON sheet.station_id = claim.station_id
       AND sheet.currency_id = claim.currency_id
       AND sheet.company_id = claim.company_id
       AND sheet.period_start = date_trunc('month', claim.work_date)::date
     WHERE claim.name LIKE 'BENCH%%' ORDER BY line.id
    """,
    ),
)
