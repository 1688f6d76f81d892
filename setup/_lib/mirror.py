"""Fetch packages of any Debian suite without touching the machine's packages.

A private apt state with the machine's own mirror (its address is read from the
machine's apt, never written in a file of ours) and the machine's Debian keyring:
apt itself checks the signature of the suite and the checksum of every file.
What it fetched is recorded with its SHA-256, so that the next clone can check the
files in the cache without asking the network.
"""

import shlex
import shutil
from pathlib import Path

from . import files, processes
from .problem import Problem
from .progress import Step

KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
RECORD = "SHA256SUMS"


class Mirror:
    """Downloads ``{package: suite}`` into a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.state = folder / "apt"

    def fetch(self, packages: dict[str, str], log: Path) -> list[Path]:
        """The package files, from the folder when they are there and sound."""
        with files.locked(self.folder / ".lock"):
            kept = self._kept(packages)
            return kept or self._download(packages, log)

    def _kept(self, packages: dict[str, str]) -> list[Path]:
        record = self.folder / RECORD
        if not record.exists():
            return []
        paths = []
        for line in record.read_text().splitlines():
            sha256, name = line.split("  ")
            path = self.folder / name
            if not path.exists() or files.digest(path) != sha256:
                return []
            paths.append(path)
        names = {path.name.split("_")[0] for path in paths}
        return paths if names == set(packages) else []

    def _download(self, packages: dict[str, str], log: Path) -> list[Path]:
        files.need_space(self.folder, 0.5)
        self._write_state(sorted(set(packages.values())))
        wanted = [f"{name}/{suite}" for name, suite in packages.items()]
        with Step("Reading Debian's package lists"):
            failure = "Debian's package lists could not be read"
            processes.run(self._apt("update"), log, failure)
        # "download" takes the version of the suite that is named after the slash.
        expected = self._expected(wanted)
        with Step("Downloading Odoo 19") as step:
            total = sum(size for _name, size, _sha256 in expected)
            processes.run(
                self._apt("download", *wanted),
                log,
                "Odoo could not be downloaded",
                watch=lambda: step.update(self._size(), total),
                cwd=self.folder,
            )
        return self._record(expected)

    def _record(self, expected: list[tuple[str, int, str]]) -> list[Path]:
        lines = []
        for name, _size, sha256 in expected:
            if files.digest(self.folder / name) != sha256:
                raise Problem(f"{name} is damaged: start again to fetch it anew.")
            lines.append(f"{sha256}  {name}")
        (self.folder / RECORD).write_text("\n".join(lines) + "\n")
        return [self.folder / name for name, _size, _sha256 in expected]

    def _expected(self, wanted: list[str]) -> list[tuple[str, int, str]]:
        """(file name, size, SHA-256) of each package, from the signed lists."""
        command = self._apt("download", "--print-uris", *wanted)
        result = processes.ask(command)
        if result.returncode:
            reason = result.stderr.strip().splitlines()[-1:] or ["no reason given"]
            raise Problem(f"The Debian mirror has no Odoo 19: {reason[0]}")
        rows = [shlex.split(line) for line in result.stdout.splitlines() if line]
        return [
            (name, int(size), sha256.removeprefix("SHA256:"))
            for _uri, name, size, sha256 in rows
        ]

    def _size(self) -> int:
        return sum(path.stat().st_size for path in self.folder.glob("*.deb*"))

    def _apt(self, *words: str) -> list[str]:
        options = {
            "Dir::Etc::sourcelist": self.state / "sources.list",
            "Dir::Etc::sourceparts": "-",
            "Dir::State::lists": self.state / "lists",
            "Dir::State::status": self.state / "status",
            "Dir::Cache": self.state / "cache",
            "Acquire::Languages": "none",
            # The private folders may lie where the user _apt cannot walk.
            "APT::Sandbox::User": "root",
        }
        pairs = [f"-o{name}={value}" for name, value in options.items()]
        return ["apt-get", *pairs, *words]

    def _write_state(self, suites: list[str]) -> None:
        for part in ("lists/partial", "cache/archives/partial"):
            (self.state / part).mkdir(parents=True, exist_ok=True)
        (self.state / "status").touch()
        source = f"[signed-by={keyring()}] {address()}"
        lines = [f"deb {source} {suite} main\n" for suite in suites]
        (self.state / "sources.list").write_text("".join(lines))


def keyring() -> Path:
    """The machine's keyring of Debian's archive."""
    for path in KEYRINGS:
        if path.exists():
            return path
    raise Problem(
        "This machine has no Debian keyring: install debian-archive-keyring, or set "
        "ODOO_ROOT to the folder of an Odoo 19."
    )


def address() -> str:
    """The address of the machine's Debian mirror, as its apt uses it."""
    if not shutil.which("apt-get"):
        raise Problem(
            "This machine has neither apt nor Odoo: set ODOO_ROOT to the folder of an "
            "Odoo 19."
        )
    asked = "$(REPO_URI) $(COMPONENT) $(LABEL)"
    command = ["apt-get", "indextargets", "--format", asked, "Created-By: Packages"]
    result = processes.ask(command)
    found = choose_address(result.stdout.splitlines())
    if not found:
        raise Problem(
            "This machine's apt knows no Debian mirror: set ODOO_ROOT to the folder of "
            "an Odoo 19."
        )
    return found


def choose_address(targets: list[str]) -> str | None:
    """The first mirror that holds Debian itself, neither security nor third party.

    :param targets: lines of address, component and label; the label stays unresolved
        on a machine that has never fetched its lists
    """
    for line in targets:
        uri, component, label = line.split(" ", 2)
        unknown = label.startswith("$") or not label
        named_debian = uri.rstrip("/").endswith("/debian")
        if component == "main" and (label == "Debian" or (unknown and named_debian)):
            return uri
    return None


def codename() -> str:
    """The suite this machine runs, e.g. ``bookworm``."""
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.partition("=")[2].strip('"')
    return "stable"
