"""Small file work: hashes, locks, copies that cost no space."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from .problem import Problem


def digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal text."""
    with path.open("rb") as stream:
        hasher = hashlib.sha256()
        while block := stream.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()


def fingerprint(*parts: str) -> str:
    """Twelve letters that change when any of the texts changes."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def tree_fingerprint(root: Path, ignored: Iterable[str] = ()) -> str:
    """A fingerprint of all files below a folder, by relative path and content.

    :param ignored: names of folders and files that are left out at any depth
    """
    ignored = {"__pycache__", *ignored}
    lines = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - ignored)
        for name in sorted(set(names) - ignored):
            path = Path(folder, name)
            lines.append(f"{path.relative_to(root)} {digest(path)}")
    return fingerprint(*lines)


@contextlib.contextmanager
def locked(path: Path, shared: bool = False) -> Iterator[int]:
    """Hold a lock file; others wait (two commands in one clone, two clones)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked_if_free(path: Path) -> Iterator[bool]:
    """Hold a lock file if nobody else does; tells whether it worked."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(handle)


def link_tree(source: Path, target: Path) -> None:
    """Copy a folder by hard links: a filestore's files are never changed in place."""
    shutil.rmtree(target, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, target, copy_function=os.link)


def need_space(folder: Path, gigabytes: float) -> None:
    """Raise ``Problem`` when the disk below ``folder`` has too little room."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 1e9
    if free < gigabytes:
        raise Problem(
            f"The disk of {folder} has {free:.1f} GB left: free {gigabytes:.0f} GB "
            "and start again."
        )
