"""Ctrl-C stops all that a command started, the private database server too."""

import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from _lib import layout

PREFACE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from _lib import layout, postgres, problem, processes
"""

SERVER = """
layout.LOCAL = Path(sys.argv[2])
def main():
    with postgres.running() as server:
        pid = (Path(server.settings["PGHOST"]) / "data/postmaster.pid").read_text()
        print(pid.split()[0], flush=True)
        with processes.child(["sleep", "300"]) as child:
            child.wait()
problem.run(main)
"""

SIDE_BY_SIDE = """
def wait():
    with processes.child(["sleep", "300"]) as child:
        print(child.pid, flush=True)
        child.wait()
problem.run(lambda: processes.side_by_side(wait, wait))
"""


def lives(pid: int) -> bool:
    """Whether a process is still there after two seconds' grace."""
    for _ in range(40):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


class TestInterrupt(unittest.TestCase):
    def interrupt(self, script, folder="", count=1):
        """Processes a command told of, after it was interrupted."""
        command = [sys.executable, "-c", PREFACE + script, layout.SETUP, folder]
        with subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        ) as process:
            pids, seen = [], []
            while len(pids) < count:
                line = process.stdout.readline()
                seen.append(line)
                self.assertTrue(line, "".join(seen))
                pids += [int(line)] if line.strip().isdigit() else []
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(60), 130)
        return pids

    def test_the_private_server_goes_with_its_last_command(self):
        with tempfile.TemporaryDirectory() as folder:
            # Its owner has to walk there; an ordinary user is his own.
            Path(folder).chmod(0o755)
            [server] = self.interrupt(SERVER, folder)
            self.assertFalse(lives(server))

    def test_what_runs_side_by_side_stops_together(self):
        began = time.monotonic()
        for pid in self.interrupt(SIDE_BY_SIDE, count=2):
            self.assertFalse(lives(pid))
        self.assertLess(time.monotonic() - began, 30)
