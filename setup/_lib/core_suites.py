"""Odoo's own tests of accounting and stock, with our addons and without them."""

import functools
import os
import re
from collections.abc import Sequence

from . import layout, log_check, odoo_run, processes, test_plan
from .database import Databases
from .progress import Step
from .template import Templates

SUITES = ("account", "stock")
_FAILURE = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(setUpClass \(\S+\)|\S+)")


def compare(templates: Templates, databases: Databases) -> int:
    """Run the suites twice, side by side, and tell which tests fail only once.

    Browser tests of a busy machine fail now and then: those that fail on one side only
    are run again by themselves, on both.

    :return: 0 when the same tests fail with and without our addons
    """
    names = test_plan.DATABASES["all"]
    bases = templates.ours(names, "all"), templates.others(names, "all")
    suites = " and ".join(SUITES)
    with Step(f"Running the tests of {suites} twice"):
        (count, broken), (bare_count, known) = _run_both(
            bases, databases, [f"/{suite}" for suite in SUITES]
        )
    print(f"with our addons: {count} tests, {len(broken)} fail")
    print(f"without our addons: {bare_count} tests, {len(known)} fail")
    if differing := sorted(broken ^ known):
        with Step(f"Running {len(differing)} of them again"):
            (_again, broken), (_bare_again, known) = _run_both(
                bases, databases, [tag(name) for name in differing]
            )
    for name in sorted(broken - known):
        print(f"  fails only with our addons: {name}")
    for name in sorted(known - broken):
        print(f"  fails only without our addons: {name}")
    return 0 if count and bare_count and broken == known else 1


def tag(name: str) -> str:
    """Odoo's tag of a test as the log names it."""
    if match := re.fullmatch(r"setUpClass \(\S*?(\w+)\)", name):
        return f":{match[1]}"
    return f":{name}"


def _run_both(
    bases: Sequence[str], databases: Databases, tags: Sequence[str]
) -> list[tuple[int, set[str]]]:
    """What `_run` says of the databases with our addons and without."""
    return processes.side_by_side(
        *(
            functools.partial(_run, label, base, databases, tags)
            for label, base in zip(("with", "without"), bases, strict=True)
        )
    )


def _run(
    label: str, base: str, databases: Databases, tags: Sequence[str]
) -> tuple[int, set[str]]:
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
            f"--test-tags={','.join(tags)}",
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
