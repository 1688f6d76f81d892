"""The life of a record as data: which state may follow which."""

from collections.abc import Iterable, Mapping


class TransitionTable:
    """What may follow each state; immutable.

    ``TransitionTable({"draft": ("open",), "open": ("done", "draft"), "done": ()})``
    Every state is a key; a state nothing follows is final. Staying where one is, is
    not a transition unless the table says so.
    """

    __slots__ = ("_targets",)

    def __init__(self, transitions: Mapping[str, Iterable[str]]) -> None:
        """Raise ValueError for a target that is not a key: a typing error."""
        targets = {state: frozenset(after) for state, after in transitions.items()}
        unknown = sorted(set().union(*targets.values()) - set(targets))
        if unknown:
            raise ValueError(f"unknown states: {', '.join(unknown)}")
        self._targets = targets

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order of the table."""
        return tuple(self._targets)

    @property
    def final(self) -> frozenset[str]:
        """States that nothing follows."""
        return frozenset(state for state, after in self._targets.items() if not after)

    def targets(self, state: str) -> frozenset[str]:
        """Return what may follow ``state``. Raises KeyError for an unknown state."""
        return self._targets[state]

    def allowed(self, frm: str, to: str) -> bool:
        """Tell whether ``to`` may follow ``frm``; nothing follows an unknown state."""
        return to in self._targets.get(frm, ())

    def sources(self, to: str) -> frozenset[str]:
        """Return the states that ``to`` may follow."""
        return frozenset(frm for frm, after in self._targets.items() if to in after)

    def absent_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return every refused (from, to), what a test of the life goes through."""
        return tuple(
            (frm, to)
            for frm in self._targets
            for to in self._targets
            if not self.allowed(frm, to)
        )

    def reachable(self, start: str) -> frozenset[str]:
        """Return the states a record that begins in ``start`` can come to."""
        seen, waiting = {start}, [start]
        while waiting:
            fresh = self._targets[waiting.pop()] - seen
            seen |= fresh
            waiting.extend(fresh)
        return frozenset(seen)

    def extended(self, more: Mapping[str, Iterable[str]]) -> "TransitionTable":
        """Return a table with further states and transitions, for another addon."""
        merged = {state: set(after) for state, after in self._targets.items()}
        for state, after in more.items():
            merged.setdefault(state, set()).update(after)
        return TransitionTable(merged)
