"""Budgets that keep our files readable, and the tag every test class needs."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path

from . import layout, processes, python_env

CODE_LINES, TEST_LINES, XML_LINES = 400, 500, 300
CLASS_METHODS = 30
STATEMENTS, COMPLEXITY = 30, 10
EXCEPTIONS = layout.SETUP / "style_exceptions.txt"
_CONFLICT = ("<" * 7 + " ", ">" * 7 + " ")
_RUFF_CODES = {"PLR0915": "statements", "C901": "complexity"}


def findings(paths: list[Path]) -> list[str]:
    """Every budget that is overrun and not excepted, as ``path what: why``."""
    excepted = exceptions(EXCEPTIONS.read_text())
    found = [*_function_budgets(paths)]
    for path in paths:
        found += file_findings(path)
    return [f"{key}: {why}" for key, why in found if key not in excepted]


def exceptions(text: str) -> set[str]:
    """Keys of the list; a line without a reason above it does not count."""
    found, reason = set(), False
    for line in text.splitlines():
        if line.startswith("#"):
            reason = True
        elif line.strip() and reason:
            found.add(line.strip())
        else:
            reason = False
    return found


def file_findings(path: Path) -> list[tuple[str, str]]:
    """(key, why) for the length of a file, its classes and its test tags."""
    name = _relative(path)
    found = []
    text = path.read_text()
    budget = line_budget(path)
    if len(text.splitlines()) > budget:
        lines = len(text.splitlines())
        found.append((f"{name} file-lines", f"{lines} lines, budget {budget}"))
    if any(line.startswith(_CONFLICT) for line in text.splitlines()):
        found.append((f"{name} conflict-marker", "left by a merge"))
    if _is_python(path):
        tree = ast.parse(text)
        found += [(f"{name} {what}", why) for what, why in class_findings(tree)]
        if is_addon_test(path):
            found += [(f"{name} {what}", why) for what, why in untagged(tree)]
    return found


def line_budget(path: Path) -> int:
    if path.suffix == ".xml":
        return XML_LINES
    return TEST_LINES if "tests" in path.parts else CODE_LINES


def class_findings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            count = sum(isinstance(part, ast.FunctionDef) for part in node.body)
            if count > CLASS_METHODS:
                why = f"{count} methods, budget {CLASS_METHODS}"
                yield f"class-methods:{node.name}", why


def is_addon_test(path: Path) -> bool:
    """Whether Odoo's loader reads the file: our plain tests are not its business."""
    folder = path.parent
    return (
        path.name.startswith("test_")
        and "tests" in folder.parts
        and (folder.parent / "__manifest__.py").exists()
    )


def untagged(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Test classes that would run while half of the modules are loaded."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and _has_tests(node):
            words = {
                argument.value
                for decorator in node.decorator_list
                if isinstance(decorator, ast.Call)
                and ast.unparse(decorator.func).endswith("tagged")
                for argument in decorator.args
                if isinstance(argument, ast.Constant)
            }
            if not {"post_install", "-at_install"} <= words:
                why = 'lacks @tagged("post_install", "-at_install")'
                yield f"untagged:{node.name}", why


def _has_tests(node: ast.ClassDef) -> bool:
    return any(
        isinstance(part, ast.FunctionDef) and part.name.startswith("test_")
        for part in node.body
    )


def _function_budgets(paths: list[Path]) -> Iterator[tuple[str, str]]:
    """Statements and branches of every function, counted by ruff."""
    options = [
        "--isolated",
        "--ignore-noqa",
        f"--select={','.join(_RUFF_CODES)}",
        f"--config=lint.pylint.max-statements={STATEMENTS}",
        f"--config=lint.mccabe.max-complexity={COMPLEXITY}",
        "--output-format=json",
    ]
    files = [path for path in paths if _is_python(path)]
    command = [python_env.PYTHON.parent / "ruff", "check", *options, *files]
    result = processes.ask(command)
    for row in json.loads(result.stdout):
        path = Path(row["filename"])
        line = path.read_text().splitlines()[row["location"]["row"] - 1]
        function = line.split("def ", 1)[-1].split("(", 1)[0]
        what = _RUFF_CODES.get(row["code"], row["code"])
        key = f"{_relative(path)} {what}:{function}"
        yield key, row["message"]


def _is_python(path: Path) -> bool:
    if path.suffix:
        return path.suffix == ".py"
    return path.read_bytes().startswith(b"#!/usr/bin/env python3")


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(layout.ROOT))
    except ValueError:
        return str(path)
