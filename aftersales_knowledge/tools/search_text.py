"""Full text for Chinese and Latin writing: how texts are cut into words.

Chinese has no spaces: a run of n characters becomes n − 1 pairs of neighbours, so a
word of two characters is one entry of the index. The last character stands alone,
too, so that a single character is found as the beginning of an entry wherever it is.
Latin words and numbers stay whole and are found by their beginning.
"""

import re
import unicodedata

MAX_QUERY = 200
"""Characters of a question that are read; the rest is cut off."""

MAX_TERMS = 24
"""Words of a question that are looked for."""

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_CHINESE}]+|[^\W_{_CHINESE}]+")
_IS_CHINESE = re.compile(rf"[{_CHINESE}]")


def normalise(text: str) -> str:
    """Return a text in which spellings that mean the same are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def cut(text: str) -> frozenset[str]:
    """Return all entries of the index that a text makes."""
    words = set()
    for run in _RUN.findall(normalise(text)):
        if _IS_CHINESE.match(run):
            words.update(_pairs(run))
            words.add(run[-1])
        else:
            words.add(run[:40])
    return frozenset(words)


def read_terms(text: str) -> tuple[str, ...]:
    """Return what is looked for when ``text`` is asked, in its order, each once."""
    terms = []
    for run in _RUN.findall(normalise(text[:MAX_QUERY])):
        if len(run) > 1 and _IS_CHINESE.match(run):
            terms += _pairs(run)
        else:
            terms.append(run[:40])
    return tuple(dict.fromkeys(terms))[:MAX_TERMS]


def make_query(terms: tuple[str, ...], joined_by: str = "&") -> str:
    """Return a PostgreSQL ``tsquery`` in its own spelling, empty for no terms.

    Pairs must be there as they are; what stands alone is found by its beginning.
    Terms hold letters and digits only, so nothing in them means anything else.
    """
    return f" {joined_by} ".join(
        f"'{term}'" if is_pair(term) else f"'{term}':*" for term in terms
    )


def is_pair(term: str) -> bool:
    """Tell whether a term is a pair of Chinese characters."""
    return len(term) == 2 and bool(_IS_CHINESE.match(term))


def count_hits(terms: tuple[str, ...], words: frozenset[str]) -> int:
    """Return how many of the terms a text has, by its entries."""
    return sum(
        term in words
        or (not is_pair(term) and any(word.startswith(term) for word in words))
        for term in terms
    )


def _pairs(run: str) -> list[str]:
    return [run[start : start + 2] for start in range(len(run) - 1)]
