"""Rules of the commands that need neither Odoo nor a database."""

import ast
import io
import os
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from _lib import (
    files,
    layout,
    mail_sink,
    model_folders,
    postgres,
    processes,
    progress,
    style_budget,
    test_plan,
)
from _lib.problem import Problem


class TestPlan(unittest.TestCase):
    def test_an_addon(self):
        plan = test_plan.plan(["aftersales_service"])
        self.assertEqual(plan.odoo, {"all": "/aftersales_service"})
        self.assertEqual(plan.plain, ())

    def test_a_folder_of_tests(self):
        plan = test_plan.plan(["tests/setup"])
        self.assertEqual(plan.odoo, {})
        self.assertIn("tests.setup.test_commands", plan.plain)

    def test_a_class_of_a_plain_test(self):
        plan = test_plan.plan(["TestPlan.test_an_addon"])
        self.assertEqual(
            plan.plain, ("tests.setup.test_commands.TestPlan.test_an_addon",)
        )

    def test_an_unknown_name_is_a_problem(self):
        with self.assertRaisesRegex(Problem, "Nothing is called TestNowhere"):
            test_plan.plan(["TestNowhere"])

    def test_without_names_every_addon_and_the_service_alone(self):
        plan = test_plan.plan([])
        self.assertEqual(
            plan.odoo["service"], "/aftersales_service,/test_browser_assets"
        )
        self.assertIn("/aftersales_settlement", plan.odoo["all"])


class TestShards(unittest.TestCase):
    """A whole addon is dealt to two processes; none of its classes is lost."""

    def test_a_class_and_the_whole_are_not_cut(self):
        for odoo in (
            {"all": "/aftersales_service:TestUnit"},
            {"all": "/aftersales_service,/aftersales_settlement"},
            test_plan.everything().odoo,
        ):
            runs = [(label, label, tags) for label, tags in odoo.items()]
            self.assertEqual(test_plan.shards(odoo), runs)

    def test_the_second_half_is_all_but_the_first(self):
        runs = test_plan.shards({"all": "/aftersales_service"})
        (one, label, first), (other, same_label, second) = runs
        self.assertEqual((one, other), ("all_1", "all_2"))
        self.assertEqual((label, same_label), ("all", "all"))
        first = first.split(",")
        self.assertGreater(len(first), 3)
        without = [f"-{tag}" for tag in first]
        self.assertEqual(second.split(","), ["/aftersales_service", *without])

    def test_the_halves_are_about_equal(self):
        classes = test_plan.test_classes("aftersales_service")
        [(_one, _label, first), _second] = test_plan.shards(
            {"all": "/aftersales_service"}
        )
        tests = sum(classes[tag.rpartition(":")[2]] for tag in first.split(","))
        self.assertAlmostEqual(tests / sum(classes.values()), 0.5, delta=0.1)


class TestModelFolders(unittest.TestCase):
    ORDER = model_folders.loaded_folders("from . import base\nfrom . import claim\n")

    def find(self, text, folder="base"):
        return list(model_folders.backward(ast.parse(text), folder, self.ORDER))

    def test_an_import_from_a_later_folder_is_found(self):
        self.assertTrue(self.find("from ..claim.aftersales_claim import LIMIT"))
        self.assertTrue(self.find("from .. import claim"))

    def test_other_imports_are_fine(self):
        self.assertFalse(self.find("from ..base.mixin import X", folder="claim"))
        self.assertFalse(self.find("from .claim import X\nfrom ...tools import y"))

    def test_a_folder_nobody_loads_is_found(self):
        self.assertTrue(self.find("", folder="lost"))


class TestStyleBudget(unittest.TestCase):
    def test_an_exception_needs_a_reason(self):
        text = "# because\na.py file-lines\n\nb.py file-lines\n"
        self.assertEqual(style_budget.exceptions(text), {"a.py file-lines"})

    def test_an_untagged_test_class_is_found(self):
        tree = ast.parse(
            "@tagged('post_install', '-at_install')\n"
            "class TestGood:\n    def test_a(self): pass\n"
            "class TestBad:\n    def test_a(self): pass\n"
            "class Common:\n    pass\n"
        )
        self.assertEqual(
            [what for what, _why in style_budget.untagged(tree)], ["untagged:TestBad"]
        )

    def test_a_crowded_class_is_found(self):
        methods = "".join(f"    def m{n}(self): pass\n" for n in range(31))
        tree = ast.parse(f"class Crowd:\n{methods}")
        [(what, _why)] = style_budget.class_findings(tree)
        self.assertEqual(what, "class-methods:Crowd")

    def test_budgets_by_kind_of_file(self):
        for name, budget in (("a.py", 400), ("tests/a.py", 500), ("v/a.xml", 300)):
            self.assertEqual(style_budget.line_budget(Path(name)), budget)


