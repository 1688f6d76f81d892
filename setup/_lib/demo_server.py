"""Serve the demo company until somebody stops it."""

import contextlib
import socket
import subprocess
import time
import urllib.request

from . import layout, mail_sink, odoo_run, processes
from .database import Databases
from .problem import Problem
from .progress import Step

HOST = "127.0.0.1"
START_SECONDS = 120


def check_port(port: int) -> None:
    """Raise ``Problem`` when somebody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise Problem(f"Port {port} needs root: take one above 1023.") from error
        except (OSError, OverflowError) as error:
            raise Problem(
                f"Port {port} is taken: choose another one, e.g. setup/demo --port "
                f"{odoo_run.free_port()}."
            ) from error


@contextlib.contextmanager
def serving(databases: Databases, full_name: str, port: int):
    """Odoo's process while it serves the database."""
    log = layout.log_file(f"{full_name}_server")
    with (
        mail_sink.running() as smtp_port,
        log.open("wb") as out,
        processes.child(
            odoo_run.command(
                ("-m", "odoo"),
                full_name,
                f"--db-filter=^{full_name}$",
                "--no-database-list",
                f"--smtp-port={smtp_port}",
                port=port,
            ),
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=odoo_run.environment(databases),
            cwd=layout.LOCAL,
        ) as process,
    ):
        with Step("Starting the server"):
            _wait(process, port, log)
        yield process


def _wait(process: subprocess.Popen, port: int, log) -> None:
    """Wait for the log-in page; the first visitor shall not wait for its assets."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Problem(f"Odoo ended: {odoo_run.failure(log)} (see {log})")
        if _answers(f"{address(port)}/web/login"):
            return
        time.sleep(0.3)
    raise Problem(f"Odoo did not answer within {START_SECONDS} s (see {log})")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60):
            return True
    except OSError:
        return False


def address(port: int) -> str:
    return f"http://{HOST}:{port}"
