"""What every rule answers: a code, its parameters, and whether it blocks.

Words belong to the models (Selection labels, translated templates); a rule never
writes a sentence. Parameters are JSON values (numbers, ids, ISO dates, decimal
strings, lists of these), so that a fresh verdict and a stored one read alike.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """One answer of one rule.

    code: stable technical word that the model labels.
    params: what the label's placeholders need, JSON values only.
    blocks: whether the road ends here unless a person decides otherwise.
    """

    code: str
    params: dict[str, Any] = field(default_factory=dict, hash=False)
    blocks: bool = False
