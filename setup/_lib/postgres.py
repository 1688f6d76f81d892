"""The database server: the one PGHOST names, or a private one in the clone.

The private server listens on a Unix socket only, in a folder nobody else can enter,
so it trusts who comes in. It does not wait for the disk (fsync is off): all it holds
can be built again by the commands that filled it.
"""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import debian, files, layout, processes
from .problem import Problem
from .progress import Step

OLDEST = 13
ROLE = "odoo"
SOCKET_PORT = "5432"
#: What the operating system allows for the path of a Unix socket.
LONGEST_SOCKET_PATH = 107
SETTINGS = """
listen_addresses = ''
fsync = off
synchronous_commit = off
full_page_writes = off
jit = off
shared_buffers = 1GB
max_wal_size = 4GB
max_connections = 100
"""


@dataclass(frozen=True)
class Server:
    """How to reach the server, and how our databases are named there.

    :param settings: the PG* variables of its clients
    :param prefix: what our database names begin with; a server that serves others
        too keeps the clones apart by it
    """

    settings: dict[str, str]
    prefix: str = ""

    def environment(self) -> dict[str, str]:
        return {**os.environ, **self.settings}


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """A server that runs while the block runs.

    The private one is stopped by the last command of the clone that uses it.
    """
    if os.environ.get("PGHOST"):
        yield _given()
        return
    cluster = Cluster(choose_folder())
    try:
        with files.locked(layout.LOCAL / "postgres.users", shared=True):
            cluster.start()
            yield Server(cluster.settings())
    finally:
        cluster.stop_if_unused()


def _given() -> Server:
    settings = {name: os.environ[name] for name in os.environ if name.startswith("PG")}
    settings.setdefault("PGUSER", pwd.getpwuid(os.geteuid()).pw_name)
    debian.require(["postgresql-client"])
    server = Server(settings, f"aftersales_{layout.clone_key()}_")
    command = ["psql", "-qAtc", "SHOW server_version_num", "postgres"]
    result = processes.ask(command, env=server.environment())
    if result.returncode:
        reason = result.stderr.strip().splitlines()[0]
        raise Problem(
            f"The server PGHOST names refuses: {reason}; set PGHOST, PGPORT, PGUSER "
            "and PGPASSWORD to one that lets you create databases, or unset PGHOST."
        )
    version = int(result.stdout) // 10000
    if version < OLDEST:
        raise Problem(
            f"The server PGHOST names is PostgreSQL {version}: Odoo 19 needs {OLDEST} "
            "or newer; unset PGHOST to use a private one."
        )
    return server


def owner() -> str | None:
    """Whom the private server runs as; None for the user of this command.

    PostgreSQL refuses to run as root, Debian's package brings a user for it.
    """
    return "postgres" if os.geteuid() == 0 else None


def choose_folder() -> Path:
    """The folder of the private server, where its owner can walk to."""
    inside = layout.LOCAL / "postgres"
    if _fits(inside):
        return inside
    temporary = Path(os.environ.get("TMPDIR") or "/var/tmp")
    return temporary / f"aftersales-{os.geteuid()}-{layout.clone_key()}"


def _fits(folder: Path) -> bool:
    socket = folder / f".s.PGSQL.{SOCKET_PORT}"
    if len(str(socket)) > LONGEST_SOCKET_PATH:
        return False
    if owner() is None:
        return True
    folder.parent.mkdir(parents=True, exist_ok=True)
    walk = ["runuser", "-u", owner(), "--", "test", "-x", folder.parent]
    return processes.ask(walk).returncode == 0


class Cluster:
    """A private server in a folder: its data, its socket, its log."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.programs = debian.postgresql_programs()

    def settings(self) -> dict[str, str]:
        return {"PGHOST": str(self.folder), "PGPORT": SOCKET_PORT, "PGUSER": ROLE}

    def start(self) -> None:
        with files.locked(layout.LOCAL / "postgres.lock"):
            self._make_folder()
            if not (self.data / "PG_VERSION").exists():
                self._create()
            self._check_version()
            if not self._is_running():
                self._configure()
                self._control("start", "-w", "-t", "60", "-l", self.log)

    def stop_if_unused(self) -> None:
        """Runs after the lock of this user is gone: see who else holds it."""
        with (
            files.locked(layout.LOCAL / "postgres.lock"),
            files.locked_if_free(layout.LOCAL / "postgres.users") as free,
        ):
            if free and self._is_running():
                self._control("stop", "-m", "fast")

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if owner():
            shutil.chown(self.folder, owner(), owner())
        expected = pwd.getpwnam(owner()).pw_uid if owner() else os.geteuid()
        if self.folder.stat().st_uid != expected:
            raise Problem(
                f"{self.folder} belongs to another user: remove it and start again."
            )

    def _create(self) -> None:
        files.need_space(layout.LOCAL, 1)
        with Step("Creating a private database server"):
            shutil.rmtree(self.data, ignore_errors=True)
            options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
            self._as_owner("initdb", f"--username={ROLE}", *options, "-D", self.data)

    def _configure(self) -> None:
        """What the server reads when it starts, also one that an older state made."""
        place = f"unix_socket_directories = '{self.folder}'\n"
        (self.data / "postgresql.auto.conf").write_text(SETTINGS + place)

    def _check_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        show = [self.programs / "postgres", "--version"]
        answer = processes.ask(show).stdout
        present = answer.split()[2].split(".")[0]
        if made_by != present:
            raise Problem(
                f"The databases in {self.folder} were made by PostgreSQL {made_by}, "
                f"this machine has {present}: type rm -r {self.folder} to build them "
                "again."
            )

    def _is_running(self) -> bool:
        try:
            self._as_owner("pg_ctl", "status", "-D", self.data)
        except Problem:
            return False
        return True

    def _control(self, action: str, *options) -> None:
        self._as_owner("pg_ctl", action, "-D", self.data, *options)

    def _as_owner(self, program: str, *arguments) -> None:
        """Run a program of PostgreSQL as the owner of the server."""
        command = [self.programs / program, *arguments]
        if owner():
            command = ["runuser", "-u", owner(), "--", *command]
        with tempfile.TemporaryFile("w+") as out:
            # A file, not a pipe: the server that stays would keep a pipe open.
            result = processes.ask(
                command,
                capture_output=False,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd="/",
                start_new_session=True,
            )
            if result.returncode:
                out.seek(0)
                words = " ".join(out.read().split()[-40:])
                raise Problem(f"PostgreSQL's {program} failed: {words}")
