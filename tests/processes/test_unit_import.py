"""100,000 machines from a file: the process is killed, another one goes on."""

import base64
import csv
import io
import time

from tests.harness import DatabaseCase

ROWS = 100_000
#: Every so many rows names a model nobody makes, or repeats the serial before it.
EVERY = 10_000
BAD = 2 * ROWS // EVERY
WAIT_SECONDS = 240

SCRIPT = """
import base64

def start(env, file):
    Product = env["product.product"]
    if not Product.search_count([("default_code", "=", "KILL-1")]):
        Product.create({"name": "Engine", "default_code": "KILL-1",
                        "is_storable": True, "tracking": "serial"})
    # Somebody's older open run would be worked first.
    Run = env["aftersales.run"]
    Run.search([("state", "in", ("queued", "running"))]).action_cancel()
    return Run._start_unit_import(file, "machines.csv").id

def work(env):
    env["aftersales.run"]._cron_work()

def result(env, run):
    run = env["aftersales.run"].browse(run)
    return {"state": run.state, "log": run.log, "refused": run.refused_count,
            "done": run.done_count,
            "file": base64.b64decode(run.refused_file or b"").decode("utf-8-sig")}

def step(env, do, **facts):
    return globals()[do](env, **facts)
"""

COUNT = "SELECT count(*) FROM stock_lot WHERE serial_key LIKE 'KILL%'"
#: All there is to know of a machine; a row rewritten as it was has another xmin.
DIGEST = """
SELECT md5(string_agg(unit::text || unit.xmin, ',' ORDER BY id)) FROM stock_lot unit
 WHERE serial_key LIKE 'KILL%'
"""


def machines() -> str:
    """The file in base64: all rows, some of them bad."""
    lines = ["serial,product,production_date"]
    for number in range(1, ROWS + 1):
        serial, model = f"KILL-{number:06d}", "KILL-1"
        if number % EVERY == 1:
            model = "NOBODY-MAKES-IT"
        elif number % EVERY == 0:
            serial = f"kill {number - 1:06d}"
        lines.append(f"{serial},{model},2026-01-02")
    return base64.b64encode("\n".join(lines).encode()).decode()


class TestUnitImport(DatabaseCase):
    def setUp(self):
        self.connection = self.connect()

    def ask_sql(self, sql):
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]

    def wait_for_a_chunk(self):
        """Machines that are committed as soon as some are."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            if seen := self.ask_sql(COUNT):
                return seen
            time.sleep(0.05)
        raise AssertionError("No chunk was committed.")

    def test_killed_and_started_again_every_good_row_is_there_once(self):
        first = self.odoo_process(SCRIPT)
        file = machines()
        run = first.ask(do="start", file=file)
        first.start(do="work")
        seen = self.wait_for_a_chunk()
        first.kill()
        self.assertLess(seen, ROWS - BAD, "killed too late to show anything")
        kept = self.ask_sql(COUNT)
        self.assertGreaterEqual(kept, seen)

        second = self.odoo_process(SCRIPT)
        self.assertEqual(second.ask(do="result", run=run)["state"], "running")
        second.ask(do="work")
        self.check_result(second.ask(do="result", run=run))

        before = self.ask_sql(DIGEST)
        again = second.ask(do="start", file=file)
        second.ask(do="work")
        told = second.ask(do="result", run=again)
        self.assertIn(f"0 registered, 0 completed, {ROWS - BAD} known", told["log"])
        self.assertEqual(self.ask_sql(DIGEST), before)

    def check_result(self, told):
        """Good rows once, bad ones given back with line and reason."""
        self.assertEqual(told["state"], "done", told["log"])
        self.assertEqual((told["done"], told["refused"]), (ROWS, BAD))
        self.assertEqual(self.ask_sql(COUNT), ROWS - BAD)
        distinct = COUNT.replace("count(*)", "count(DISTINCT serial_key)")
        self.assertEqual(self.ask_sql(distinct), ROWS - BAD)
        rows = list(csv.reader(io.StringIO(told["file"], newline="")))[1:]
        lines = [int(line) for line, *_rest in rows]
        # The first line of the file holds the names of the columns.
        unknown = {number + 1 for number in range(1, ROWS, EVERY)}
        twice = {number + 1 for number in range(EVERY, ROWS + 1, EVERY)}
        self.assertEqual(lines, sorted(unknown | twice))
        for line, reason, *_rest in rows:
            words = (
                "NOBODY-MAKES-IT" if int(line) in unknown else f"line {int(line) - 1}"
            )
            self.assertIn(words, reason)
