"""Child processes that never outlive the command that started them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .problem import Problem

GRACE_SECONDS = 15
_children: set[subprocess.Popen] = set()


@contextlib.contextmanager
def child(command: Sequence, **options) -> Iterator[subprocess.Popen]:
    """Start a process in a group of its own and stop the whole group at the end.

    Its own group, because a browser or a worker started by the child must go too,
    and because a Ctrl-C in the terminal shall reach it once, from here.
    """
    process = subprocess.Popen(
        [str(part) for part in command], start_new_session=True, **options
    )
    _children.add(process)
    try:
        yield process
    finally:
        stop(process)
        _children.discard(process)


def stop(process: subprocess.Popen) -> None:
    """Interrupt a process group, wait, then kill what is left of it."""
    if process.poll() is None:
        _signal_group(process, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(GRACE_SECONDS)
    _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)


def run(
    command: Sequence,
    log: Path,
    failure: str,
    watch: Callable[[], None] = lambda: None,
    **options,
) -> None:
    """Run a command with its output in ``log``; raise ``Problem`` if it fails.

    :param failure: what could not be done, the beginning of the sentence
    :param watch: called several times a second, e.g. to draw progress
    """
    with log.open("ab") as out:
        code = watched(command, watch, stdout=out, stderr=subprocess.STDOUT, **options)
    if code:
        raise Problem(f"{failure}: {last_words(log)} (see {log})")


def watched(command: Sequence, watch: Callable[[], None], **options) -> int:
    """Run a command, call ``watch`` while it runs, return its exit code."""
    with child(command, stdin=subprocess.DEVNULL, **options) as process:
        while process.poll() is None:
            watch()
            time.sleep(0.1)
        return process.returncode


def side_by_side(*jobs: Callable, at_once: int | None = None) -> list:
    """Run jobs that wait for children, each in a thread; their results.

    :param at_once: how many run at the same time, the others wait; all if None

    When one fails, or on Ctrl-C, the children of all are stopped: a thread cannot be
    interrupted, only what it waits for.
    """
    with ThreadPoolExecutor(at_once or len(jobs)) as pool:
        try:
            return list(pool.map(lambda job: job(), jobs))
        except BaseException:
            for process in list(_children):
                _signal_group(process, signal.SIGINT)
            raise


def ask(command: Sequence, **options) -> subprocess.CompletedProcess:
    """Run a command that ends by itself and keep what it said."""
    words = [str(word) for word in command]
    options = {"capture_output": True, "text": True, **options}
    return subprocess.run(words, check=False, **options)


def last_words(log: Path) -> str:
    """The last line of a log that is not empty."""
    lines = log.read_text(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "no output")
