"""The database of the demo company: built once, kept up to date, built anew."""

from . import files, layout, modules, odoo_run
from .database import Databases
from .odoo_source import Odoo
from .problem import Problem

NAME = "demo"
BUILDING = "building_demo"
#: The first one is the language of whoever has none of his own.
LANGUAGES = "zh_CN,en_US"


class Demo:
    """The demo company on a server."""

    def __init__(self, databases: Databases, odoo: Odoo):
        self.databases = databases
        self.odoo = odoo
        self.addons = modules.present(layout.ADDONS)

    def prepare(self, fresh: bool) -> str:
        """Build the database or bring it up to date; its full name."""
        with files.locked(layout.LOCAL / "demo.lock"):
            if fresh or NAME not in self.databases.names():
                self._build()
            else:
                self._update()
        return self.databases.full_name(NAME)

    def logins(self) -> list[tuple[str, str, str]]:
        """(role, login, name) of every demo user; the password is the login."""
        addons = ", ".join(f"'{name}'" for name in self.addons)
        rows = self.databases.query(
            "SELECT replace(substr(data.name, 11), '_', ' '), login, partner.name"
            " FROM ir_model_data data JOIN res_users ON res_users.id = data.res_id"
            " JOIN res_partner partner ON partner.id = res_users.partner_id"
            " WHERE data.model = 'res.users' AND data.name LIKE 'demo\\_user\\_%'"
            f" AND data.module IN ({addons}) ORDER BY data.id",
            self.databases.full_name(NAME),
        )
        return [tuple(row.split("\t")) for row in rows]

    def _build(self) -> None:
        files.need_space(layout.LOCAL, 1)
        for name in (NAME, BUILDING):
            self.databases.drop(name)
        self._run(
            "Creating the company", "make_company", f"--load-language={LANGUAGES}"
        )
        self._odoo("Installing the addons", f"--init={','.join(self.addons)}")
        told = {"AFTERSALES_TOLD": ",".join(self.addons)}
        self._run("Telling a year of service", "tell_story", variables=told)
        self._remember(BUILDING, self._made_of())
        self.databases.rename(BUILDING, NAME)

    def _update(self) -> None:
        self._check_version()
        installed, story = self._remembered()
        now_installed, now_story = self._made_of()
        if installed != now_installed:
            words = f"--update={','.join(self.addons)}"
            self._odoo("Updating the addons", words, database=NAME)
            self._remember(NAME, (now_installed, story))
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
        full_name = self.databases.full_name(NAME)
        rows = self.databases.query(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            f" WHERE datname = '{full_name}'"
        )
        installed, _, story = "".join(rows).partition(" ")
        return installed, story

    def _check_version(self) -> None:
        rows = self.databases.query(
            "SELECT latest_version FROM ir_module_module WHERE name = 'base'",
            self.databases.full_name(NAME),
        )
        if not "".join(rows).startswith("19.0."):
            raise Problem(
                f"The demo database is of Odoo {''.join(rows) or 'unknown'}: type "
                "setup/demo --fresh to build it anew."
            )

    def _odoo(self, step: str, *options: str, database: str = BUILDING) -> None:
        options = ("--no-http", "--stop-after-init", *options)
        self._install(step, ("-m", "odoo"), database, options)

    def _run(self, step: str, script: str, *options: str, variables=None) -> None:
        program = (odoo_run.SIDE / f"{script}.py",)
        self._install(step, program, BUILDING, ("--no-http", *options), variables)

    def _install(self, step, program, database, options, variables=None) -> None:
        full_name = self.databases.full_name(database)
        log = odoo_run.Log(layout.log_file(f"demo_{step.split()[0].lower()}"))
        words = odoo_run.command(program, full_name, *options)
        odoo_run.install(step, words, log, self.databases, variables)
