"""The virtual environment: pinned wheels, checked by hash, kept in the cache."""

import os
import sys
from pathlib import Path

from . import files, layout, processes
from .odoo_source import Odoo
from .problem import Problem
from .progress import Step

PYTHON = layout.VENV / "bin" / "python"
OLDEST, NEWEST = (3, 10), (3, 13)


def prepare(odoo: Odoo, locks: tuple[str, ...]) -> None:
    """Bring the environment to the state of the lock files.

    :param locks: names below ``setup/requirements``, e.g. ``("odoo",)``
    """
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise Problem(
            f"Odoo 19 runs on Python 3.10 to 3.13, this is {sys.version.split()[0]}: "
            "start the command with another one, e.g. python3.13 setup/demo."
        )
    if not (PYTHON.exists() and _site_packages().exists()):
        _create()
    for name in locks:
        _install(name)
    _show(odoo)


def _create() -> None:
    with Step("Creating the virtual environment"):
        command = [sys.executable, "-m", "venv", "--clear", layout.VENV]
        failure = "The virtual environment could not be created"
        processes.run(command, layout.log_file("pip"), failure)


def _install(name: str) -> None:
    lock = layout.SETUP / "requirements" / f"{name}.txt"
    stamp = layout.VENV / f".{name}"
    fingerprint = files.digest(lock)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    wheels = layout.cache() / "wheels"
    with files.locked(wheels / ".lock"):
        complete = wheels / f".{fingerprint[:16]}"
        if not complete.exists():
            _download(wheels, lock)
            complete.touch()
        if not _install_from(wheels, lock, name):
            # A wheel was removed or damaged: fetch what is missing, once.
            _download(wheels, lock)
            if not _install_from(wheels, lock, name):
                log = layout.log_file("pip")
                words = processes.last_words(log)
                raise Problem(f"pip could not install {lock}: {words} (see {log})")
    stamp.write_text(fingerprint)


def _install_from(wheels: Path, lock: Path, name: str) -> bool:
    """Install from the cache alone; False when a wheel is missing or damaged."""
    options = ["--no-index", "--find-links", wheels, "--no-compile"]
    with (
        Step(f"Installing Python packages for {name}") as step,
        layout.log_file("pip").open("ab") as log,
    ):
        code = processes.watched(
            _pip("install", lock, *options), lambda: None, stdout=log, stderr=log
        )
        if code:
            step.note = "a wheel in the cache is missing or damaged"
    return not code


def _download(wheels: Path, lock: Path) -> None:
    wanted = sum("==" in line for line in lock.read_text().splitlines())
    before = len(list(wheels.glob("*.whl")))
    with Step("Downloading Python packages") as step:
        processes.run(
            _pip("download", lock, "--dest", wheels),
            layout.log_file("pip"),
            "Python packages could not be downloaded",
            watch=lambda: step.update(len(list(wheels.glob("*.whl"))) - before, wanted),
            env={**os.environ, "PIP_CACHE_DIR": str(layout.cache() / "pip")},
        )


def _pip(action: str, lock: Path, *options) -> list:
    checked = ["--require-hashes", "--no-deps", "--only-binary", ":all:"]
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    return [PYTHON, "-m", "pip", action, *checked, *quiet, *options, "-r", lock]


def _show(odoo: Odoo) -> None:
    """Let the environment import Odoo: a line in a .pth file."""
    pth = _site_packages() / "odoo.pth"
    if not pth.exists() or pth.read_text().strip() != str(odoo.path):
        pth.write_text(f"{odoo.path}\n")


def _site_packages() -> Path:
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return layout.VENV / "lib" / version / "site-packages"
