"""Test databases to clone from: built once, named by what they are built of."""

from pathlib import Path

from . import files, layout, log_check, modules, odoo_run
from .database import Databases
from .odoo_source import Odoo

#: The first one is the language of whoever has none of his own.
LANGUAGES = "en_US,zh_CN"


class Templates:
    """Two floors: the modules of others, then our addons on a clone of that.

    A change of our code costs only the upper floor. A database gets its name when it
    is complete, so an interrupted build is never taken for a template.
    """

    def __init__(self, databases: Databases, odoo: Odoo):
        self.databases = databases
        self.odoo = odoo

    def ours(self, names: tuple[str, ...], label: str) -> str:
        """Name of a database with these addons of ours and what they need."""
        names = modules.present(names)
        with files.locked(layout.LOCAL / "templates.lock"):
            base = self._base(names, label)
            key = files.fingerprint(base, modules.installed_fingerprint(names))
            name = f"test_{label}_{key}"
            built = name in self.databases.names() and _install_log(name).exists()
            if not built:
                self._build_ours(name, base, names, label)
            return name

    def others(self, names: tuple[str, ...], label: str) -> str:
        """Name of a database with only what these addons of ours need."""
        with files.locked(layout.LOCAL / "templates.lock"):
            return self._base(modules.present(names), label)

    def _base(self, names: tuple[str, ...], label: str) -> str:
        wanted = modules.foreign_dependencies(names)
        below = self._below(names)
        lock = layout.SETUP / "requirements" / "odoo.txt"
        key = files.fingerprint(
            self.odoo.identity, lock.read_text(), LANGUAGES, below, *wanted
        )
        name = f"base_{label}_{key}"
        if name not in self.databases.names():
            self._forget(f"base_{label}_")
            building = self._building(label)
            if below:
                self.databases.clone(below, building)
            odoo_run.install(
                f"Building the test template ({label}): modules of others",
                [
                    *self._words(building, f"--init={','.join(wanted)}"),
                    f"--load-language={LANGUAGES}",
                ],
                odoo_run.Log(layout.log_file(f"base_{label}")),
                self.databases,
            )
            self.databases.rename(building, name)
        return name

    def _below(self, names: tuple[str, ...]) -> str:
        """The floor to build on: more addons stand on what the first one needs."""
        first = names[:1]
        return self._base(first, "first") if first != names else ""

    def _build_ours(self, name: str, base: str, names: tuple, label: str) -> None:
        self._forget(f"test_{label}_")
        building = self._building(label)
        self.databases.clone(base, building)
        odoo_run.install(
            f"Building the test template ({label}): our addons",
            self._words(building, f"--init={','.join(names)}"),
            odoo_run.Log(_install_log(name)),
            self.databases,
        )
        self.databases.rename(building, name)

    def _words(self, building: str, *options: str) -> list:
        full_name = self.databases.full_name(building)
        return odoo_run.command(
            ("-m", "odoo"), full_name, "--no-http", "--stop-after-init", *options
        )

    def _building(self, label: str) -> str:
        building = f"building_{label}"
        self.databases.drop(building)
        return building

    def _forget(self, beginning: str) -> None:
        for name in self.databases.names():
            if name.startswith(beginning):
                self.databases.drop(name)

    @staticmethod
    def complaints(name: str) -> list[str]:
        """Warnings and errors logged when our addons were installed into it."""
        return log_check.complaints(_install_log(name))


def _install_log(name: str) -> Path:
    return layout.log_file(f"install_{name}")
