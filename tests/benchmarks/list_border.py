"""The list of requests and machines as an office sees it, against one without border.

Same rows, same columns, same order: the office's user works in the territory that holds
them all, the peer's is headquarters, whom no territory binds.
"""

import statistics
import time

from odoo.tests import new_test_user

REQUESTS, UNITS = 50_000, 200_000
OFFICES, PARTS, LOOKS = 50, 20, 40
#: Median of the office's list over that of the same list without a border.
GOAL = 1.3
COLUMNS = {
    "helpdesk.ticket": {
        "number": {},
        "name": {},
        "partner_id": {"fields": {"display_name": {}}},
        "territory_id": {"fields": {"display_name": {}}},
        "stage_id": {"fields": {"display_name": {}}},
        "resolve_deadline": {},
    },
    "stock.lot": {
        "name": {},
        "product_id": {"fields": {"display_name": {}}},
        "owner_id": {"fields": {"display_name": {}}},
        "territory_id": {"fields": {"display_name": {}}},
        "sale_date": {},
    },
}


def run(env):
    users = prepare(env)
    past = []
    for model, columns in COLUMNS.items():
        bound, free = (env[model].with_user(user) for user in users)
        found = [records.search_count([]) for records in (bound, free)]
        assert found[0] == found[1] > 0, f"{model}: not the same rows: {found}"
        ours, peer = compare(bound, free, columns)
        yield f"{model}: {found[0]:,} rows, 80 of them, median", f"{ours * 1000:.1f} ms"
        yield "the same without a border", f"{peer * 1000:.1f} ms"
        yield f"{model} to its peer", f"{ours / peer:.2f} times (goal {GOAL})"
        if ours / peer > GOAL:
            past.append(f"{model} {ours / peer:.2f}")
    assert not past, f"Past the goal: {', '.join(past)}"


def prepare(env):
    """The users, bound and free; all rows lie in one office's territory and parts."""
    root = env.ref("aftersales_service.territory_headquarters")
    Territory = env["aftersales.territory"]
    offices = Territory.create(
        [
            {"name": f"Office {number}", "parent_id": root.id}
            for number in range(OFFICES)
        ]
    )
    parts = Territory.create(
        [
            {"name": f"Part {number}", "parent_id": offices[0].id}
            for number in range(PARTS)
        ]
    )
    users = [
        new_test_user(env, f"bench-{role}", f"{group}_{role}", territory_ids=home.ids)
        for group, role, home in (
            ("aftersales_service.group_aftersales", "office", offices[0]),
            ("aftersales_service.group_aftersales", "headquarters", root),
        )
    ]
    fill(env, (offices[0] | parts).ids)
    return users


def fill(env, territories):
    """Requests and machines of all territories in turn."""
    product = env["product.product"].create(
        {"name": "Benchmark engine", "is_storable": True, "tracking": "serial"}
    )
    owner = env["res.partner"].create({"name": "Benchmark owner"})
    ticket = env["helpdesk.ticket"].create(
        {
            "name": "Benchmark",
            "description": "x",
            "partner_id": owner.id,
            "territory_id": territories[0],
        }
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO stock_lot (name, serial_key, product_id, owner_id, territory_id,
                               sale_date, create_uid, create_date)
        SELECT 'BENCH-' || number, 'BENCH' || number, %s, %s,
               (%s)[number %% %s + 1], current_date - number %% 900, 1, now()
          FROM generate_series(1, %s) number
        """,
        [product.id, owner.id, territories, len(territories), UNITS],
    )
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket (number, name, description, company_id, team_id,
               stage_id, request_type_id, partner_id, territory_id, priority, active,
               received_at, create_uid, create_date, sequence)
        SELECT 'BENCH' || made.n, name, description, company_id, team_id,
               stage_id, request_type_id, %s, (%s)[made.n %% %s + 1], priority, true,
               received_at, 1, now(), 10
          FROM helpdesk_ticket, generate_series(1, %s) made(n) WHERE id = %s
        """,
        [owner.id, territories, len(territories), REQUESTS, ticket.id],
    )
    for table in ("stock_lot", "helpdesk_ticket"):
        env.cr.execute(f"ANALYZE {table}")
    env.invalidate_all()


def compare(bound, free, columns):
    """Median seconds of a list as the client asks for it, in turns."""
    lists = bound, free
    times = [], []
    for number in range(LOOKS + 5):
        for which in (0, 1) if number % 2 else (1, 0):
            lists[which].env.invalidate_all()
            started = time.perf_counter()
            lists[which].web_search_read([], columns, limit=80, count_limit=10001)
            # The first ones fill caches.
            if number >= 5:
                times[which].append(time.perf_counter() - started)
    return tuple(map(statistics.median, times))
