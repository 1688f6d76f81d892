"""A mail server that delivers nothing: what the demo sends lies in a folder.

The demo company has invented addresses; no mail of it may leave the machine.
"""

import contextlib
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from . import layout

FOLDER = layout.LOCAL / "mail"
_ANSWERS = {
    "EHLO": "250 demo",
    "HELO": "250 demo",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "RSET": "250 OK",
    "NOOP": "250 OK",
}


@contextlib.contextmanager
def running(folder: Path = FOLDER) -> Iterator[int]:
    """Take mail while the block runs; gives the port."""
    folder.mkdir(parents=True, exist_ok=True)
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session) as server:
        server.daemon_threads = True
        server.folder = folder
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


class _Session(socketserver.StreamRequestHandler):
    """One conversation in the few words of SMTP that Odoo speaks."""

    def handle(self) -> None:
        self._say("220 demo")
        while line := self.rfile.readline():
            word = line[:4].decode("ascii", "replace").upper().strip()
            if word == "QUIT":
                self._say("221 Bye")
                return
            if word == "DATA":
                self._say("354 Go on")
                self._keep(self._message())
                self._say("250 Kept")
            else:
                self._say(_ANSWERS.get(word, "502 Unknown"))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def _message(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            # A line that begins with a dot was sent with one more.
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _keep(self, message: bytes) -> None:
        (self.server.folder / f"{time.time_ns()}.eml").write_bytes(message)
