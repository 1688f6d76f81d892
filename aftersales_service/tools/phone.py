"""Telephone numbers: every spelling of one number is the same number."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

DEFAULT_REGION = "CN"
"""Country by whose rules a number without a country code is read."""

MAX_LENGTH = 64
"""Longest text that is looked at, in characters: it comes from outside."""

MIN_DIGITS = 5
"""Fewest digits of what can be looked up; shorter ones are extensions."""

MIN_LOCAL_DIGITS = 7
"""Fewest digits of a number without its area code that fits one with it."""

# What follows the number of a house is an extension in it.
_EXTENSION = re.compile(r"(\d)\s*(?:转|分机|ext|x|#).*$", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True, slots=True)
class Number:
    """One number.

    key: with the country code (E.164); the digits where that is not known.
    national: digits without country and trunk prefix.
    is_local: told without its area code.
    """

    key: str = ""
    national: str = ""
    is_local: bool = False

    @property
    def can_be_looked_up(self):
        return len(self.national) >= MIN_DIGITS


def read(text: str | None, region: str = DEFAULT_REGION) -> Number:
    """Return the number that a text tells, as people and switchboards write them.

    region: two letters of the country whose rules hold without a country code.
    """
    text = unicodedata.normalize("NFKC", (text or "")[:MAX_LENGTH]).strip()
    text = _EXTENSION.sub(r"\1", text)
    digits = "".join(re.findall("[0-9]", text))
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return Number(key=digits, national=digits.lstrip("0"))
    national = phonenumbers.national_significant_number(parsed)
    is_whole = phonenumbers.is_valid_number(parsed)
    is_local = not is_whole and len(national) >= MIN_LOCAL_DIGITS
    if not phonenumbers.is_possible_number(parsed):
        return Number(key=digits, national=national, is_local=is_local)
    key = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Number(key=key, national=national, is_local=is_local)


def is_mobile(text: str | None, region: str = DEFAULT_REGION) -> bool:
    """Whether a text message may reach the number that a text tells."""
    text = unicodedata.normalize("NFKC", (text or "")[:MAX_LENGTH]).strip()
    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    kind = phonenumbers.number_type(parsed)
    return kind in (
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    )


def is_same(one: Number, other: Number) -> bool:
    """Whether two numbers may be the same: one told without its area code fits."""
    if one.key == other.key:
        return bool(one.key)
    local, whole = (one, other) if one.is_local else (other, one)
    return (
        local.is_local
        and not whole.is_local
        and whole.national.endswith(local.national)
    )
