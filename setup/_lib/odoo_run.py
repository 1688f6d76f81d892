"""Run Odoo: its command line, its log, its progress."""

import re
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from . import layout, processes, python_env
from .database import Databases
from .problem import Problem
from .progress import Step

SIDE = Path(__file__).parent / "odoo_side"
_COUNTER = re.compile(rb"Loading module \S+ \((\d+)/(\d+)\)")


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def command(program: Sequence, database: str, *options: str, port: int = 0) -> list:
    """A command line for a program that takes Odoo's options.

    :param program: ``("-m", "odoo")`` or a script of ``odoo_side``
    :param database: the full name
    """
    addons = [str(layout.ROOT)]
    if layout.TEST_ADDONS.exists():
        addons.append(str(layout.TEST_ADDONS))
    configuration = layout.LOCAL / "odoo.conf"
    # An empty configuration of our own: a user's ~/.odoorc shall not creep in.
    configuration.write_text("[options]\n")
    return [
        python_env.PYTHON,
        *program,
        f"--config={configuration}",
        f"--addons-path={','.join(addons)}",
        f"--data-dir={layout.DATA}",
        f"--database={database}",
        "--http-interface=127.0.0.1",
        f"--http-port={port or free_port()}",
        f"--gevent-port={free_port()}",
        "--unaccent",
        # Nobody listens there: no mail leaves the machine by accident.
        "--smtp=127.0.0.1",
        "--smtp-port=1",
        *options,
    ]


def environment(databases: Databases) -> dict[str, str]:
    """Variables for Odoo: the server and our virtual environment's programs first."""
    variables = databases.server.environment()
    variables["PATH"] = f"{python_env.PYTHON.parent}:{variables.get('PATH', '')}"
    variables["AFTERSALES_ADDONS"] = ",".join(
        (*layout.ADDONS, *layout.TEST_ADDON_NAMES)
    )
    variables.pop("PGDATABASE", None)
    variables.pop("ODOO_RC", None)
    return variables


class Log:
    """A log that is read while it grows."""

    def __init__(self, path: Path):
        self.path = path
        self._offset = 0
        path.write_bytes(b"")

    def new_text(self) -> bytes:
        with self.path.open("rb") as stream:
            stream.seek(self._offset)
            text = stream.read()
        self._offset += len(text)
        return text


def run(
    words: list,
    log: Log,
    databases: Databases,
    watch: Callable = lambda: None,
    variables: dict[str, str] | None = None,
) -> int:
    """Run an Odoo program to its end with its output in the log.

    :param variables: what it reads from its environment beyond the server's settings
    """
    with log.path.open("ab") as out:
        return processes.watched(
            words,
            watch,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**environment(databases), **(variables or {})},
            cwd=layout.LOCAL,
        )


def show(words: list, databases: Databases, variables: dict[str, str]) -> int:
    """Run an Odoo program whose output is for the person who waits."""
    variables = {**environment(databases), **variables}
    return processes.watched(words, lambda: None, env=variables, cwd=layout.LOCAL)


def install(
    name: str,
    words: list,
    log: Log,
    databases: Databases,
    variables: dict[str, str] | None = None,
) -> None:
    """Run an Odoo program that installs modules, with a bar of modules done."""
    with Step(name) as step:

        def watch():
            counts = _COUNTER.findall(log.new_text())
            if counts:
                step.update(*map(int, counts[-1]))

        code = run(words, log, databases, watch, variables)
        if code:
            raise Problem(f"{name} failed: {failure(log.path)} (see {log.path})")


def failure(log: Path) -> str:
    """The line that tells best why Odoo ended with an error."""
    lines = log.read_text(errors="replace").splitlines()
    # The text of an exception stands at the beginning of a line, below its trace.
    for line in reversed(lines):
        if re.match(r"^[A-Za-z_.]*(Error|Exception|Warning)\b", line):
            return line
    return processes.last_words(log)
