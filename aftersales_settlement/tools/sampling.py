"""Spot checks: which claims are drawn, so that anybody can check the draw later."""

from hashlib import sha256

_STEPS = 1_000_000


def is_drawn(key: str, percent: float) -> bool:
    """Tell whether the case of this key is drawn at this rate (0..100).

    The same key and rate always give the same answer; keys are spread evenly, and
    whoever is drawn at a rate is drawn at every higher one.
    """
    digest = sha256(key.encode()).digest()
    ticket = int.from_bytes(digest[:8], "big") % _STEPS
    return ticket < percent / 100 * _STEPS
