"""Letters: the words in braces of a text, filled in for each customer."""

import re
from collections.abc import Mapping
from html import escape

#: What a letter may say of its customer; nothing else is looked up.
WORDS = ("customer", "company", "manager", "machine", "day")

_WORD = re.compile(r"\{\s*(\w+)\s*\}")
_TAG = re.compile(r"""(<(?:[^>"']|"[^"]*"|'[^']*')*>)""")


def unknown_words(text: str) -> list[str]:
    """Return the words in braces that no letter knows, in the order they come."""
    return [word for word in _WORD.findall(text) if word not in WORDS]


def fill(text: str, words: Mapping[str, str]) -> str:
    """Return the HTML with its words replaced; a value is text and never HTML.

    :param words: word → value; a known word without one becomes nothing
    Nothing is replaced inside a tag: no value can become an address or a style.
    """

    def value(match: re.Match[str]) -> str:
        word = match.group(1)
        return escape(words.get(word, "")) if word in WORDS else match.group()

    # Split by a group, every second piece is a tag.
    pieces = _TAG.split(text)
    pieces[::2] = [_WORD.sub(value, piece) for piece in pieces[::2]]
    return "".join(pieces)
