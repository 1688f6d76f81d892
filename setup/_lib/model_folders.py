"""Models lie in folders by subject; none imports from one that is loaded later."""

import ast
from collections.abc import Iterator
from pathlib import Path

from . import layout

#: Dots of ``from ..folder.file import`` in a file of such a folder.
_TO_MODELS = 2


def findings(paths: list[Path]) -> list[str]:
    """Every import against the order of folders, as ``path: why``."""
    found = []
    for path in paths:
        models = path.parent.parent
        if models.name == "models" and path.suffix == ".py":
            order = loaded_folders((models / "__init__.py").read_text())
            tree = ast.parse(path.read_text())
            whys = backward(tree, path.parent.name, order)
            found += [f"{path.relative_to(layout.ROOT)}: {why}" for why in whys]
    return found


def loaded_folders(text: str) -> list[str]:
    """Folders in the order in which an ``__init__.py`` loads them."""
    return [
        name.name
        for node in ast.parse(text).body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    ]


def backward(tree: ast.Module, folder: str, order: list[str]) -> Iterator[str]:
    """Why each import of a folder that comes after ``folder`` is refused."""
    if folder not in order:
        yield f"nothing loads {folder}"
        return
    later = order[order.index(folder) + 1 :]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == _TO_MODELS:
            named = [node.module] if node.module else [one.name for one in node.names]
            for name in named:
                target = name.split(".")[0]
                if target in later:
                    yield f"line {node.lineno}: {folder} imports from {target}"
