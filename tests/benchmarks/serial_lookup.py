"""Finding a unit by its serial among a million."""

import statistics
import time

UNITS = 1_000_000
LOOKUPS = 200


def run(env):
    product = env["product.product"].create(
        {"name": "Benchmark engine", "is_storable": True, "tracking": "serial"}
    )
    env.flush_all()
    started = time.perf_counter()
    env.cr.execute(
        """
        INSERT INTO stock_lot (name, serial_key, product_id, create_uid, create_date)
        SELECT 'BENCH-' || number, 'BENCH' || number, %s, 1, now()
          FROM generate_series(1, %s) number
        """,
        [product.id, UNITS],
    )
    env.cr.execute("ANALYZE stock_lot")
    yield f"{UNITS} units inserted", f"{time.perf_counter() - started:.1f} s"
    Lot = env["stock.lot"]
    times = []
    for number in range(1, UNITS, UNITS // LOOKUPS):
        env.invalidate_all()
        before = env.cr.sql_log_count
        started = time.perf_counter()
        found = Lot.search([("serial_key", "=", f"BENCH{number}")])
        times.append((time.perf_counter() - started) * 1000)
        assert len(found) == 1 and env.cr.sql_log_count - before == 1
    yield "one lookup, median", f"{statistics.median(times):.2f} ms"
    yield "one lookup, slowest", f"{max(times):.2f} ms"
    env.cr.execute("EXPLAIN SELECT id FROM stock_lot WHERE serial_key = 'BENCH77'")
    yield "plan", env.cr.fetchone()[0]