class TestProcesses(unittest.TestCase):
    def test_leaving_stops_the_child_and_its_children(self):
        script = "sleep 300 & echo $!; wait"
        command = ["sh", "-c", script]
        with processes.child(command, stdout=subprocess.PIPE, text=True) as child:
            grandchild = int(child.stdout.readline())
            child.stdout.close()
        self.assertFalse(_lives(child.pid) or _lives(grandchild))

    def test_an_interrupted_command_leaves_nothing_behind(self):
        script = (
            "import sys; sys.path.insert(0, sys.argv[1])\n"
            "from _lib import problem, processes\n"
            "def main():\n"
            "    with processes.child(['sleep', '300']) as child:\n"
            "        print(child.pid, flush=True)\n"
            "        child.wait()\n"
            "problem.run(main)\n"
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            with subprocess.Popen(
                [sys.executable, "-c", script, str(layout.SETUP)],
                stdout=subprocess.PIPE,
                text=True,
            ) as command:
                child = int(command.stdout.readline())
                command.send_signal(number)
                self.assertEqual(command.wait(30), 130)
            self.assertFalse(_lives(child))


def _lives(pid: int) -> bool:
    for _ in range(20):
        try:
            os.kill(pid, 0)
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (ProcessLookupError, FileNotFoundError):
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


class TestFiles(unittest.TestCase):
    def test_a_tree_is_known_by_names_and_contents(self):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "models").mkdir()
            (root / "models" / "a.py").write_text("1")
            before = files.tree_fingerprint(root, ["tests"])
            (root / "tests").mkdir()
            (root / "tests" / "test_a.py").write_text("1")
            self.assertEqual(files.tree_fingerprint(root, ["tests"]), before)
            (root / "models" / "a.py").write_text("2")
            self.assertNotEqual(files.tree_fingerprint(root, ["tests"]), before)

    def test_the_last_one_to_leave_is_known(self):
        with tempfile.TemporaryDirectory() as folder:
            lock = Path(folder, "users")
            with files.locked(lock, shared=True), files.locked_if_free(lock) as free:
                self.assertFalse(free)
            with files.locked_if_free(lock) as free:
                self.assertTrue(free)


class TestServerFolder(unittest.TestCase):
    def test_a_clone_deep_down_keeps_its_server_elsewhere(self):
        deep = Path("/", *["a" * 20] * 6)
        with mock.patch.object(layout, "LOCAL", deep):
            folder = postgres.choose_folder()
        self.assertNotIn(deep, folder.parents)
        self.assertIn(layout.clone_key(), folder.name)
        self.assertLessEqual(len(str(folder)), postgres.LONGEST_SOCKET_PATH - 16)


class TestMail(unittest.TestCase):
    def test_mail_is_kept_and_not_delivered(self):
        with (
            tempfile.TemporaryDirectory() as folder,
            mail_sink.running(Path(folder)) as port,
        ):
            with smtplib.SMTP("127.0.0.1", port) as client:
                client.sendmail("a@example.com", ["b@example.com"], "Hello\n.dot\n")
            [kept] = Path(folder).glob("*.eml")
            self.assertEqual(kept.read_bytes(), b"Hello\r\n.dot\r\n")


class TestProgress(unittest.TestCase):
    def test_the_bar_is_as_long_as_the_share(self):
        self.assertEqual(progress.bar(1, 2), f"[{'#' * 15}{'.' * 15}]  50%")

    def test_a_log_file_gets_one_line_a_step(self):
        out = io.StringIO()
        with progress.Step("Unpacking", out) as step:
            step.update(1, 2)
        self.assertEqual(out.getvalue(), "  Unpacking: done (0 s)\n")
