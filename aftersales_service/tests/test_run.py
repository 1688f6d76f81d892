from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCase

RUN_LOG = "odoo.addons.aftersales_service.models.run.aftersales_run"


@tagged("post_install", "-at_install")
class TestRun(AftersalesCase):
    """A long job: in batches, by the cron, left, failed, continued, cancelled."""

    def _start(self, user=None, **vals):
        Run = self.env["aftersales.run"].with_user(user or self.office_north)
        return Run._start("unit_import", {"items": 5}, **vals)

    def _work(self, run, work):
        """Let the cron work; ``work(run)`` is one batch."""
        model = type(self.env["aftersales.run"])
        with (
            patch.object(model, "_work_unit_import", work),
            self.enter_registry_test_mode(),
        ):
            self.env.ref("aftersales_service.ir_cron_run_work").method_direct_trigger()
        run.invalidate_recordset()

    @staticmethod
    def _count_down(run):
        """Two items a batch; remembers where it stands."""
        left = max((run.checkpoint or {}).get("left", run.params["items"]) - 2, 0)
        run._save_checkpoint(left=left)
        return left

    def test_starting_wakes_the_cron(self):
        cron = self.env.ref("aftersales_service.ir_cron_run_work")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        run = self._start()
        self.assertEqual(run.state, "queued")
        self.assertEqual(run.user_id, self.office_north)
        self.assertEqual(run.territory_id, self.north)
        self.assertGreater(triggers.search_count([("cron_id", "=", cron.id)]), before)

    def test_worked_in_batches_to_the_end(self):
        run = self._start()
        self._work(run, self._count_down)
        self.assertEqual(run.state, "done")
        self.assertEqual((run.done_count, run.total_count), (3, 3))
        self.assertEqual(run.progress, 100)
        self.assertTrue(run.started_at and run.ended_at)

    def test_total_known_from_the_start_shows_progress(self):
        run = self._start(total_count=5)
        with patch.object(type(run), "_work_unit_import", self._count_down):
            self.assertTrue(run.sudo()._work_batch())
        self.assertEqual(run.state, "running")
        self.assertEqual((run.done_count, run.total_count), (2, 5))
        self.assertEqual(run.progress, 40)

    def test_two_runs_take_turns(self):
        runs = self._start() | self._start()
        turns = []

        def work(run):
            turns.append(run.id)
            return self._count_down(run)

        self._work(runs, work)
        self.assertEqual(set(runs.mapped("state")), {"done"})
        self.assertEqual(turns, [*runs.ids, *runs.ids, *runs.ids])

    def test_works_as_the_user_who_started_it(self):
        seen = []

        def work(run):
            seen.append((run.env.user, run.env.su, run.env.company))
            return 0

        self._work(self._start(), work)
        self.assertEqual(seen, [(self.office_north, False, self.env.company)])

    def test_a_failed_batch_is_undone_and_says_why(self):
        run = self._start()

        def work(run):
            run._save_checkpoint(left=1)
            raise UserError("The file is empty.")

        self._work(run, work)
        self.assertEqual(run.state, "failed")
        self.assertIn("The file is empty.", run.log)
        self.assertFalse(run.checkpoint)

    @mute_logger(RUN_LOG)
    def test_an_unexpected_error_is_one_sentence_not_a_traceback(self):
        run = self._start()

        def work(run):
            raise ZeroDivisionError("secret detail")

        self._work(run, work)
        self.assertEqual(run.state, "failed")
        self.assertEqual(len(run.log.splitlines()), 1)
        self.assertIn("ZeroDivisionError", run.log)
        self.assertNotIn("Traceback", run.log)
        self.assertNotIn("secret", run.log)

    def test_one_failure_does_not_stop_the_others(self):
        bad, good = self._start(), self._start()

        def work(run):
            if run == bad:
                raise UserError("No.")
            return 0

        self._work(bad | good, work)
        self.assertEqual((bad.state, good.state), ("failed", "done"))

    def test_continued_where_the_last_batch_ended(self):
        run = self._start()
        batches = []

        def work(run):
            batches.append((run.checkpoint or {}).get("left"))
            if len(batches) == 2:
                raise UserError("No space left.")
            return self._count_down(run)

        self._work(run, work)
        self.assertTrue(run.can_continue)
        run.action_continue()
        self._work(run, work)
        self.assertEqual(run.state, "done")
        self.assertEqual(batches, [None, 3, 3, 1])

    def test_a_run_killed_in_the_middle_is_still_taken(self):
        run = self._start()
        with patch.object(type(run), "_work_unit_import", self._count_down):
            run.sudo()._work_batch()
        self.assertEqual(run.state, "running")  # as a killed worker leaves it
        self._work(run, self._count_down)
        self.assertEqual(run.state, "done")

    def test_a_cancelled_run_is_left_alone(self):
        run = self._start()
        run.action_cancel()
        self.assertIn(self.office_north.name, run.log)

        def work(run):
            raise AssertionError("worked though cancelled")

        self._work(run, work)
        self.assertEqual(run.state, "cancelled")
        with self.assertRaises(UserError):
            run.action_continue()
        with self.assertRaises(UserError):
            run.action_cancel()

    def test_nobody_starts_a_run_in_anothers_name(self):
        Run = self.env["aftersales.run"].with_user(self.office_north)
        vals = {"name": "X", "kind": "unit_import"}
        forged = (
            {"user_id": self.administrator.id},
            {"state": "queued"},
            {"params": {"a": 1}},
            {"checkpoint": {"a": 1}},
        )
        for more in forged:
            with self.subTest(more), self.assertRaises(AccessError):
                Run.create({**vals, **more})
            run = self._start()
            with self.subTest(more), self.assertRaises(AccessError):
                run.write(more)

    def test_other_offices_do_not_see_it(self):
        run = self._start()
        Run = self.env["aftersales.run"]
        self.assertFalse(Run.with_user(self.office_south).search([("id", "=", run.id)]))
        self.assertTrue(Run.with_user(self.headquarters).search([("id", "=", run.id)]))
