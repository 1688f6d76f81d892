"""What stays of a chat: its words as plain text, and what it was about."""

from collections.abc import Iterable

#: Characters that say what it was about.
LONGEST_SUMMARY = 300


def transcript(lines: Iterable[tuple[str, str]]) -> str:
    """The chat as a person reads it: who, and what he said until another spoke.

    :param lines: (who, what he wrote), oldest first; empty words are left out
    """
    told: list[str] = []
    speaker = None
    for who, words in lines:
        words = words.strip()
        if not words:
            continue
        told.append(words if who == speaker else f"{who}: {words}")
        speaker = who
    return "\n".join(told)


def summary(words: Iterable[str]) -> str:
    """What the visitor came for: his first words, cut at a word's end."""
    text = next((line for each in words if (line := " ".join(each.split()))), "")
    if len(text) <= LONGEST_SUMMARY:
        return text
    cut = text[:LONGEST_SUMMARY]
    # Chinese has no blanks to cut at.
    return f"{cut.rpartition(' ')[0] or cut}…"


def title(command: str, body: str) -> str:
    """What stands behind a command like ``/request``."""
    return " ".join(body.split())[len(command) :].strip()
