"""What our addons need, and fingerprints of what they are made of."""

import ast

from . import files, layout

#: Parts of an addon that a database does not hold: a change there needs no new one.
NOT_INSTALLED = ("tests", "doc", "demo", "tools", "description", "README.rst")


def manifest(name: str) -> dict:
    path = layout.addon_path(name) / "__manifest__.py"
    return ast.literal_eval(path.read_text())


def present(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if layout.addon_path(name).exists())


def foreign_dependencies(names: tuple[str, ...]) -> list[str]:
    """Modules of others that these addons of ours depend on."""
    ours = {*layout.ADDONS, *layout.TEST_ADDON_NAMES}
    needed = {module for name in names for module in manifest(name)["depends"]}
    return sorted(needed - ours)


def installed_fingerprint(names: tuple[str, ...]) -> str:
    """Changes when a database with these addons installed is out of date."""
    return files.fingerprint(
        *(
            files.tree_fingerprint(layout.addon_path(name), NOT_INSTALLED)
            for name in names
        )
    )


def demo_fingerprint() -> str:
    """Changes when the demo company would be built differently."""
    ignored = ("tests", "doc", "description", "README.rst")
    return files.fingerprint(
        *(
            files.tree_fingerprint(layout.addon_path(name), ignored)
            for name in layout.ADDONS
        )
    )
