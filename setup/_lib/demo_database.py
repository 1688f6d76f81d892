"""The database of the demo company: built once, kept up to date, built anew."""

from pathlib import Path

from . import files, layout, modules, odoo_run
from .database import Databases
from .odoo_source import Odoo
from .problem import Problem

#: The first one is the language of whoever has none of his own.
LANGUAGES = "zh_CN,en_US"


class Demo:
    """The demo company on a server."""

    name = "demo"
    #: What tells the company's life; see there.
    story = odoo_run.SIDE / "tell_story.py"

    def __init__(self, databases: Databases, odoo: Odoo):
        self.databases = databases
        self.odoo = odoo
        self.addons = modules.present(layout.ADDONS)
        self.building = f"building_{self.name}"

    def prepare(self, fresh: bool) -> str:
        """Build the database or bring it up to date; its full name."""
        with files.locked(layout.LOCAL / "demo.lock"):
            if fresh or self.name not in self.databases.names():
                self._build()
            else:
                self._update()
        return self.databases.full_name(self.name)

    def logins(self) -> list[tuple[str, str, str]]:
        """(role, login, name) of every demo user; the password is the login."""
        addons = ", ".join(f"'{name}'" for name in self.addons)
        rows = self.databases.query(
            "SELECT replace(substr(data.name, 11), '_', ' '), login, partner.name"
            " FROM ir_model_data data JOIN res_users ON res_users.id = data.res_id"
            " JOIN res_partner partner ON partner.id = res_users.partner_id"
            " WHERE data.model = 'res.users' AND data.name LIKE 'demo\\_user\\_%'"
            f" AND data.module IN ({addons}) ORDER BY data.id",
            self.databases.full_name(self.name),
        )
        return [tuple(row.split("\t")) for row in rows]

    def _build(self) -> None:
        files.need_space(layout.LOCAL, 1)
        for name in (self.name, self.building):
            self.databases.drop(name)
        self._found()
        self._tell(self.building)
        self._remember(self.building, self._made_of())
        self.databases.rename(self.building, self.name)

    def _found(self) -> None:
        """An empty company with the addons."""
        company = odoo_run.SIDE / "make_company.py"
        language = f"--load-language={LANGUAGES}"
        self._run("Creating the company", company, self.building, language)
        addons = f"--init={','.join(self.addons)}"
        self._odoo("Installing the addons", self.building, addons)

    def _tell(self, name: str) -> None:
        """Let the company in this database live for a year."""
        told = {"AFTERSALES_TOLD": ",".join(self.addons)}
        self._run("Telling a year of service", self.story, name, variables=told)

    def _update(self) -> None:
        self._check_version()
        installed, story = self._remembered()
        now_installed, now_story = self._made_of()
        if installed != now_installed:
            words = f"--update={','.join(self.addons)}"
            self._odoo("Updating the addons", self.name, words)
            self._remember(self.name, (now_installed, story))
        if story != now_story:
            print("  The demo data changed since: setup/demo --fresh builds it anew.")

    def _made_of(self) -> tuple[str, str]:
        identity = files.fingerprint(
            self.odoo.identity, modules.installed_fingerprint(self.addons)
        )
        return identity, modules.demo_fingerprint()

    def _remember(self, name: str, made_of: tuple[str, str]) -> None:
        full_name = self.databases.full_name(name)
        text = " ".join(made_of)
        self.databases.query(f"COMMENT ON DATABASE \"{full_name}\" IS '{text}'")

    def _remembered(self) -> tuple[str, str]:
        full_name = self.databases.full_name(self.name)
        rows = self.databases.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            f" WHERE datname = '{full_name}'"
        )
        installed, _, story = "".join(rows).partition(" ")
        return installed, story

    def _check_version(self) -> None:
        rows = self.databases.query(
            "SELECT latest_version FROM ir_module_module WHERE name = 'base'",
            self.databases.full_name(self.name),
        )
        if not "".join(rows).startswith("19.0."):
            raise Problem(
                f"The demo database is of Odoo {''.join(rows) or 'unknown'}: type "
                "setup/demo --fresh to build it anew."
            )

    def _odoo(self, step: str, name: str, *options: str) -> None:
        options = ("--no-http", "--stop-after-init", *options)
        self._install(step, ("-m", "odoo"), name, options)

    def _run(self, step: str, program, name: str, *options: str, variables=None):
        self._install(step, (program,), name, ("--no-http", *options), variables)

    def _install(self, step, program, name, options, variables=None) -> None:
        log = odoo_run.Log(self.log_file(step.split()[0].lower(), name))
        words = odoo_run.command(program, self.databases.full_name(name), *options)
        odoo_run.install(step, words, log, self.databases, variables)

    @staticmethod
    def log_file(step: str, name: str) -> Path:
        return layout.log_file(f"{name.removeprefix('building_')}_{step}")
