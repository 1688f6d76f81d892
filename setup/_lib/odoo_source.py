"""Odoo 19 itself: the machine's, or Debian's package unpacked into the clone."""

import importlib.util
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import files, layout, mirror, processes
from .problem import Problem
from .progress import Step

VERSION = (19, 0)
SYSTEM_PACKAGES = Path("/usr/lib/python3/dist-packages")
#: Debian's build replaces bundled front-end files by links into these packages.
LINKED_FROM_SID = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-ocr-b",
)
#: Only the stable releases still have the files Odoo links to in these.
LINKED_FROM_STABLE = ("fonts-font-awesome", "fonts-inconsolata")


@dataclass(frozen=True)
class Odoo:
    """An Odoo 19 on this machine.

    :param path: the folder that holds the Python package ``odoo``
    :param identity: changes when the source changes, as far as one can tell cheaply
    """

    path: Path
    identity: str


def find_or_fetch() -> Odoo:
    """ODOO_ROOT, an importable ``odoo``, or Debian's package from the mirror."""
    root = os.environ.get("ODOO_ROOT")
    if root:
        return _given(Path(root))
    for path in _importable():
        if version_in(path) == VERSION:
            return Odoo(path, str(path))
    return _unpacked()


def version_in(path: Path) -> tuple[int, int] | None:
    """The version of the Odoo below a folder; None when there is none."""
    try:
        text = (path / "odoo" / "release.py").read_text()
    except OSError:
        return None
    match = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    return (int(match[1]), int(match[2])) if match else None


def _given(root: Path) -> Odoo:
    for path in (root, root / SYSTEM_PACKAGES.relative_to("/"), root.parent):
        version = version_in(path)
        if version == VERSION:
            return Odoo(path.resolve(), str(path.resolve()))
        if version:
            raise Problem(
                f"ODOO_ROOT={root} holds Odoo {version[0]}.{version[1]}: set it to the "
                "folder of an Odoo 19, or unset it to download one."
            )
    raise Problem(
        f"ODOO_ROOT={root} holds no Odoo: set it to the folder that contains odoo/, or "
        "unset it to download one."
    )


def _importable() -> list[Path]:
    spec = importlib.util.find_spec("odoo")
    places = spec.submodule_search_locations if spec else None
    return [*(Path(place).parent for place in places or ()), SYSTEM_PACKAGES]


def _unpacked() -> Odoo:
    packages = dict.fromkeys(("odoo-19", *LINKED_FROM_SID), "sid")
    stamp = layout.ODOO_PREFIX / ".complete"
    if stamp.exists():
        return _in_prefix(stamp.read_text())
    # Asked first: the sentence for a machine without apt shall name Odoo, not a suite.
    mirror.address()
    packages |= dict.fromkeys(LINKED_FROM_STABLE, mirror.codename())
    files.need_space(layout.LOCAL, 4)
    archives = mirror.Mirror(layout.cache() / "debian").fetch(
        packages, layout.log_file("mirror")
    )
    _unpack(archives)
    stamp.write_text(" ".join(sorted(path.name for path in archives)))
    return _in_prefix(stamp.read_text())


def _in_prefix(identity: str) -> Odoo:
    return Odoo(layout.ODOO_PREFIX / SYSTEM_PACKAGES.relative_to("/"), identity)


def _unpack(archives: list[Path]) -> None:
    shutil.rmtree(layout.ODOO_PREFIX, ignore_errors=True)
    layout.ODOO_PREFIX.mkdir(parents=True)
    with Step("Unpacking Odoo 19") as step:
        total = sum(path.stat().st_size for path in archives)
        done = 0
        for path in archives:
            command = ["dpkg-deb", "-x", path, layout.ODOO_PREFIX]
            result = processes.ask(command)
            if result.returncode:
                raise Problem(
                    f"{path.name} could not be unpacked: {result.stderr.strip()}"
                )
            done += path.stat().st_size
            step.update(done, total)
