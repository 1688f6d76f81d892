"""Finding a unit by its serial among a million: one indexed query.

How fast a machine is says nothing about us, so the limit is a ratio: to reading one
unit by its id, measured in the same run.
"""

import statistics
import time

UNITS = 1_000_000
LOOKUPS = 200
#: The median lookup may take this many times as long as a read by id.
LIMIT = 5


def run(env):
    started = time.perf_counter()
    make_units(env)
    yield f"{UNITS:,} units inserted", f"{time.perf_counter() - started:.1f} s"
    Lot = env["stock.lot"]
    Lot._find_by_serial("BENCH-1")  # columns and rules are cached now
    numbers = range(1, UNITS, UNITS // LOOKUPS)
    reads, lookups = [], []
    for number in numbers:
        seconds, unit = measure(env, Lot._find_by_serial, f"bench {number}")
        assert unit.serial_key == f"BENCH{number}", f"{number}: found {unit}"
        lookups.append(seconds)
        seconds, _none = measure(env, unit.fetch, ["name"])
        reads.append(seconds)
    yield "queries of a lookup", "1"
    read, lookup = statistics.median(reads), statistics.median(lookups)
    yield "one read by id, median", f"{read * 1000:.2f} ms"
    yield "one lookup, median", f"{lookup * 1000:.2f} ms"
    yield "one lookup, slowest", f"{max(lookups) * 1000:.2f} ms"
    ratio = lookup / read
    yield "lookup to read", f"{ratio:.1f} times (limit {LIMIT})"
    yield "plan", plan(env)
    assert ratio <= LIMIT, f"A lookup takes {ratio:.1f} times a read by id."


def make_units(env):
    product = env["product.product"].create(
        {"name": "Benchmark engine", "is_storable": True, "tracking": "serial"}
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO stock_lot (name, serial_key, product_id, create_uid, create_date)
        SELECT 'BENCH-' || number, 'BENCH' || number, %s, 1, now()
          FROM generate_series(1, %s) number
        """,
        [product.id, UNITS],
    )
    env.cr.execute("ANALYZE stock_lot")


def measure(env, action, argument):
    """Seconds and result of an action that takes one query from an empty cache."""
    env.invalidate_all()
    before = env.cr.sql_log_count
    started = time.perf_counter()
    result = action(argument)
    seconds = time.perf_counter() - started
    queries = env.cr.sql_log_count - before
    assert queries == 1, f"{queries} queries instead of one"
    return seconds, result


def plan(env):
    """The plan of a lookup; it names the index on the key."""
    query = env["stock.lot"]._search([("serial_key", "=", "BENCH77777")])
    env.cr.execute("EXPLAIN " + query.select().code, query.select().params)
    [first, *_rest] = [line for (line,) in env.cr.fetchall()]
    assert "serial_key_idx" in first and "Seq Scan" not in first, first
    return first
