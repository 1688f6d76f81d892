"""Firefox in the place of the Chrome that Odoo's browser tests drive."""

import json
import os
import queue
import shutil
import subprocess
import threading
import time
from pathlib import Path
from unittest.mock import patch

from odoo.tests import HttpCase
from odoo.tests.common import ChromeBrowserException

DRIVER = Path(__file__).with_name("firefox.mjs")
#: Node's packages, where setup puts them.
NODE = Path(__file__).parents[4] / ".setup" / "node"


class Firefox:
    """What ``HttpCase.browser_js`` asks of a browser, done by a Firefox process."""

    def __init__(self, test_case, success_signal, **_options):
        self._signal = success_signal
        self._lines = queue.Queue()
        program = shutil.which("firefox-esr") or shutil.which("firefox")
        self._process = subprocess.Popen(
            # Odoo limits its own memory, which Firefox would inherit.
            ["prlimit", "--as=unlimited", "node", DRIVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                "AFTERSALES_NODE": str(NODE),
                "AFTERSALES_FIREFOX": program or "firefox",
            },
        )
        threading.Thread(target=self._read, daemon=True).start()
        test_case.addCleanup(self.stop)
        width, height = map(int, test_case.browser_size.replace(",", "x").split("x"))
        self._ask("size", width=width, height=height)
        self.screencaster = self

    def start(self):
        """Odoo films its Chrome; nobody films Firefox."""

    def set_cookie(self, name, value, path, domain):
        cookie = {"name": name, "value": value, "path": path, "domain": domain}
        self._ask("cookie", cookie=cookie)

    def navigate_to(self, url, wait_stop=False):
        self._ask("open", url=url)

    def _wait_ready(self, ready_code=None, timeout=60):
        code = ready_code or "document.readyState === 'complete'"
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            # A page that is just going has no answer.
            if self._ask("evaluate", code=code, is_certain=False) is True:
                return True
            time.sleep(0.2)
        return False

    def _wait_code_ok(self, code, timeout, error_checker=None):
        """Run the code and wait until the page says that all went well."""
        end = time.monotonic() + timeout
        self._ask("evaluate", code=f"void ({code.strip().rstrip(';')})")
        while True:
            line = self._next(end - time.monotonic())
            text = line.get("text", "")
            is_error = line["kind"] == "error"
            if is_error and (not error_checker or error_checker(text)):
                raise ChromeBrowserException(text)
            if text == self._signal:
                return

    def stop(self):
        if self._process.poll() is None:
            self._ask("stop", is_certain=False)
            self._process.stdin.close()
            self._process.wait(30)

    def _ask(self, action, is_certain=True, **facts):
        """The driver's answer; what the page says meanwhile is kept for later."""
        self._process.stdin.write(json.dumps({"action": action, **facts}) + "\n")
        self._process.stdin.flush()
        said = []
        while True:
            line = self._next(120)
            if line["kind"] == "answer":
                break
            said.append(line)
        for other in said:
            self._lines.put(other)
        if is_certain and "error" in line:
            raise ChromeBrowserException(f"{action}: {line['error']}")
        return line.get("result")

    def _next(self, timeout):
        try:
            return self._lines.get(timeout=max(timeout, 0.1))
        except queue.Empty:
            raise ChromeBrowserException("Firefox says nothing any more") from None

    def _read(self):
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(json.loads(line))


class FirefoxCase(HttpCase):
    """A browser test that runs in Firefox."""

    def browser_js(self, *args, **options):
        with patch("odoo.tests.common.ChromeBrowser", Firefox):
            return super().browser_js(*args, **options)
