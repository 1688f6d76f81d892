"""Debian packages: what is missing, and how it comes.

Root gets missing packages by apt-get; anybody else is told what to type.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from . import layout, processes
from .problem import Problem
from .progress import Step


def _has_program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _has_package(name: str) -> Callable[[], bool]:
    def installed() -> bool:
        if not shutil.which("dpkg-query"):
            return True
        query = ["dpkg-query", "-W", "-f", "${Status}", name]
        result = processes.ask(query)
        return result.stdout == "install ok installed"

    return installed


def _has_ensurepip() -> bool:
    return importlib.util.find_spec("ensurepip") is not None


def _has_postgresql() -> bool:
    return postgresql_programs() is not None


def postgresql_programs() -> Path | None:
    """The folder of the newest PostgreSQL's initdb and pg_ctl."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: float(path.parts[-3]),
    )
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


#: package → whether the machine already has what it brings
PACKAGES: dict[str, Callable[[], bool]] = {
    "postgresql": _has_postgresql,
    "postgresql-client": _has_program("psql"),
    "python3-venv": _has_ensurepip,
    "wkhtmltopdf": _has_program("wkhtmltopdf"),
    "fonts-noto-cjk": _has_package("fonts-noto-cjk"),
    "chromium": _has_program(
        "google-chrome", "chromium", "chromium-browser", "google-chrome-stable"
    ),
    "firefox-esr": _has_program("firefox-esr", "firefox"),
    "nodejs": _has_program("node"),
    "npm": _has_program("npm"),
}

_PLAIN = {**os.environ, "LC_ALL": "C"}

#: Newer Debian releases dropped it; without it only printing to PDF is off.
OPTIONAL = {"wkhtmltopdf"}


def require(names: Iterable[str]) -> None:
    """Make sure the machine has these packages, or say what to type."""
    missing = [name for name in names if not PACKAGES[name]()]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        missing = [name for name in missing if name not in OPTIONAL]
    if not missing:
        return
    if not shutil.which("apt-get"):
        raise Problem(
            f"This machine has no apt: install {', '.join(missing)} with its own "
            "package manager and start again."
        )
    if os.geteuid() != 0:
        raise Problem(f"Type: sudo apt-get install -y {' '.join(missing)}")
    _install(missing)


def _install(names: list[str]) -> None:
    log = layout.log_file("apt")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with Step(f"Installing {', '.join(names)}") as step:
        failure = "apt-get update failed"
        processes.run(["apt-get", "update"], log, failure, env=quiet)
        present = [name for name in names if name not in OPTIONAL or _is_known(name)]
        processes.run(
            ["apt-get", "install", "-y", "--no-install-recommends", *present],
            log,
            f"apt-get could not install {' '.join(present)}",
            env=quiet,
        )
        if left := set(names) - set(present):
            step.note = f"done, without {', '.join(left)}"


def _is_known(name: str) -> bool:
    policy = processes.ask(["apt-cache", "policy", name], env=_PLAIN).stdout
    return "Candidate:" in policy and "Candidate: (none)" not in policy
