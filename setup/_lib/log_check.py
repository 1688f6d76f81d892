"""What a log of Odoo says: tests run, failed, skipped, and every complaint."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from . import layout

ALLOWED = layout.SETUP / "allowed_log_lines.txt"
_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?P<level>[A-Z]+) \S+ "
    r"(?P<logger>\S+): (?P<text>.*)$"
)
#: A statement that the database refuses can be pages long.
LONGEST_LINE = 400
_LOUD = {"WARNING", "ERROR", "CRITICAL"}
_TOTALS = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")
_SKIPPED = re.compile(r"^skipped (\S+) : (.*)$")
_TEST_FAILURE = re.compile(r"^(FAIL|ERROR): ")


@dataclass
class Entry:
    """One entry of the log: its first line taken apart, and the lines below."""

    level: str
    logger: str
    text: str
    below: list[str] = field(default_factory=list)

    def __str__(self):
        """The entry as logged."""
        return "\n".join([f"{self.level} {self.logger}: {self.text}", *self.below])

    def short(self) -> str:
        """The entry with the end of its trace only, its long lines cut."""
        lines = [line[:LONGEST_LINE] for line in str(self).splitlines()]
        return "\n".join(lines if len(lines) < 12 else [lines[0], *lines[-9:]])


@dataclass
class Verdict:
    """What a test run came to.

    :param run: tests that were started, the skipped ones among them
    :param failures: what to show a person for every failed test
    :param complaints: warnings and errors that no failed test stands for
    """

    run: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def bad(self) -> int:
        return self.failed + len(self.skipped) + len(self.complaints)

    @property
    def passed(self) -> int:
        return max(self.run - self.failed - len(self.skipped), 0)


def entries(path: Path) -> list[Entry]:
    found: list[Entry] = []
    for line in path.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match:
            found.append(Entry(match["level"], match["logger"], match["text"]))
        elif found:
            found[-1].below.append(line)
    return found


def allowed() -> list[re.Pattern]:
    """The lines that may be logged; each has its reason above it in the file."""
    lines = ALLOWED.read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def _is_allowed(entry: Entry) -> bool:
    return any(pattern.search(str(entry)) for pattern in allowed())


def complaints(path: Path) -> list[str]:
    """Every warning and error of the log that is not allowed."""
    return [
        entry.short()
        for entry in entries(path)
        if entry.level in _LOUD and not _is_allowed(entry)
    ]


def verdict(path: Path) -> Verdict:
    """The verdict on a log of a test run."""
    result = Verdict()
    for entry in entries(path):
        totals, skipped = _TOTALS.search(entry.text), _SKIPPED.match(entry.text)
        if entry.level in _LOUD and _TEST_FAILURE.match(entry.text):
            result.failures.append(str(entry))
        elif entry.logger == "odoo.tests.result" and totals:
            failed, errors, run = map(int, totals.groups())
            result.run, result.failed = run, failed + errors
        elif skipped:
            result.skipped.append(f"{skipped[1]} was skipped: {skipped[2]}")
        elif entry.level in _LOUD and not _is_allowed(entry):
            result.complaints.append(entry.short())
    return result
