"""Odoo's own tests of accounting and stock, with our addons and without them."""

import functools
import os
import re

from . import layout, log_check, odoo_run, processes, test_plan
from .database import Databases
from .progress import Step
from .template import Templates

SUITES = ("account", "stock")
_FAILURE = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(setUpClass \(\S+\)|\S+)")


def compare(templates: Templates, databases: Databases) -> int:
    """Run the suites twice, side by side, and tell which tests fail only once.

    :return: 0 when the same tests fail with and without our addons
    """
    names = test_plan.DATABASES["all"]
    ready = {
        "with": templates.ours(names, "all"),
        "without": templates.others(names, "all"),
    }
    with Step(f"Running the tests of {' and '.join(SUITES)} twice"):
        found = processes.side_by_side(
            *(
                functools.partial(_run, label, base, databases)
                for label, base in ready.items()
            )
        )
    for label, (count, failing) in zip(ready, found, strict=True):
        print(f"{label} our addons: {count} tests, {len(failing)} fail")
    (_count, broken), (_bare_count, known) = found
    for name in sorted(broken - known):
        print(f"  fails only with our addons: {name}")
    for name in sorted(known - broken):
        print(f"  fails only without our addons: {name}")
    ran = all(count for count, _failing in found)
    return 0 if ran and broken == known else 1


def _run(label: str, base: str, databases: Databases) -> tuple[int, set[str]]:
    """(number of tests run, names of those that failed) on a clone of ``base``."""
    log = odoo_run.Log(layout.log_file(f"core_{label}"))
    with databases.cloned(base, f"core_{label}_{os.getpid()}") as name:
        words = odoo_run.command(
            (odoo_run.SIDE / "run_tests.py",),
            name,
            # Without it no browser test loads the back end of Debian's Odoo.
            f"--init={layout.TEST_ADDON_NAMES[0]}",
            # Some of them run only while their module is loaded.
            f"--update={','.join(SUITES)}",
            f"--test-tags={','.join(f'/{suite}' for suite in SUITES)}",
            "--stop-after-init",
            "--max-cron-threads=0",
        )
        suites = {"AFTERSALES_ADDONS": ",".join(SUITES)}
        odoo_run.run(words, log, databases, variables=suites)
    return log_check.verdict(log.path).run, failing(log)


def failing(log: odoo_run.Log) -> set[str]:
    """Names of the tests that failed, as the log gives them."""
    return {
        match[1]
        for entry in log_check.entries(log.path)
        if entry.level == "ERROR" and (match := _FAILURE.match(entry.text))
    }
