"""Authenticity of a serial number: is the machine ours, and is it this one?"""

import unicodedata
from dataclasses import dataclass
from typing import Literal

from .serial_format import SerialFormat, applicable, find_fault, get_examples
from .verdict import Verdict

SerialCode = Literal["genuine", "unknown", "ambiguous", "mismatch", "void"]

MAX_LENGTH = 64
"""Longest key, in characters; what is longer is cut."""

MAX_TYPED_LENGTH = 256
"""Longest text that is looked at, in characters: typed text may be hostile."""

SUSPECT_CODES = frozenset({"unknown", "void"})
"""Verdicts that make a counterfeit suspect: repaired, but chargeable."""

_DASH_CATEGORY = "Pd"
_DROPPED_CATEGORIES = frozenset({_DASH_CATEGORY, "Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})
# Dashes that Unicode files elsewhere (minus signs, hyphen bullet, box drawing, the
# long-vowel mark of an input method) and characters that show nothing (fillers,
# joiners, variation selectors).
_DROPPED = frozenset(
    "\u02d7\u2043\u2212\u2500\u2501\u2796\u30fc"
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164"
    "\u180b\u180c\u180d\u180f" + "".join(map(chr, range(0xFE00, 0xFE10)))
)
_ASCII_DROPPED = dict.fromkeys([*range(0x21), ord("-"), 0x7F])


def normalise(text: str | None) -> str:
    """Return the key under which a serial is stored and looked up.

    Full-width characters become half-width (NFKC), letters upper case; spaces, dashes
    and invisible characters go; every other character stays. At most `MAX_LENGTH`
    characters; ``normalise(normalise(x)) == normalise(x)``. Empty for empty text.
    """
    text = (text or "")[:MAX_TYPED_LENGTH]
    if text.isascii():
        return text.upper().translate(_ASCII_DROPPED)[:MAX_LENGTH]
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).upper())
    kept = "".join(char for char in folded if not _is_dropped(char))
    # Dropping a joiner can bring together what then composes; cut before composing,
    # because composing never lengthens.
    return unicodedata.normalize("NFKC", kept[:MAX_LENGTH])


def _is_dropped(char: str) -> bool:
    """Tell whether a character is a space, a dash or invisible."""
    return char in _DROPPED or unicodedata.category(char) in _DROPPED_CATEGORIES


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A registered unit whose key is the one asked for.

    owner_id: the owner's commercial partner, None while nobody is registered.
    void_reason: why the unit must not turn up again (``scrapped``, ``stolen``).
    """

    unit_id: int
    product_id: int
    owner_id: int | None = None
    void_reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SerialFacts:
    """What is known when somebody asks about a serial.

    key: the typed text after `normalise`.
    claimed_product_id, claimed_buyer_id: what the asker says it is and whose
    (commercial partner), None when he does not say.
    claimed_categ_ids: the claimed product's category and those above, nearest first.
    candidates: every registered unit with this key.
    formats: formats of our serials, empty when none are kept.
    """

    key: str
    claimed_product_id: int | None = None
    claimed_buyer_id: int | None = None
    claimed_categ_ids: tuple[int, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    formats: tuple[SerialFormat, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SerialVerdict(Verdict):
    """Verdict on a serial; ``blocks`` means a person must choose the model first.

    code: a `SerialCode`. unit_id: the unit meant, None when none or several are.
    Params never hold the owner: the verdict is shown across borders.
    - unknown: ``reason`` = ``empty``, ``format``, ``check_digit`` or
      ``not_registered``; ``examples`` where the format is wrong
    - ambiguous: ``unit_ids``, ``product_ids``
    - mismatch: ``fields`` (``product``, ``buyer``), ``product_id`` as registered
    - void: ``reason`` of the unit
    """

    unit_id: int | None = None

    @property
    def is_counterfeit_suspect(self) -> bool:
        """Unknown or void: nobody made it, or it should not exist any more."""
        return self.code in SUSPECT_CODES


def check(facts: SerialFacts) -> SerialVerdict:
    """Return the verdict: unknown, ambiguous, void, mismatch, genuine, in this order.

    The same serial on several units is ambiguous unless the claimed product leaves
    one, or all of them are void. An unregistered owner contradicts no buyer.
    """
    if not facts.candidates:
        return SerialVerdict(code="unknown", params=explain_unknown(facts))
    candidates = _narrow(facts)
    first = candidates[0]
    if len(candidates) > 1 and not all(c.void_reason for c in candidates):
        params = {
            "unit_ids": [c.unit_id for c in candidates],
            "product_ids": sorted({c.product_id for c in candidates}),
        }
        return SerialVerdict(code="ambiguous", params=params, blocks=True)
    unit_id = first.unit_id if len(candidates) == 1 else None
    if first.void_reason:
        params = {"reason": first.void_reason}
        return SerialVerdict(code="void", params=params, unit_id=unit_id)
    differing = _differing_fields(facts, first)
    if differing:
        params = {"fields": differing, "product_id": first.product_id}
        return SerialVerdict(code="mismatch", params=params, unit_id=unit_id)
    return SerialVerdict(code="genuine", unit_id=unit_id)


def _narrow(facts: SerialFacts) -> list[Candidate]:
    """Candidates by unit id, only those of the claimed product if there are any."""
    ordered = sorted(facts.candidates, key=lambda c: c.unit_id)
    claimed = [c for c in ordered if c.product_id == facts.claimed_product_id]
    return claimed or ordered


def _differing_fields(facts: SerialFacts, unit: Candidate) -> list[str]:
    """Which of the asker's claims the registered unit contradicts."""
    differing = []
    if facts.claimed_product_id and facts.claimed_product_id != unit.product_id:
        differing.append("product")
    if (
        facts.claimed_buyer_id
        and unit.owner_id
        and facts.claimed_buyer_id != unit.owner_id
    ):
        differing.append("buyer")
    return differing


def explain_unknown(facts: SerialFacts) -> dict:
    """Return why a key is not known, as parameters of the verdict.

    ``empty``: nothing left after normalising. ``format``: no mask of the claimed model
    (or, without one, of any) fits; ``examples`` says what would. ``check_digit``: the
    shape is right, the check character is not.
    """
    if not facts.key:
        return {"reason": "empty"}
    formats = applicable(
        facts.formats, facts.claimed_product_id, facts.claimed_categ_ids
    )
    fault = find_fault(facts.key, formats)
    if fault == "format":
        return {"reason": fault, "examples": get_examples(formats)}
    return {"reason": fault or "not_registered"}
