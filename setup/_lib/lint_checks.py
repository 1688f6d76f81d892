"""The checks of setup/lint: each a function that returns what it found, as text."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import (
    layout,
    log_check,
    model_folders,
    modules,
    node_env,
    odoo_run,
    postgres,
    processes,
    python_env,
    style_budget,
)
from .database import Databases
from .odoo_source import Odoo
from .template import Templates

BIN = python_env.PYTHON.parent
PRETTIER_SUFFIXES = {".xml", ".js", ".mjs", ".scss", ".css", ".json", ".yaml", ".yml"}
GENERATED = {"package-lock.json"}
NOT_PYLINT = (
    # A core model we extend has one file per concern.
    "consider-merging-classes-inherited",
    # ``_ = self.env._`` keeps a table of sentences readable.
    "prefer-env-translation",
    # Methods that return nothing need not return what their parents return.
    "missing-return",
)


@dataclass(frozen=True)
class Job:
    """What the checks of one run share.

    :param fix: repair what can be repaired instead of reporting it
    :param odoo: None for a quick run without a database
    """

    fix: bool = False
    odoo: Odoo | None = None


def our_files(*suffixes: str) -> list[Path]:
    """Files of the project git knows or would add; no suffix: all of them."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    result = processes.ask(command, cwd=layout.ROOT)
    paths = [layout.ROOT / line for line in result.stdout.splitlines()]
    return [
        path
        for path in paths
        if path.is_file()
        and path.name not in GENERATED
        and (not suffixes or path.suffix in suffixes)
    ]


def _addon_folders() -> list[Path]:
    names = modules.present((*layout.ADDONS, *layout.TEST_ADDON_NAMES))
    return [layout.addon_path(name) for name in names]


def _tool(*words) -> str:
    """Run a tool in the clone; what it printed when it found something."""
    result = processes.ask(words, cwd=layout.ROOT)
    return f"{result.stdout}{result.stderr}".strip() if result.returncode else ""


def _without(found: str, pattern: str) -> str:
    """What is left of a tool's findings without the lines of a pattern."""
    lines = [line for line in found.splitlines() if not re.search(pattern, line)]
    told = any(line and not line.startswith("*****") for line in lines)
    return "\n".join(lines) if told else ""


def ruff_format(job: Job) -> str:
    return _tool(BIN / "ruff", "format", *([] if job.fix else ["--diff"]), ".")


def ruff(job: Job) -> str:
    concise = "--output-format=concise"
    return _tool(BIN / "ruff", "check", concise, *(["--fix"] if job.fix else []), ".")


def prettier(job: Job) -> str:
    plugin = layout.NODE / "node_modules/@prettier/plugin-xml/src/plugin.js"
    return _tool(
        node_env.BIN / "prettier",
        f"--plugin={plugin}",
        "--write" if job.fix else "--check",
        "--log-level=warn",
        *our_files(*PRETTIER_SUFFIXES),
    )


def eslint(job: Job) -> str:
    scripts = our_files(".js")
    if not scripts:
        return ""
    return _tool(
        node_env.BIN / "eslint",
        "--config",
        layout.SETUP / "eslint.config.mjs",
        *(["--fix"] if job.fix else []),
        *scripts,
    )


def pylint_odoo(_job: Job) -> str:
    disabled = f"--disable={','.join(NOT_PYLINT)}"
    found = _tool(BIN / "pylint", "--jobs=2", disabled, *_addon_folders())
    # Texts in tests are read by nobody who needs them in Chinese.
    return _without(found, r"/tests/test_\w+\.py:.*translation-required")


def oca_checks(job: Job) -> str:
    fix = ["--fix"] if job.fix else []
    found = [
        _tool(BIN / "oca-checks-odoo-module", *fix, *_addon_folders()),
        *(_tool(BIN / "oca-checks-po", path) for path in our_files(".po", ".pot")),
    ]
    return "\n".join(text for text in found if text)


def style_budgets(_job: Job) -> str:
    suffixes = ("", ".py", ".xml")
    files = our_files(*suffixes)
    return "\n".join([*style_budget.findings(files), *model_folders.findings(files)])


def odoo_test_lint(job: Job) -> str:
    """Odoo's addon test_lint on our addons."""
    log = odoo_run.Log(layout.log_file("test_lint"))
    code = _in_template(job, "test_lint.py", log, {})
    verdict = log_check.verdict(log.path)
    found = [*verdict.failures, *verdict.skipped, *verdict.complaints]
    if not found and (code or not verdict.run):
        found = [f"test_lint did not run: {odoo_run.failure(log.path)}"]
    return "\n".join(found)


def translations(job: Job) -> str:
    """Every term of our addons has its Chinese; with ``fix`` new terms are added."""
    log = odoo_run.Log(layout.log_file("translations"))
    variables = {"AFTERSALES_TRANSLATED": ",".join(modules.present(layout.ADDONS))}
    if job.fix:
        variables["AFTERSALES_REFRESH"] = "1"
    code = _in_template(job, "translations.py", log, variables)
    lines = [
        line for line in log.path.read_text().splitlines() if ": no Chinese for" in line
    ]
    if code and not lines:
        lines = [odoo_run.failure(log.path)]
    return "\n".join(lines)


def _in_template(job: Job, script: str, log: odoo_run.Log, variables: dict) -> int:
    """Run a script of ``odoo_side`` on a clone of the test template."""
    with postgres.running() as server:
        databases = Databases(server)
        names = (*layout.ADDONS, *layout.TEST_ADDON_NAMES)
        ready = Templates(databases, job.odoo).ours(names, "all")
        with databases.cloned(ready, f"lint_{os.getpid()}") as full_name:
            words = odoo_run.command(
                (odoo_run.SIDE / script,), full_name, "--no-http", "--workers=0"
            )
            return odoo_run.run(words, log, databases, variables=variables)


QUICK: dict[str, Callable[[Job], str]] = {
    "ruff-format": ruff_format,
    "ruff": ruff,
    "prettier": prettier,
    "eslint": eslint,
    "style": style_budgets,
    "pylint-odoo": pylint_odoo,
    "oca-hooks": oca_checks,
}
WITH_DATABASE: dict[str, Callable[[Job], str]] = {
    "test_lint": odoo_test_lint,
    "translations": translations,
}
