"""What the plain tests below tests/ share: a database of their own, real processes.

``setup/test`` gives them the server in PGHOST, PGPORT and PGUSER and the database to
clone: with our addons installed in AFTERSALES_TEST_TEMPLATE, without any in
AFTERSALES_BARE_TEMPLATE.
"""

import contextlib
import json
import os
import signal
import subprocess
import textwrap
import time
import unittest
import urllib.request

import psycopg2
from _lib import layout, odoo_run, processes
from _lib.database import Databases
from _lib.postgres import Server


def databases() -> Databases:
    settings = {name: text for name, text in os.environ.items() if name[:2] == "PG"}
    return Databases(Server(settings))


class DatabaseCase(unittest.TestCase):
    """A test class with a clone of the template that nobody else uses.

    TEMPLATE: the variable that names the template; with AFTERSALES_BARE_TEMPLATE none
    of our addons is installed.
    """

    TEMPLATE = "AFTERSALES_TEST_TEMPLATE"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = databases()
        cls.database = f"plain_{cls.__name__.lower()}_{os.getpid()}"
        cls.databases.clone(os.environ[cls.TEMPLATE], cls.database)
        cls.addClassCleanup(cls.databases.drop, cls.database)

    def connect(self):
        """A connection of this process, beside Odoo; it commits every statement."""
        connection = psycopg2.connect(dbname=self.database)
        connection.autocommit = True
        self.addCleanup(connection.close)
        return connection

    def odoo_process(self, script: str) -> "OdooProcess":
        """A real Odoo process; see ``OdooProcess``."""
        process = OdooProcess(self.databases, self.database, script)
        self.addCleanup(process.close)
        return process

    def odoo_server(self) -> "OdooServer":
        """A real Odoo server of the database; see ``OdooServer``."""
        server = OdooServer(self.databases, self.database)
        self.addCleanup(server.close)
        return server

    def run_odoo(self, *options: str) -> None:
        """An Odoo process that does what the options say and ends."""
        words = odoo_run.command(
            ("-m", "odoo"), self.database, "--no-http", "--stop-after-init", *options
        )
        with layout.log_file(f"process_{self.database}").open("ab") as out:
            subprocess.run(
                [str(word) for word in words],
                check=True,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=layout.LOCAL,
                env=odoo_run.environment(self.databases),
            )

    def odoo(self, script: str, **facts):
        """Run a script once in an Odoo process of its own; its result."""
        return self.odoo_process(script).ask(**facts)

    def together(self, script: str, facts: list[dict]) -> list:
        """Run a script in as many processes at once as there are facts; the results.

        All of them are loaded before the first one starts.
        """
        started = [self.odoo_process(script) for _ in facts]
        for process in started:
            process.wait_ready()
        for process, given in zip(started, facts, strict=True):
            process.start(**given)
        return [process.result() for process in started]


class ProcessesCase(DatabaseCase):
    """A test class whose Odoo processes stay loaded from test to test.

    SCRIPT: what each of them runs. PROCESSES: how many there are.
    """

    SCRIPT: str
    PROCESSES: int

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.processes = [
            OdooProcess(cls.databases, cls.database, cls.SCRIPT)
            for _ in range(cls.PROCESSES)
        ]
        for process in cls.processes:
            cls.addClassCleanup(process.close)
        for process in cls.processes:
            process.wait_ready()


