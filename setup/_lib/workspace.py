"""Everything a command needs before its own work begins."""

import os

from . import debian, files, layout, odoo_source, python_env
from .odoo_source import Odoo

#: Debian packages for every command, and what some commands need beyond them.
COMMON = ("python3-venv", "wkhtmltopdf", "fonts-noto-cjk")
LINT = ("nodejs", "npm")
TESTS = ("chromium", "firefox-esr", *LINT)


def prepare(packages: tuple[str, ...] = (), locks: tuple[str, ...] = ("odoo",)) -> Odoo:
    """Packages of the machine, Odoo 19 and the virtual environment.

    :param packages: Debian packages beyond the common ones
    :param locks: lock files of Python packages to install
    """
    layout.LOCAL.mkdir(exist_ok=True)
    with files.locked(layout.LOCAL / "workspace.lock"):
        debian.require(needed(packages))
        odoo = odoo_source.find_or_fetch()
        python_env.prepare(odoo, locks)
    return odoo


def needed(packages: tuple[str, ...]) -> list[str]:
    """Names of Debian packages, a server only if nobody named one."""
    server = () if os.environ.get("PGHOST") else ("postgresql",)
    return [*server, *COMMON, *packages]
