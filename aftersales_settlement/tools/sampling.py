"""Spot checks: which claims are drawn, so that anybody can check the draw later.

What was approved automatically is drawn at a random rate, and the more often the more
risk it bears: `weigh` names the risks, `rate` makes a percentage of them, `is_drawn`
throws the dice, which are a hash of a seed and the claim.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Any

from odoo.addons.aftersales_service.tools.plain import decimal_text

from .audit_facts import AuditFacts, Finding

_STEPS = 1_000_000
_DIGITS = Decimal("0.0001")
#: Weight of each thing the audit noted without sending the claim to a person.
NOTE_WEIGHT = Decimal("0.5")
#: So many decisions of persons tell something about a station.
LEAST_DECIDED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Risk:
    """One reason to look closer: its code and its weight from 0 to 1."""

    code: str
    weight: Decimal


def weigh(
    *,
    notes: Iterable[str],
    is_large: bool,
    decided: int = 0,
    changed: int = 0,
    score: Decimal | None = None,
) -> tuple[Risk, ...]:
    """Return what makes a claim risky.

    notes: codes the audit noted. is_large: of an amount every risk counts. decided,
    changed: claims of the station a person decided, and how many of them he changed.
    score: of the station, from 0 to 100, None where it has none.
    """
    risks = [Risk(code=code, weight=NOTE_WEIGHT) for code in notes]
    if is_large:
        risks.append(Risk(code="large", weight=Decimal(1)))
    if changed and decided >= LEAST_DECIDED:
        risks.append(Risk(code="changed", weight=_rounded(Decimal(changed) / decided)))
    if score is not None and score < 100:
        risks.append(Risk(code="score", weight=_rounded(1 - max(score, 0) / 100)))
    return tuple(risks)


def rate(risks: Iterable[Risk], random: Decimal, risky: Decimal) -> Decimal:
    """Return the percentage at which a claim of these risks is drawn.

    ``random`` without any risk, ``risky`` at full risk, between them in proportion;
    risks add up like independent chances. Never below ``random``.
    """
    safe = Decimal(1)
    for risk in risks:
        safe *= 1 - risk.weight
    return _rounded(random + (max(risky, random) - random) * (1 - safe))


@dataclass(frozen=True, kw_only=True, slots=True)
class Draw:
    """The dice of a month: seed, rates in percent, and from when a claim is large."""

    sample_id: int
    seed: str
    random: Decimal
    risky: Decimal
    large_from: Decimal = Decimal(0)

    def draw(
        self, facts: AuditFacts, findings: Iterable[Finding]
    ) -> tuple[tuple[bool, int, dict[str, Any]], dict[str, Any]]:
        """Draw one claim that is in order.

        Returns whether it is drawn, the sample and the rate with its risks, as they
        are kept with the claim; and the rate with its risks once more.
        """
        risks = weigh(
            notes=[item.code for item in findings],
            is_large=bool(self.large_from) and facts.amount >= self.large_from,
            decided=facts.station_decided,
            changed=facts.station_changed,
            score=facts.station_score,
        )
        percent = rate(risks, self.random, self.risky)
        params = {
            "percent": decimal_text(percent),
            "risks": [[risk.code, decimal_text(risk.weight)] for risk in risks],
        }
        is_out = is_drawn(key(self.seed, facts.claim_id), percent)
        return (is_out, self.sample_id, params), params


def _rounded(value: Decimal) -> Decimal:
    """Return the value with four digits."""
    return value.quantize(_DIGITS, ROUND_HALF_UP)


def is_drawn(key: str, percent: float | Decimal) -> bool:
    """Tell whether the case of this key is drawn at this rate (0..100).

    The same key and rate always give the same answer; keys are spread evenly, and
    whoever is drawn at a rate is drawn at every higher one.
    """
    digest = sha256(key.encode()).digest()
    ticket = int.from_bytes(digest[:8], "big") % _STEPS
    return ticket < percent / 100 * _STEPS


def key(seed: str, claim_id: int) -> str:
    """Return what the draw of a claim is the hash of."""
    return f"{seed}/{claim_id}"
