"""What an agent says to a caller: a script with names filled in."""

import re
from collections.abc import Mapping

#: What a script may name.
NAMES = ("customer", "agent", "company")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def find_unknown(text: str) -> str | None:
    """The first name in braces that no script knows; None where there is none."""
    return next((name for name in PLACEHOLDER.findall(text) if name not in NAMES), None)


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The script as it is said; a name nobody knows yet leaves no gap.

    :param facts: customer, agent and company; empty or missing where unknown
    """

    def put(found: re.Match) -> str:
        name = found[1]
        return facts.get(name) or "" if name in NAMES else found[0]

    filled = PLACEHOLDER.sub(put, text)
    # A name left out takes the blank before it along.
    return re.sub(r" +(?=[,.;:!?，。；：！？]|$)", "", filled, flags=re.MULTILINE)
