"""A million machines from a CSV file against a plain INSERT … SELECT of them.

Ours reads the file, finds models, dealers and territories, looks for each machine among
those registered, and commits every 5,000 rows; the peer has all values ready in a table
and writes the same columns into the same indexes in one statement. That a killed import
goes on is proven in ``tests/processes/test_unit_import.py``.
"""

import base64
import io
import resource
import threading
import time
from pathlib import Path

ROWS = 1_000_000
#: Ours may take so much of the peer's speed.
GOAL = 0.4
#: Megabytes beside the file itself, whatever its length: a chunk of rows and its SQL.
MEMORY_GOAL = 150
DEALERS = 300


def run(env):
    from odoo.tools import SQL

    dealers = prepare(env)
    env.cr.commit()
    file = write_file(dealers)
    yield "machines in the file", f"{ROWS:,} ({len(file) * 3 // 4 // 2**20} MB)"
    Run = env["aftersales.run"]
    job = Run._start_unit_import(file, "machines.csv")
    env.cr.commit()
    size = len(file) / 2**20
    del file
    env.invalidate_all()
    before = megabytes()
    with Watch() as watch:
        started = time.perf_counter()
        Run._cron_work()
        ours = time.perf_counter() - started
    assert job.state == "done" and job.done_count == ROWS, job.log
    assert not job.refused_count, job.log
    yield "import", f"{ours:.1f} s ({ROWS / ours:,.0f} machines a second)"
    grown = watch.peak - before
    yield "memory beside what was there before", f"{grown:.0f} MB"
    # The file is held once as read and once as decoded.
    beside = grown - 3 * size
    yield f"of it beside the file (goal {MEMORY_GOAL} MB)", f"{beside:.0f} MB"
    peer = insert_plainly(env, SQL, dealers)
    yield (
        "plain INSERT … SELECT",
        f"{peer:.1f} s ({ROWS / peer:,.0f} machines a second)",
    )
    yield "speed of the import to its peer", f"{peer / ours:.2f} (goal {GOAL})"
    assert peer / ours >= GOAL, f"The import has {peer / ours:.2f} of the speed."
    assert beside <= MEMORY_GOAL, f"The import takes {beside:.0f} MB beside its file."


def prepare(env):
    """The model and the dealers that the file names."""
    env["product.product"].create(
        {
            "name": "Benchmark engine",
            "default_code": "BENCH-IMPORT",
            "is_storable": True,
            "tracking": "serial",
        }
    )
    territory = env.ref("aftersales_service.territory_headquarters")
    return env["res.partner"].create(
        [
            {
                "name": f"Benchmark dealer {number}",
                "ref": f"BENCH-DEALER-{number}",
                "aftersales_role": "dealer",
                "is_company": True,
                "territory_id": territory.id,
            }
            for number in range(DEALERS)
        ]
    )


def write_file(dealers):
    """The file in base64, as a Binary field takes it."""
    text = io.StringIO()
    text.write("serial,product,production_date,batch,shipping_date,dealer\n")
    refs = dealers.mapped("ref")
    for number in range(ROWS):
        text.write(
            f"IMPORT-{number:07d},BENCH-IMPORT,2026-01-{number % 28 + 1:02d},"
            f"B{number // 1000},2026-02-{number % 28 + 1:02d},"
            f"{refs[number % DEALERS]}\n"
        )
    return base64.b64encode(text.getvalue().encode())


def insert_plainly(env, SQL, dealers):
    """Seconds of one statement that writes as many machines, all values at hand."""
    lots = env["stock.lot"]
    product = env["product.product"].search([("default_code", "=", "BENCH-IMPORT")])
    territory = env.ref("aftersales_service.territory_headquarters")
    env.cr.execute(
        """
        CREATE UNLOGGED TABLE benchmark_row AS
        SELECT staged.* FROM aftersales_unit_import_row staged WHERE false
        """
    )
    env.cr.execute(
        """
        INSERT INTO benchmark_row
               (run_id, position, line, cells, serial, serial_key, production_date,
                batch, shipping_date, product_id, company_id, dealer_id, territory_id)
        SELECT 0, number, number, '', 'PLAIN-' || lpad(number::text, 7, '0'),
               'PLAIN' || lpad(number::text, 7, '0'),
               date '2026-01-01' + number %% 28, 'B' || number / 1000,
               date '2026-02-01' + number %% 28, %s, %s, (%s)[number %% %s + 1], %s
          FROM generate_series(0, %s) number
        """,
        [
            product.id,
            env.company.id,
            dealers.ids,
            DEALERS,
            territory.id,
            ROWS - 1,
        ],
    )
    columns = lots._prepare_import_columns()
    env.cr.commit()
    started = time.perf_counter()
    env.cr.execute(
        SQL(
            "INSERT INTO stock_lot (%s) SELECT %s FROM benchmark_row AS staged",
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(columns.values()),
        )
    )
    env.cr.commit()
    return time.perf_counter() - started


def megabytes():
    """What this process holds in memory just now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


class Watch:
    """The most memory this process held within the block, ten looks a second."""

    def __enter__(self):
        self.peak, self._done = megabytes(), threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_error):
        self._done.set()
        self._thread.join()

    def _look(self):
        while not self._done.wait(0.1):
            self.peak = max(self.peak, megabytes())
