"""Batch dispatch: 1,000 requests × 300 stations in the database, 10,000 in memory."""

import random
import time
from datetime import date, timedelta

from odoo.fields import Command

REQUESTS, STATIONS = 1_000, 300
MANY = 10_000


def run(env):
    # Our addons are importable only where Odoo runs.
    from odoo.addons.aftersales_service.tools import assignment

    yield from solve_many()
    env = env(context={**env.context, "tracking_disable": True})
    orders = prepare(env)
    env.flush_all()
    env.invalidate_all()
    queries, started = env.cr.sql_log_count, time.perf_counter()
    cases = orders._prepare_dispatch_candidates()
    yield "facts, seconds", f"{time.perf_counter() - started:.1f}"
    count = env.cr.sql_log_count - queries
    pairs = sum(len(case.candidates) for case in cases.values())
    yield "pairs of request and station", str(pairs)
    yield "facts, queries per request (goal 0.1)", f"{count / REQUESTS:.3f}"
    env.invalidate_all()
    problem = {}
    queries, started = env.cr.sql_log_count, time.perf_counter()
    plan = record(orders, problem)
    env.flush_all()
    count = env.cr.sql_log_count - queries
    yield "facts, ranking, plan kept, seconds", f"{time.perf_counter() - started:.1f}"
    yield "the same, queries per request (goal 0.1)", f"{count / REQUESTS:.3f}"
    yield "with a station", str(len(plan.given))
    yield "gap the run names", f"{plan.answer.gap:.4f}"
    best = assignment.solve(*problem["args"], **problem["words"], nearest=None)
    yield (
        "cost against the full assignment (goal 1.05)",
        f"{plan.answer.cost / best.cost:.4f}",
    )
    yield from offer(env, orders[:100], plan)


def offer(env, batch, plan):
    """Offer some of them as planned."""
    queries, started = env.cr.sql_log_count, time.perf_counter()
    offered = batch._offer_planned(
        {o: (plan.given[o].station_id, plan.given[o].day) for o in batch}
    )
    env.flush_all()
    count = env.cr.sql_log_count - queries
    yield f"{len(offered)} offers, seconds", f"{time.perf_counter() - started:.1f}"
    yield "offers, queries per request", f"{count / len(batch):.2f}"


def record(orders, problem):
    """Plan the batch and keep what the solver was asked."""
    from odoo.addons.aftersales_service.tools import assignment

    solve = assignment.solve

    def asked(*args, **words):
        problem["args"], problem["words"] = args, words
        return solve(*args, **words)

    assignment.solve = asked
    try:
        return orders._plan_batch()
    finally:
        assignment.solve = solve


def prepare(env):
    """Stations and requests on a square of five degrees, one territory."""
    dice = random.Random(3)
    territory = env["aftersales.territory"].create(
        {
            "name": "Benchmark",
            "parent_id": env.ref("aftersales_service.territory_headquarters").id,
        }
    )
    env["aftersales.dispatch.policy"].search([]).active = False
    env["res.partner"].create(
        [
            {
                "name": f"Benchmark station {number}",
                "aftersales_role": "station",
                "territory_id": territory.id,
                "partner_latitude": 30 + 5 * dice.random(),
                "partner_longitude": 110 + 5 * dice.random(),
                "station_coverage_ids": [
                    Command.create({"territory_id": territory.id})
                ],
                "station_skill_ids": [Command.create({})],
            }
            for number in range(STATIONS)
        ]
    )
    tickets = env["helpdesk.ticket"].create(
        [
            {
                "name": "Benchmark",
                "description": "Benchmark",
                "request_type_id": env.ref("aftersales_service.request_type_repair").id,
                "site_latitude": 30 + 5 * dice.random(),
                "site_longitude": 110 + 5 * dice.random(),
            }
            for _number in range(REQUESTS)
        ]
    )
    tickets.territory_id = territory
    return tickets._get_orders_to_dispatch()


def solve_many():
    """10,000 requests with their 30 nearest of 1,000 stations: the solver alone."""
    from odoo.addons.aftersales_service.tools import assignment
    from odoo.addons.aftersales_service.tools.places import Days

    dice = random.Random(5)
    today = date(2026, 5, 11)
    days = tuple(today + timedelta(days=number) for number in range(7))
    spots = [(dice.random(), dice.random()) for _number in range(1000)]
    stations = {
        number: Days(station_id=number, capacity=2, open_days=days)
        for number in range(1000)
    }
    requests = []
    for key in range(MANY):
        x, y = dice.random(), dice.random()
        near = sorted(
            (round(6000 * ((x - px) ** 2 + (y - py) ** 2) ** 0.5), number)
            for number, (px, py) in enumerate(spots)
        )[:60]
        requests.append(
            assignment.Request(
                key=key,
                first=today,
                last=days[-1],
                choices=tuple(
                    assignment.Choice(station_id=number, cost=cost)
                    for cost, number in near
                ),
            )
        )
    started = time.perf_counter()
    answer = assignment.solve(requests, stations, waiting=2000, fairness=2000)
    seconds = time.perf_counter() - started
    yield f"{MANY} requests solved, seconds (goal 10)", f"{seconds:.1f}"
    yield "of them with a station", str(len(answer.given))
    yield "gap proven", f"{answer.gap:.4f}"
