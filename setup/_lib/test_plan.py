"""Which tests a word on the command line means."""

import re
from dataclasses import dataclass
from pathlib import Path

from . import layout, modules
from .problem import Problem

#: Database label → our addons in it. The service alone is its own database: without
#: accounting the warehouse works differently.
DATABASES = {
    "all": (*layout.ADDONS, *layout.TEST_ADDON_NAMES),
    "service": (layout.ADDONS[0], layout.TEST_ADDON_NAMES[0]),
}
#: Folders of plain Python tests below tests/.
NOT_PLAIN = {"addons", "benchmarks"}


@dataclass(frozen=True)
class Plan:
    """What to run.

    :param odoo: database label → value for Odoo's ``--test-tags``
    :param plain: arguments for ``python -m unittest``, one for each plain test
    """

    odoo: dict[str, str]
    plain: tuple[str, ...]


def plan(words: list[str]) -> Plan:
    """The plan for the words; all tests when there are none."""
    if not words:
        return everything()
    tags, plain = [], []
    for word in words:
        found = plain_tests(word)
        if found:
            plain += found
        else:
            tags.append(tag(word))
    return Plan({"all": ",".join(tags)} if tags else {}, tuple(plain))


def everything() -> Plan:
    tags = {
        label: ",".join(f"/{name}" for name in modules.present(names))
        for label, names in DATABASES.items()
    }
    return Plan(tags, tuple(all_plain_tests()))


def tag(word: str) -> str:
    """Odoo's tag for an addon, a class, a method, or a tag as it is."""
    if word.startswith(("/", ":", "+", "-")):
        return word
    if word in modules.present(DATABASES["all"]):
        return f"/{word}"
    class_name, _, method = word.partition(".")
    for name in modules.present(DATABASES["all"]):
        if _defines(layout.addon_path(name) / "tests", class_name):
            return f"/{name}:{class_name}{'.' if method else ''}{method}"
    raise Problem(
        f"Nothing is called {word}: name an addon, a test class, Class.test_method or "
        "a folder of tests/."
    )


def plain_tests(word: str) -> list[str]:
    """Names of the plain tests that a folder, a file or a class name means."""
    tests = all_plain_tests()
    dotted = word.removesuffix(".py").strip("/").replace("/", ".")
    dotted = dotted if dotted.startswith("tests.") else f"tests.{dotted}"
    chosen = [name for name in tests if f"{name}.".startswith(f"{dotted}.")]
    class_name, _, method = word.partition(".")
    for name in () if chosen else tests:
        if _defines_class(plain_file(name), class_name):
            chosen.append(f"{name}.{class_name}{'.' if method else ''}{method}")
    return chosen


def all_plain_tests() -> list[str]:
    """Dotted names of the test files below tests/ that are not addons."""
    root = layout.ROOT / "tests"
    names = []
    for path in sorted(root.rglob("test_*.py")):
        parts = path.relative_to(layout.ROOT).with_suffix("").parts
        if not NOT_PLAIN.intersection(parts):
            names.append(".".join(parts))
    return names


def split(plain: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Plain tests to run beside those inside Odoo, and those to run after them.

    Building the demo company takes minutes and cares for no other test; those with
    many processes want the machine for themselves.
    """
    demo = tuple(name for name in plain if name.startswith("tests.demo."))
    return demo, tuple(name for name in plain if name not in demo)


def plain_file(name: str) -> Path:
    return layout.ROOT.joinpath(*name.split(".")).with_suffix(".py")


def _defines(folder: Path, class_name: str) -> bool:
    return any(_defines_class(path, class_name) for path in folder.rglob("*.py"))


def _defines_class(path: Path, class_name: str) -> bool:
    pattern = rf"^class {re.escape(class_name)}\b"
    return re.search(pattern, path.read_text(), re.MULTILINE) is not None
