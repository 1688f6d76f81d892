from odoo import api, models
from odoo.fields import Domain

from ...tools import search_text, suggestion
from .aftersales_article import AUDIENCES

SUGGESTION_LIMIT = 5


class AftersalesArticle(models.Model):
    """Articles are offered where a fault is typed or repaired."""

    _inherit = "aftersales.article"

    @api.model
    def _suggest(self, faults, audiences=AUDIENCES, domain=Domain.TRUE):
        """The published articles that help with each fault, the best first.

        Reads with the rights of the caller; the number of queries does not depend on
        the number of faults or articles.

        :param faults: list of ``tools.suggestion.Fault``
        :param audiences: whose articles to offer
        :param domain: further limits, where the caller reads past the rights
        :return: list of lists of ``tools.suggestion.Match``
        """
        shown = (
            domain
            & Domain("state", "=", "published")
            & Domain("audience", "in", audiences)
        )
        candidates = [self._get_candidate_domain(fault) for fault in faults]
        told = self._find_by_terms([fault.terms for fault in faults])
        articles = self.search_fetch(
            Domain.OR([*candidates, Domain("id", "in", told)]) & shown,
            ["fault_code_ids", "product_ids", "product_categ_ids", "search_words"],
        )
        facts = articles._prepare_suggestion_facts()
        return [suggestion.rank(facts, fault, SUGGESTION_LIMIT) for fault in faults]

    @api.model
    def _get_candidate_domain(self, fault):
        """Articles that share a code or name the machine; the rule decides the rest."""
        codes = {code for path in fault.code_paths for code in path}
        named = {
            "fault_code_ids": codes,
            "product_ids": {fault.product_id} - {None},
            "product_categ_ids": set(fault.category_path),
        }
        # Nothing is left out: “in nothing” would mean every article that names none.
        return Domain.OR(
            Domain(name, "in", sorted(ids)) for name, ids in named.items() if ids
        )

    def _prepare_suggestion_facts(self):
        """What ``tools.suggestion`` asks of each article, in a constant of queries."""
        proofs = self._count_proofs()
        return [
            suggestion.Article(
                id=article.id,
                code_ids=frozenset(article.fault_code_ids.ids),
                product_ids=frozenset(article.product_ids.ids),
                category_ids=frozenset(article.product_categ_ids.ids),
                words=frozenset((article.search_words or "").split()),
                used=proofs[article.id][0],
                fixed=proofs[article.id][1],
            )
            for article in self
        ]

    @api.model
    def _prepare_fault_facts(self, codes, product, text=""):
        """Facts of a fault for ``_suggest``.

        :param codes: fault codes given, of any kind
        :param product: the machine's model, may be empty
        :param text: what was told or found, in anybody's words
        """
        # Paths are ids only; the caller could read the codes and the product.
        category = product.sudo().categ_id
        return suggestion.Fault(
            code_paths=tuple(code.sudo()._get_path_ids() for code in codes),
            product_id=product._origin.id or None,
            category_path=_get_category_path(category),
            terms=search_text.read_terms(text or ""),
        )

    def _explain(self, match):
        """Why an article is offered, as one short line."""
        codes = self.env["aftersales.fault.code"].browse(match.code_ids)
        words = [code.display_name for code in codes]
        if match.product_fit == suggestion.SAME_PRODUCT:
            words.append(self.env._("this model"))
        elif match.product_fit == suggestion.SAME_CATEGORY:
            words.append(self.env._("this kind of machine"))
        if match.hits and not match.code_ids:
            words.append(self.env._("by its words"))
        return " · ".join(words)


def _get_category_path(category):
    """Ids from a product category up to its topmost one."""
    if not category:
        return ()
    return tuple(int(part) for part in reversed(category.parent_path.split("/")[:-1]))
