"""The promises of the harness that every test with real processes relies on."""

from tests.harness import DatabaseCase

COUNT_USERS = """
def step(env, name):
    env["res.partner"].create({"name": name})
    return env["res.partner"].search_count([("name", "=", name)])
"""


class TestHarness(DatabaseCase):
    def test_a_step_is_committed_and_seen_from_outside(self):
        self.assertEqual(self.odoo(COUNT_USERS, name="committed"), 1)
        with self.connect().cursor() as cursor:
            cursor.execute("SELECT count(*) FROM res_partner WHERE name = 'committed'")
            self.assertEqual(cursor.fetchone(), (1,))

    def test_a_failing_step_shows_its_error(self):
        process = self.odoo_process("def step(env):\n    return 1 / 0")
        with self.assertRaisesRegex(AssertionError, "ZeroDivisionError"):
            process.ask()

    def test_processes_run_at_the_same_time(self):
        script = """
        def step(env, mine, other):
            # Each waits for the lock the other holds: only possible side by side.
            env.cr.execute("SELECT pg_advisory_lock(%s)", [mine])
            for _ in range(100):
                env.cr.execute("SELECT pg_sleep(0.05)")
                env.cr.execute(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                    " AND objid = %s", [other])
                if env.cr.fetchone()[0]:
                    env.cr.execute("SELECT pg_sleep(0.2)")
                    return True
            return False
        """
        facts = [{"mine": 1, "other": 2}, {"mine": 2, "other": 1}]
        self.assertEqual(self.together(script, facts), [True, True])
