"""Databases of the server and the filestores that belong to them."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import files, layout, processes
from .postgres import Server
from .problem import Problem


def filestore(name: str) -> Path:
    return layout.DATA / "filestore" / name


class Databases:
    """Create, clone, rename and drop, always together with the filestore."""

    def __init__(self, server: Server):
        self.server = server

    def full_name(self, name: str) -> str:
        return self.server.prefix + name

    def names(self) -> set[str]:
        """Names of our databases on the server, without the prefix."""
        rows = self.query("SELECT datname FROM pg_database WHERE NOT datistemplate")
        prefix = self.server.prefix
        return {row.removeprefix(prefix) for row in rows if row.startswith(prefix)}

    def query(self, sql: str, database: str = "postgres") -> list[str]:
        """Rows of a statement, their columns joined by tabulators."""
        command = ["psql", "-XqAt", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
        result = processes.ask(
            [*command, "-c", sql, database], env=self.server.environment()
        )
        if result.returncode:
            raise Problem(f"The database refuses: {result.stderr.strip()}")
        return result.stdout.splitlines()

    def clone(self, template: str, name: str) -> None:
        self.drop(name)
        target, source = self.full_name(name), self.full_name(template)
        self.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
        files.link_tree(filestore(source), filestore(target))

    def rename(self, old: str, new: str) -> None:
        old, new = self.full_name(old), self.full_name(new)
        shutil.rmtree(filestore(new), ignore_errors=True)
        if filestore(old).exists():
            os.rename(filestore(old), filestore(new))
        self.query(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    def drop(self, name: str) -> None:
        name = self.full_name(name)
        self.query(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(filestore(name), ignore_errors=True)

    @contextlib.contextmanager
    def cloned(self, template: str, name: str) -> Iterator[str]:
        """A clone that lives as long as the block; gives its full name."""
        self.clone(template, name)
        try:
            yield self.full_name(name)
        finally:
            self.drop(name)
