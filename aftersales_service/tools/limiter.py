"""How often the public may ask: who is slowed down, who is sent away, how long."""

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from .verdict import Verdict

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitPolicy:
    """How many questions a window takes.

    per_address, in_total: what comes above is sent away until the next window.
    serial_free: so often one serial may be asked about at once. Above, each address
    is told to come back, ``serial_delay`` seconds later for each question more,
    ``max_delay`` at most, and is answered then: nobody can lock the owner of a machine
    out by asking about it.
    """

    window_seconds: int = 600
    per_address: int = 30
    in_total: int = 600
    serial_free: int = 20
    serial_delay: float = 0.1
    max_delay: float = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitFacts:
    """What was asked in the present window, and how long that still lasts.

    waited: whole seconds since this address last asked about this serial and took a
    place, None when it did not in this window.
    """

    by_address: int = 0
    in_total: int = 0
    about_serial: int = 0
    seconds_left: int = 0
    waited: int | None = None


def decide(facts: LimitFacts, policy: LimitPolicy) -> Verdict:
    """Return ``allowed``, or ``refused`` or ``later`` with ``retry_after``, seconds.

    Both block. ``refused`` lasts until the next window; ``later`` until this address
    has waited, which counts from the place it takes (``LimitFacts.waited``).
    """
    if facts.by_address >= policy.per_address or facts.in_total >= policy.in_total:
        return refuse(facts)
    above = max(facts.about_serial - policy.serial_free + 1, 0)
    delay = math.ceil(min(above * policy.serial_delay, policy.max_delay))
    left = delay - (facts.waited or 0)
    if left > 0:
        return come_back(left)
    return Verdict(code="allowed")


def refuse(facts: LimitFacts) -> Verdict:
    """Return the refusal; the next window begins in ``retry_after`` seconds."""
    params = {"retry_after": max(facts.seconds_left, 1)}
    return Verdict(code="refused", params=params, blocks=True)


def come_back(seconds: int = 1) -> Verdict:
    """Return the answer to who may ask again in so many seconds."""
    return Verdict(code="later", params={"retry_after": seconds}, blocks=True)


def get_window(now: datetime, seconds: int) -> tuple[datetime, int]:
    """Return when the window of a moment (UTC, naive) began and what is left of it."""
    seconds = max(seconds, 1)
    passed = int((now - EPOCH).total_seconds()) % seconds
    start = now.replace(microsecond=0) - timedelta(seconds=passed)
    return start, seconds - passed


def get_address_key(address: str | None) -> str:
    """Return who is counted: an IPv4 address, or the network of an IPv6 address.

    One household or server has a whole /64 of IPv6 addresses.
    """
    try:
        parsed = ipaddress.ip_address((address or "").strip())
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped:
        return str(mapped)
    if parsed.version == 6:
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)
