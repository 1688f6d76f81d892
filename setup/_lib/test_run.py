"""Run tests: those of our addons inside Odoo, the plain ones beside it."""

import functools
import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence

from . import layout, log_check, odoo_run, processes, python_env, test_plan
from .database import Databases
from .log_check import Verdict
from .progress import Step
from .template import Templates


def run_odoo(
    tags: dict[str, str],
    templates: Templates,
    databases: Databases,
    beside: Sequence[Callable[[], Verdict]] = (),
) -> list[Verdict]:
    """Run the tests of our addons, a database for each label, side by side.

    :param beside: what else runs, as soon as a core is free
    """
    ready = {label: templates.ours(test_plan.DATABASES[label], label) for label in tags}
    count = sum(_planned(value) for value in tags.values())
    runs = test_plan.shards(tags)
    logs = {run: odoo_run.Log(layout.log_file(f"test_{run}")) for run, *_rest in runs}
    with Step(f"Running the tests of our addons ({', '.join(tags)})") as step:
        started = [0]

        def watch(log):
            started[0] += log.new_text().count(b": Starting Test")
            step.update(min(started[0], count - 1), count)

        def one(run, label, value):
            log = logs[run]
            with databases.cloned(ready[label], f"run_{run}_{os.getpid()}") as name:
                words = _words(name, value)
                code = odoo_run.run(words, log, databases, lambda: watch(log))
            verdict = _judged(log, code, run)
            verdict.complaints += templates.complaints(ready[label])
            return verdict

        jobs = [functools.partial(one, *run) for run in runs]
        return processes.side_by_side(*jobs, *beside, at_once=os.cpu_count())


def _words(full_name: str, tags: str) -> list:
    runner = (odoo_run.SIDE / "run_tests.py",)
    options = (f"--test-tags={tags}", "--stop-after-init", "--max-cron-threads=0")
    return odoo_run.command(runner, full_name, *options)


def _judged(log: odoo_run.Log, code: int, label: str) -> Verdict:
    verdict = log_check.verdict(log.path)
    if not verdict.run:
        reason = odoo_run.failure(log.path) if code else "no test has these names"
        verdict.complaints.append(f"No test ran ({label}): {reason} (see {log.path})")
    elif code and not verdict.bad:
        verdict.complaints.append(f"Odoo ended with code {code} (see {log.path})")
    return verdict


def _planned(tags: str) -> int:
    """About how many tests these tags mean, for the bar only."""
    names = set(re.findall(r"/(\w+)", tags))
    text = "".join(
        path.read_text()
        for name in names
        for path in (layout.addon_path(name) / "tests").rglob("test_*.py")
    )
    return max(len(re.findall(r"^    def test_", text, re.MULTILINE)), 1)


def run_plain(names: tuple[str, ...], variables: dict[str, str]) -> Verdict:
    """Run the plain tests in one process of Python's unittest."""
    with Step(f"Running {len(names)} files of tests/"):
        return judge_plain(names, variables, "plain")


def judge_plain(names: tuple, variables: dict[str, str], label: str) -> Verdict:
    """Run plain tests without a word about it."""
    log = odoo_run.Log(layout.log_file(f"test_{label}"))
    began = time.time()
    with log.path.open("ab") as out:
        code = processes.watched(
            [python_env.PYTHON, "-m", "unittest", "-v", *names],
            lambda: None,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=variables,
            cwd=layout.ROOT,
        )
    verdict = plain_verdict(log.path.read_text(errors="replace"), code)
    verdict.complaints += process_complaints(began)
    return verdict


def process_complaints(began: float) -> list[str]:
    """Warnings and errors of the Odoo processes that plain tests started since then."""
    return [
        f"{complaint} (see {path})"
        for path in sorted(layout.LOGS.glob("process_*.log"))
        if path.stat().st_mtime >= began
        for complaint in log_check.complaints(path)
    ]


def plain_verdict(text: str, code: int) -> Verdict:
    """The verdict on what Python's unittest printed."""
    verdict = Verdict()
    ran = re.search(r"^Ran (\d+) tests? in", text, re.MULTILINE)
    verdict.run = int(ran[1]) if ran else 0
    counts = dict(re.findall(r"(failures|errors|skipped)=(\d+)", text[-500:]))
    verdict.failed = int(counts.get("failures", 0)) + int(counts.get("errors", 0))
    if counts.get("skipped"):
        verdict.skipped = re.findall(r"^.* \.\.\. skipped .*$", text, re.MULTILINE)
    if verdict.failed:
        start = text.index("=" * 70)
        verdict.failures.append(text[start:].rstrip())
    elif code or not verdict.run:
        verdict.complaints.append(f"unittest ended with code {code}:\n{text[-2000:]}")
    return verdict


def plain_variables(
    names: tuple[str, ...], templates: Templates, databases: Databases
) -> dict[str, str]:
    """What tests/harness.py reads: the server, and a template to clone.

    Tests of the commands and of the demo company build what they need.
    """
    variables = odoo_run.environment(databases)
    if any(not name.startswith(("tests.setup.", "tests.demo.")) for name in names):
        ready = templates.ours(test_plan.DATABASES["all"], "all")
        variables["AFTERSALES_TEST_TEMPLATE"] = databases.full_name(ready)
        bare = templates.others(test_plan.DATABASES["service"], "service")
        variables["AFTERSALES_BARE_TEMPLATE"] = databases.full_name(bare)
    return variables
