"""Names of steps as they run, with a bar on long ones."""

import sys
import time

BAR_WIDTH = 30


def bar(done: float, total: float) -> str:
    """A bar of fixed width, e.g. ``[#####.....]  50 %``."""
    share = min(max(done / total, 0), 1) if total else 0
    filled = round(share * BAR_WIDTH)
    return f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {share:4.0%}"


class Step:
    """One named piece of work: its name when it starts, its time when it ends.

    Use it as a context manager and call ``update`` as often as you like: the bar is
    drawn on a terminal only, so that a log file holds one line for each step.
    """

    def __init__(self, name: str, out=None):
        self.name = name
        self.out = out or sys.stdout
        self.note = ""
        self._drawn = 0.0

    def __enter__(self):
        self.started = time.monotonic()
        self._draw("...")
        return self

    def update(self, done: float, total: float) -> None:
        now = time.monotonic()
        if self.out.isatty() and now - self._drawn > 0.1:
            self._drawn = now
            self._draw(bar(done, total))

    def __exit__(self, kind, _value, _trace):
        seconds = time.monotonic() - self.started
        end = "stopped" if kind else f"{self.note or 'done'} ({seconds:.0f} s)"
        if self.out.isatty():
            self._draw(end)
            self.out.write("\n")
        else:
            self.out.write(f"  {self.name}: {end}\n")
        self.out.flush()

    def _draw(self, state: str) -> None:
        if self.out.isatty():
            self.out.write(f"\r\x1b[K  {self.name}: {state}")
            self.out.flush()
