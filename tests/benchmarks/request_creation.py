"""A request of ours against a helpdesk ticket where our addons are not installed.

The same values by a user of the same helpdesk right, in two databases of one process,
asked in turns. What ours does beside (number, territory, owner, deadlines, steps, the
places where it is visible), the ratio pays for.
"""

import os
import statistics
import time

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tests import new_test_user

SINGLES, BATCHES, BATCH = 120, 16, 50
#: Median of ours over median of the peer.
SINGLE_GOAL, BATCH_GOAL = 1.2, 1.0
CUSTOMERS = 100


def run(env):
    with Registry(os.environ["AFTERSALES_BENCHMARK_BARE"]).cursor() as cr:
        bare = Environment(cr, SUPERUSER_ID, {})
        assert "aftersales.territory" not in bare, "Our addons are in the peer."
        peer = prepare(bare, "helpdesk_mgmt.group_helpdesk_user")
        agent = "aftersales_service.group_aftersales_agent"
        ours = prepare(env, agent, territory=True)
        past = []
        for title, count, size, goal in (
            ("one request", SINGLES, 1, SINGLE_GOAL),
            (f"{BATCH} requests at once", BATCHES, BATCH, BATCH_GOAL),
        ):
            mine, other = compare(ours, peer, count, size)
            yield f"{title}, median", f"{mine * 1000:.1f} ms"
            yield (
                "as many helpdesk tickets without our addons",
                f"{other * 1000:.1f} ms",
            )
            yield f"{title} to their peer", f"{mine / other:.2f} times (goal {goal})"
            if mine / other > goal:
                past.append(f"{title} {mine / other:.2f}")
        machines = [{"serial_typed": f"BENCH-{number}"} for number in range(SINGLES)]
        seconds = [measure(ours, [one])[0] for one in machines]
        yield (
            "one with a serial that is checked and logged",
            f"{statistics.median(seconds) * 1000:.1f} ms",
        )
        cr.rollback()
    assert not past, f"Past the goal: {', '.join(past)}"


def prepare(env, group, territory=False):
    """(model as its user, customers)."""
    extra = {}
    if territory:
        root = env.ref("aftersales_service.territory_headquarters")
        extra["territory_ids"] = root.ids
    user = new_test_user(env, "bench-agent", f"base.group_user,{group}", **extra)
    customers = env["res.partner"].create(
        [
            {
                "name": f"Benchmark customer {number}",
                "phone": f"+86 138 0000 {number:04d}",
                "email": f"customer{number}@example.com",
            }
            for number in range(CUSTOMERS)
        ]
    )
    env.flush_all()
    return env["helpdesk.ticket"].with_user(user), customers.ids


def compare(ours, peer, count, size):
    """Median seconds of both, asked in turns."""
    times = ([], [])
    for number in range(count + 5):
        values = [{} for _ in range(size)]
        for which in (0, 1) if number % 2 else (1, 0):
            seconds, _made = measure((ours, peer)[which], values, number)
            # The first ones fill caches.
            if number >= 5:
                times[which].append(seconds)
    return tuple(map(statistics.median, times))


def measure(side, more, number=0):
    """Seconds of one call of create, stored; and what was made."""
    tickets, customers = side
    values = [
        {
            "name": f"Engine does not start {number}",
            "description": "It stopped in the field and does not start any more.",
            "partner_id": customers[(number + index) % CUSTOMERS],
            **extra,
        }
        for index, extra in enumerate(more)
    ]
    tickets.env.invalidate_all()
    started = time.perf_counter()
    made = tickets.create(values)
    tickets.env.flush_all()
    return time.perf_counter() - started, made
