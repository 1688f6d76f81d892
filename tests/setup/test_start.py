"""Every command starts, every benchmark can be run."""

import ast
import importlib
import importlib.util
import subprocess
import sys
import unittest
from unittest.mock import patch

from _lib import layout


def commands():
    """The files of setup/ that a person types."""
    return [
        path
        for path in sorted(layout.SETUP.iterdir())
        if path.is_file() and path.stat().st_mode & 0o100
    ]


class TestStart(unittest.TestCase):
    def test_the_commands_are_these(self):
        names = {path.name for path in commands()}
        self.assertEqual(
            names, {"backup", "bench", "demo", "lint", "restore", "test", "wheels"}
        )

    def test_every_command_tells_what_it_does(self):
        for path in commands():
            with self.subTest(command=path.name):
                done = subprocess.run(
                    [path, "--help"], capture_output=True, text=True, check=False
                )
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertIn(f"usage: {path.name}", done.stdout)

    def test_every_name_a_command_takes_from_the_library_is_there(self):
        # A module's attribute is looked up when it is used: too late for a person.
        for path in [*commands(), *sorted((layout.SETUP / "_lib").glob("*.py"))]:
            for module, name in library_names(path):
                with self.subTest(file=path.name, name=f"{module}.{name}"):
                    found = importlib.import_module(f"_lib.{module}")
                    self.assertTrue(hasattr(found, name))

    def test_bench_lists_the_benchmarks(self):
        bench = [layout.SETUP / "bench"]
        done = subprocess.run(bench, capture_output=True, text=True, check=False)
        names = [path.stem for path in benchmarks()]
        expected = [*names, "core"]
        self.assertEqual((done.returncode, done.stdout.split()), (0, expected))
        self.assertIn("serial_lookup", names)

    def test_every_benchmark_has_its_function(self):
        for path in benchmarks():
            # As setup/bench runs it.
            folders = [str(path.parent), *sys.path]
            with (
                self.subTest(benchmark=path.stem),
                patch.object(sys, "path", folders),
            ):
                spec = importlib.util.spec_from_file_location(path.stem, path)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                self.assertEqual(module.run.__code__.co_varnames[:1], ("env",))


def library_names(path):
    """(module, name) of every ``module.name`` in a file, for modules of _lib."""
    tree = ast.parse(path.read_text())
    modules = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module == "_lib" or node.level)
        for alias in node.names
        if (layout.SETUP / "_lib" / f"{alias.name}.py").exists()
    }
    return [
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
    ]


def benchmarks():
    return sorted((layout.ROOT / "tests" / "benchmarks").glob("[a-z]*.py"))