class OdooServer:
    """An Odoo server of the database; users log in and call models as a browser does.

    Several of one database are what a company runs behind one address.
    """

    START_SECONDS = 120

    def __init__(self, databases: Databases, database: str):
        port = odoo_run.free_port()
        self._address = f"http://127.0.0.1:{port}"
        self._log = layout.log_file(f"server_{database}_{port}")
        words = odoo_run.command(
            ("-m", "odoo"),
            database,
            f"--db-filter=^{database}$",
            "--no-database-list",
            "--max-cron-threads=0",
            port=port,
        )
        with self._log.open("wb") as out:
            self._process = subprocess.Popen(
                [str(word) for word in words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=layout.LOCAL,
                env={
                    **odoo_run.environment(databases),
                    # A request that tells the bus holds two connections of the pool.
                    "ODOO_MAX_HTTP_THREADS": "16",
                },
            )

    def wait_ready(self) -> None:
        """Return when the server answers."""
        end = time.monotonic() + self.START_SECONDS
        while True:
            with contextlib.suppress(OSError), self._open("/web/health"):
                return
            if self._process.poll() is not None or time.monotonic() > end:
                words = processes.last_words(self._log)
                raise AssertionError(f"No server: {words} (see {self._log})")
            time.sleep(0.2)

    def log_in(self, database: str, login: str, password: str):
        """A session of this server: ``call(model, method, *args, **options)``.

        It gives what the browser would get, or raises ``ServerError``.
        """
        cookies = urllib.request.HTTPCookieProcessor()
        browser = urllib.request.build_opener(cookies)
        self._ask(
            browser,
            "/web/session/authenticate",
            {"db": database, "login": login, "password": password},
        )

        def call(model, method, *args, **options):
            facts = {"model": model, "method": method, "args": args, "kwargs": options}
            return self._ask(browser, f"/web/dataset/call_kw/{model}/{method}", facts)

        return call

    @property
    def address(self) -> str:
        """Where it listens, for what is no browser."""
        return self._address

    def close(self) -> None:
        processes.stop(self._process)

    def _open(self, path, **options):
        return urllib.request.urlopen(f"{self._address}{path}", timeout=60, **options)

    def _ask(self, browser, path, facts):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": facts})
        question = urllib.request.Request(
            f"{self._address}{path}",
            data=body.encode(),
            headers={"Content-Type": "application/json"},
        )
        with browser.open(question, timeout=60) as response:
            answer = json.load(response)
        if "error" in answer:
            raise ServerError(answer["error"]["data"]["name"])
        return answer["result"]


class ServerError(Exception):
    """What the server refused; the text is the name of Odoo's exception."""


class OdooProcess:
    """An Odoo process with a warm registry that runs ``step(env, **facts)`` on demand.

    :param script: Python text that defines ``step``; its result and its facts are
        plain values (JSON). Each call is a transaction, committed when it succeeds.
    """

    def __init__(self, databases: Databases, database: str, script: str):
        words = odoo_run.command(
            (odoo_run.SIDE / "serve_steps.py",), database, "--no-http"
        )
        self._log = layout.log_file(f"process_{database}")
        self._ready = False
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [str(word) for word in words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
                start_new_session=True,
                cwd=layout.LOCAL,
                env={
                    **odoo_run.environment(databases),
                    "AFTERSALES_STEP": textwrap.dedent(script),
                },
            )

    def ask(self, **facts):
        """Run the step and give its result."""
        self.start(**facts)
        return self.result()

    def start(self, **facts) -> None:
        """Start the step and return at once."""
        self.wait_ready()
        self._process.stdin.write(f"{json.dumps(facts)}\n")
        self._process.stdin.flush()

    def result(self):
        """The result of the step that was started; AssertionError if it failed."""
        answer = self._read()
        if "error" in answer:
            raise AssertionError(f"The step failed in its process:\n{answer['error']}")
        return answer["result"]

    def wait_ready(self) -> None:
        if not self._ready:
            self._ready = self._read()["ready"]

    def kill(self) -> None:
        """End the process as a power cut would (SIGKILL)."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        processes.stop(self._process)
        self._process.stdin.close()
        self._process.stdout.close()

    def _read(self) -> dict:
        line = self._process.stdout.readline()
        if not line:
            words = processes.last_words(self._log)
            raise AssertionError(f"The Odoo process ended: {words} (see {self._log})")
        return json.loads(line)
