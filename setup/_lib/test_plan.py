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
#: Fewer classes than these are not worth a second process.
SHARDED_FROM = 8


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


def shards(odoo: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name of the run, database label, tags) for each process that runs tests.

    A whole addon alone would leave all cores but one idle: its classes are dealt to
    two processes. The second one runs all but the first one's classes, so that none
    is lost, whatever it looks like.
    """
    [(label, tags), *more] = odoo.items()
    match = re.fullmatch(r"/(\w+)", tags)
    classes = test_classes(match[1]) if match and not more else {}
    if len(classes) < SHARDED_FROM:
        return [(label, label, tags) for label, tags in odoo.items()]
    total, first = sum(classes.values()), []
    for name in sorted(classes, key=classes.get):
        total -= 2 * classes[name]
        if total < 0:
            break
        first.append(f"{tags}:{name}")
    rest = ",".join([tags, *(f"-{name}" for name in first)])
    return [(f"{label}_1", label, ",".join(first)), (f"{label}_2", label, rest)]


def test_classes(addon: str) -> dict[str, int]:
    """Names of an addon's test classes and about how many tests each has."""
    found = {}
    for path in sorted((layout.addon_path(addon) / "tests").rglob("test_*.py")):
        for text in re.split(r"(?m)^class ", path.read_text())[1:]:
            count = len(re.findall(r"(?m)^    def test_", text))
            if count:
                found[re.match(r"\w+", text)[0]] = count
    return found


def split(plain: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Plain tests by the name of their log, in the order in which they run.

    Building the demo company takes minutes and cares for no other test.
    """
    demo = tuple(name for name in plain if name.startswith("tests.demo."))
    other = tuple(name for name in plain if name not in demo)
    return {label: part for label, part in (("demo", demo), ("plain", other)) if part}


def plain_file(name: str) -> Path:
    return layout.ROOT.joinpath(*name.split(".")).with_suffix(".py")


def _defines(folder: Path, class_name: str) -> bool:
    return any(_defines_class(path, class_name) for path in folder.rglob("*.py"))


def _defines_class(path: Path, class_name: str) -> bool:
    pattern = rf"^class {re.escape(class_name)}\b"
    return re.search(pattern, path.read_text(), re.MULTILINE) is not None
