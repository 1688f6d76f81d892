"""Problems a person can solve: one sentence that says what to do, exit code 1."""

import errno
import signal
import sys
from collections.abc import Callable


class Problem(Exception):
    """Something is missing on this machine; the text says what to do about it."""


_SENTENCES = {
    errno.ENOSPC: "The disk is full: free about 4 GB and start again.",
    errno.EDQUOT: "Your disk quota is used up: free about 4 GB and start again.",
}


def sentence_for(error: OSError) -> str | None:
    """What to tell a person about a failed file operation; None if it is a bug."""
    if error.errno in _SENTENCES:
        return _SENTENCES[error.errno]
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"No right to write {error.filename or 'a file'}: "
            "give the folder to the user who runs this command, or work in a clone "
            "of your own."
        )
    return None


def run(main: Callable[[], int | None]) -> None:
    """Run a command and end the process; problems become one sentence."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        code = main() or 0
    except Problem as problem:
        code = _tell(str(problem))
    except OSError as error:
        sentence = sentence_for(error)
        if sentence is None:
            raise
        code = _tell(sentence)
    except KeyboardInterrupt:
        code = 130
    sys.stdout.flush()
    sys.exit(code)


def _interrupt(_number, _frame):
    raise KeyboardInterrupt


def _tell(sentence: str) -> int:
    sys.stdout.flush()
    print(sentence, file=sys.stderr)
    return 1
