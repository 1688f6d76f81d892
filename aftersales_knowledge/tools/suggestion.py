"""Which articles help with a fault: by its codes, the machine, words and success.

Codes and categories are trees: what is said of a group holds for its members. A path
runs from the leaf to the root.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from . import search_text

# How an article fits the machine; the smaller the better.
SAME_PRODUCT, SAME_CATEGORY, ANY_PRODUCT, UNKNOWN_PRODUCT = range(4)


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """What an article is about; an empty set means any.

    words: entries of its text, see ``search_text``.
    used, fixed: finished jobs it was used on, and those done at the first visit.
    """

    id: int
    code_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    words: frozenset[str] = frozenset()
    used: int = 0
    fixed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is known of a fault.

    code_paths: one path per code given, e.g. of the symptom and of the component.
    category_path: product category of the machine.
    terms: words of what was told, see ``search_text.read_terms``.
    """

    code_paths: tuple[tuple[int, ...], ...] = ()
    product_id: int | None = None
    category_path: tuple[int, ...] = ()
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """An article that fits, and why: the codes and the machine it shares.

    distance: steps from the codes given up to the codes of the article, summed.
    product_fit: one of the constants above.
    hits: words of the fault that the article has.
    success: see ``get_success``.
    """

    article_id: int
    code_ids: tuple[int, ...]
    distance: int
    product_fit: int
    hits: int = 0
    success: float = 0.5

    @property
    def key(self) -> tuple:
        """Sorting key, the best first.

        More codes, nearer codes, nearer machine, more words, more proven, older.
        """
        return (
            -len(self.code_ids),
            self.distance,
            self.product_fit,
            -self.hits,
            -self.success,
            self.article_id,
        )


def get_success(used: int, fixed: int) -> float:
    """Return how far an article is proven, between 0 and 1; 0.5 while unknown.

    Laplace's rule of succession: one success more, one failure more than there were,
    so that one lucky repair is no proof.
    """
    return (fixed + 1) / (used + 2)


def is_failing(used: int, fixed: int) -> bool:
    """Tell whether repairs speak against an article: most of three or more failed."""
    return used >= 3 and 2 * fixed < used


def match(article: Article, fault: Fault) -> Match | None:
    """Return how ``article`` fits ``fault``, or None.

    An article on other machines never fits. One with codes needs a code in common, or
    enough of the words; without codes on either side the machine must be named by the
    article, or enough words be in common.
    """
    product_fit = fit_product(article, fault)
    if product_fit is None:
        return None
    found = []
    for path in fault.code_paths:
        steps = [step for step, code in enumerate(path) if code in article.code_ids]
        if steps:
            found.append((steps[0], path[steps[0]]))
    hits = search_text.count_hits(fault.terms, article.words)
    if not found and hits < _get_needed_hits(fault.terms):
        has_codes = article.code_ids and fault.code_paths
        if has_codes or product_fit > SAME_CATEGORY:
            return None
    return Match(
        article_id=article.id,
        code_ids=tuple(code for _steps, code in found),
        distance=sum(steps for steps, _code in found),
        product_fit=product_fit,
        hits=hits,
        success=get_success(article.used, article.fixed),
    )


def _get_needed_hits(terms: tuple[str, ...]) -> int:
    """Words that stand for a code: half of few, four of a long story, never one."""
    return max(2, min(4, (len(terms) + 1) // 2))


def fit_product(article: Article, fault: Fault) -> int | None:
    """Return how an article's machines fit, one of the constants, or None."""
    if not article.product_ids and not article.category_ids:
        return ANY_PRODUCT
    if fault.product_id is None:
        return UNKNOWN_PRODUCT
    if fault.product_id in article.product_ids:
        return SAME_PRODUCT
    if not article.category_ids.isdisjoint(fault.category_path):
        return SAME_CATEGORY
    return None


def rank(articles: Iterable[Article], fault: Fault, limit: int) -> list[Match]:
    """Return the ``limit`` best matches, best first; ties by the older article."""
    found = (match(article, fault) for article in articles)
    return sorted(filter(None, found), key=lambda one: one.key)[:limit]
