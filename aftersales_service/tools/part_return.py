"""Which failed parts have to come back to the maker."""

from typing import Literal

Rule = Literal["always", "warranty", "never"]


def must_return(part: Rule | None, company: Rule | None, *, maker_pays: bool) -> bool:
    """Whether a part that was replaced is sent back.

    part: what its product says, None for nothing; then the company's rule counts.
    maker_pays: the warranty decision on the job covers its parts.
    """
    rule = part or company or "never"
    return rule == "always" or (rule == "warranty" and maker_pays)
