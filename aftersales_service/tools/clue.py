"""What a caller's clue may be: phone, serial, day or words, in any form."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from . import serial

MAX_LENGTH = 120
"""Longest text that is looked at, in characters: typed text may be hostile."""

MAX_WORDS = 5
MIN_TAIL = 4
"""Fewest characters by which the end of a serial or phone number is looked up."""

_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})"
    r"(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月)?(?![\d])"
)
_PHONE = re.compile(r"[\d\s+().\-/]+")
_NOT_DIGIT = re.compile(r"\D")
_SERIAL_WORD = re.compile(r"[A-Za-z0-9]+(?:[-/][A-Za-z0-9]+)*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Clues:
    """One typed text as what it may mean; each part may be empty.

    words: folded words, all of which a name or address must hold.
    serials: keys of serial numbers, the likeliest first.
    phones: digits of a phone number without country and trunk prefix.
    days: first and last day of the date that was named.
    """

    text: str = ""
    words: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    days: tuple[date, date] | None = None


def read(text: str | None, national: Callable[[str], str] | None = None) -> Clues:
    """Return what a typed text may mean.

    national: digits of a phone number without its prefixes, by the country's rules;
    without it only leading zeros go.
    """
    text = fold((text or "")[:MAX_LENGTH])
    days, rest = _take_days(text)
    tokens = rest.split()
    phones = _read_phones(rest, tokens, national or _strip_zeros)
    return Clues(
        text=" ".join(tokens),
        words=tuple(token for token in tokens if not token.isdigit())[:MAX_WORDS]
        if not _PHONE.fullmatch(rest)
        else (),
        serials=_read_serials(rest, tokens),
        phones=phones,
        days=days,
    )


def fold(text: str) -> str:
    """Return the text as it is compared: half-width, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def double(text: str) -> str:
    """Return the text with each character twice.

    Trigrams of that are pairs of characters, so that two Chinese characters, which
    have no trigram of their own, are found by an index as well.
    """
    return "".join(char * 2 for char in text)


def _take_days(text):
    """The day or month named in the text, and the text without it."""
    match = _DAY.search(text)
    if not match:
        return None, text
    year, month, day = (int(part or 0) for part in match.groups())
    try:
        first = date(year, month, day or 1)
    except ValueError:
        return None, text
    last = first if day else date(year, month, monthrange(year, month)[1])
    rest = f"{text[: match.start()]} {text[match.end() :]}"
    return (first, last), rest.strip()


def _read_phones(rest, tokens, national):
    """Phone numbers: the whole text, else each word of digits."""
    whole = [rest] if _PHONE.fullmatch(rest) else tokens
    found = []
    for token in whole:
        if _PHONE.fullmatch(token) and len(_NOT_DIGIT.sub("", token)) >= MIN_TAIL:
            found.append(national(token))
    return tuple(dict.fromkeys(digits for digits in found if len(digits) >= MIN_TAIL))


def _read_serials(rest, tokens):
    """Keys of what may be serial numbers: the whole text, then each word."""
    keys = (serial.normalise(text) for text in (rest, *tokens))
    return tuple(
        dict.fromkeys(
            key for key in keys if len(key) >= MIN_TAIL and re.search(r"\d", key)
        )
    )[:MAX_WORDS]


def _strip_zeros(token):
    return _NOT_DIGIT.sub("", token).lstrip("0")


def find_serials(text: str, most: int = 200) -> dict[str, None]:
    """Return keys of what may be serial numbers in a letter, in order of appearance.

    Each run of letters, digits and dashes with a digit in it, alone and joined with the
    one before it, because people write a serial in two pieces.
    """
    words = _SERIAL_WORD.findall(unicodedata.normalize("NFKC", text))[:most]
    keys = dict.fromkeys(
        serial.normalise(piece)
        for index, word in enumerate(words)
        for piece in (word, "".join(words[max(index - 1, 0) : index + 1]))
    )
    return {key: None for key in keys if len(key) >= MIN_TAIL and re.search(r"\d", key)}
