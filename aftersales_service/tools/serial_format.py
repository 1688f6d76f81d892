"""What the serials of a product look like: masks and check digits.

A format is a mask, not a regular expression: whoever keeps formats is no programmer,
and a mask is compared character by character, so no typed text can make it slow.

    #  a digit          @  a letter A to Z       *  a digit or a letter
    !  the check character                       any other character: itself

A mask is compared with the key (see ``serial.normalise``): spaces and dashes in it
are for reading only. Several masks of one format stand on a line each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Algorithm = Literal["none", "vin", "luhn", "mod11"]

MAX_MASKS = 20
"""Most masks of one format."""
MAX_EXAMPLES = 3
"""Most examples a reason names."""

VIN_LENGTH = 17
_VIN_CHECK_PLACE = 8
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
# 49 CFR 565.15, table III; GB 16735 has the same. I, O and Q are never used.
_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_REMAINDERS = "0123456789X"

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
_PLACES = {
    "#": _DIGITS,
    "@": _LETTERS,
    "*": _DIGITS | _LETTERS,
    "!": _DIGITS | {"X"},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SerialFormat:
    """How the serials of a product, of a category or of everything look.

    product_id, categ_id: None for any; a format names at most one of them.
    masks: normalised masks, one of which the whole key must fit.
    algorithm: how the check character is made.
    example: a serial of this format as people write it.
    """

    product_id: int | None = None
    categ_id: int | None = None
    masks: tuple[str, ...] = ()
    algorithm: Algorithm = "none"
    example: str = ""


def applicable(
    formats: Iterable[SerialFormat], product_id: int | None, categ_ids: Iterable[int]
) -> tuple[SerialFormat, ...]:
    """Return the formats of a model: its own, else its category's, else the general.

    categ_ids: the model's category and those above it, the nearest first. Without a
    model every format counts: the serial may be of any.
    """
    formats = tuple(formats)
    if not product_id:
        return formats
    own = tuple(item for item in formats if item.product_id == product_id)
    if own:
        return own
    for categ_id in categ_ids:
        if found := tuple(item for item in formats if item.categ_id == categ_id):
            return found
    return tuple(
        item for item in formats if item.product_id is None and item.categ_id is None
    )


def find_fault(key: str, formats: Iterable[SerialFormat]) -> str | None:
    """Return what is wrong with a key: ``format``, ``check_digit``, None when nothing.

    One format that fits is enough; without formats nothing can be wrong.
    """
    formats = tuple(formats)
    if not formats:
        return None
    fitting = [item for item in formats if _find_mask(key, item) is not None]
    if not fitting:
        return "format"
    if not any(is_check_right(key, item) for item in fitting):
        return "check_digit"
    return None


def get_examples(formats: Iterable[SerialFormat]) -> list[str]:
    """Return what serials of these formats look like, a few of them."""
    texts = [item.example or (item.masks[0] if item.masks else "") for item in formats]
    return list(dict.fromkeys(filter(None, texts)))[:MAX_EXAMPLES]


def fits_mask(key: str, mask: str) -> bool:
    """Tell whether the whole key has the shape of one mask."""
    return len(key) == len(mask) and all(
        char in _PLACES[place] if place in _PLACES else char == place
        for char, place in zip(key, mask, strict=True)
    )


def _find_mask(key: str, rule: SerialFormat) -> str | None:
    """Return the mask the key fits, None when none; "" where only a check is kept."""
    if rule.algorithm == "vin" and not is_vin_shape(key):
        return None
    if not rule.masks:
        return ""
    return next((mask for mask in rule.masks if fits_mask(key, mask)), None)


def is_check_right(key: str, rule: SerialFormat) -> bool:
    """Tell whether the check character of a key that fits the format is right."""
    if rule.algorithm == "none":
        return True
    if rule.algorithm == "vin":
        return key[_VIN_CHECK_PLACE] == vin_check_character(key)
    mask = _find_mask(key, rule) or ""
    place = mask.find("!") if "!" in mask else len(key) - 1
    body = [char for char in key[:place] + key[place + 1 :] if char in _DIGITS]
    compute = {"luhn": luhn_check_character, "mod11": mod11_check_character}
    return key[place : place + 1] == compute[rule.algorithm]("".join(body))


def is_vin_shape(key: str) -> bool:
    """Tell whether a key is 17 characters of those ISO 3779 allows."""
    return len(key) == VIN_LENGTH and all(char in _VIN_VALUES for char in key)


def vin_check_character(key: str) -> str:
    """Return what must stand at place 9 of a 17-character frame number.

    ISO 3779 gives the shape; the check character is that of 49 CFR 565.15 (c), which
    GB 16735 also asks for.
    """
    total = sum(
        _VIN_VALUES[char] * weight
        for char, weight in zip(key, _VIN_WEIGHTS, strict=True)
    )
    return _REMAINDERS[total % 11]


def luhn_check_character(digits: str) -> str:
    """Return the mod 10 check digit (ISO/IEC 7812-1) of the digits before it."""
    total = 0
    for number, char in enumerate(reversed(digits)):
        value = int(char) * (1 if number % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def mod11_check_character(digits: str) -> str:
    """Return the check character (0-9 or X) of ISO/IEC 7064, MOD 11-2."""
    total = 0
    for char in digits:
        total = (total + int(char)) * 2
    return _REMAINDERS[(12 - total % 11) % 11]


def find_mask_fault(masks: Iterable[str], algorithm: str) -> str | None:
    """Return why a format cannot be kept, None when it can.

    ``empty``: neither mask nor frame number; ``many``: more masks than are looked at;
    ``places``: two check characters in one mask, or one without an algorithm.
    """
    masks = tuple(masks)
    if not masks and algorithm != "vin":
        return "empty"
    if len(masks) > MAX_MASKS:
        return "many"
    allowed = 1 if algorithm in ("luhn", "mod11") else 0
    if any(mask.count("!") > allowed for mask in masks):
        return "places"
    return None
