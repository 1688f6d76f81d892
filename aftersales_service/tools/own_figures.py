"""What a station is told about itself and about all the others together."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

#: Fewer others than these would tell what one of them did.
LEAST_OTHERS = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """How much came together of how many events; of none nothing can be said."""

    amount: float = 0
    events: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.amount + other.amount, self.events + other.events)

    @property
    def mean(self) -> float | None:
        """Amount by event."""
        return self.amount / self.events if self.events else None


def total(tallies: Iterable[Tally]) -> Tally:
    """All of them together."""
    return sum(tallies, Tally())


def mean_of_others(
    own: int, tallies: Mapping[int, Tally], least: int = LEAST_OTHERS
) -> float | None:
    """The mean of all events but one's own; None where it would give someone away.

    :param own: the station that asks
    :param tallies: station → its tally
    :param least: how many others must have at least one event
    """
    others = [
        tally for station, tally in tallies.items() if station != own and tally.events
    ]
    return total(others).mean if len(others) >= least else None
