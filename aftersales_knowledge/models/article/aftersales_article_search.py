from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext

from ...tools import search_text, suggestion

SEARCH_LIMIT = 50
#: So many of a fault's articles by words are looked at more closely.
TERM_LIMIT = 20
#: So many are ranked for it: words that more articles have say little.
RANKED_LIMIT = 1000
TEXTS = ("symptom", "cause", "remedy")

# Which job counts as done at the first visit is said as the stations' score says it.
IS_FIXED = SQL(
    """
    NOT EXISTS (
        SELECT 1 FROM aftersales_work_order_visit visit
         WHERE visit.work_order_id = job.id AND visit.arrived_at IS NOT NULL
        OFFSET 1)
    AND NOT EXISTS (
        SELECT 1 FROM aftersales_work_order again
         WHERE again.ticket_id = job.ticket_id AND again.id > job.id
           AND again.accepted_at IS NOT NULL)
    """
)


class AftersalesArticle(models.Model):
    """Articles are found by words, in Chinese and Latin writing.

    How it works: ``search_words`` holds what ``tools.search_text`` makes of title,
    texts, codes and machines in all languages; a GIN index stands on it.
    """

    _inherit = "aftersales.article"

    search_words = fields.Text(
        compute="_compute_search_words", store=True, prefetch=False, copy=False
    )
    text_search = fields.Char(
        string="Any word", compute="_compute_text_search", search="_search_text_search"
    )

    _search_words_idx = models.Index(
        "USING gin (array_to_tsvector(string_to_array(search_words, ' ')))"
    )

    @api.depends(
        *("name", "symptom", "cause", "remedy"),
        *("fault_code_ids.code", "fault_code_ids.name"),
        *("product_ids.name", "product_ids.default_code", "product_categ_ids.name"),
        *("part_ids.name", "part_ids.default_code"),
    )
    def _compute_search_words(self):
        langs = {code for code, _name in self.env["res.lang"].get_installed()}
        words = defaultdict(set)
        for lang in sorted(langs | {"en_US"}):
            for article in self.with_context(lang=lang):
                words[article._origin.id] |= search_text.cut(article._get_full_text())
        for article in self:
            article.search_words = " ".join(sorted(words[article._origin.id]))

    def _compute_text_search(self):
        self.text_search = False

    def _search_text_search(self, operator, value):
        if operator not in ("ilike", "=", "like", "in"):
            return NotImplemented
        texts = value if isinstance(value, (list, tuple, set)) else [value]
        terms = search_text.read_terms(" ".join(str(text) for text in texts))
        return self._get_text_domain(terms)

    def _get_full_text(self):
        """All that an article says, in the language of the context."""
        codes, products = self.fault_code_ids, self.product_ids | self.part_ids
        parts = [
            self.name,
            *(html2plaintext(self[name] or "") for name in TEXTS),
            *(f"{code.code} {code.name}" for code in codes),
            *(f"{product.default_code or ''} {product.name}" for product in products),
            *self.product_categ_ids.mapped("name"),
        ]
        return "\n".join(filter(None, parts))

    @api.model
    def _get_text_domain(self, terms):
        """Articles with all of the terms; every one where there are no terms."""
        if not terms:
            return Domain.TRUE
        query = search_text.make_query(terms)
        # Nobody sees from outside which column the condition reads.
        self.flush_model(["search_words"])
        return Domain.custom(
            to_sql=lambda model, alias, _query: SQL(
                "%s @@ %s::tsquery", self._get_vector(alias), query
            ),
        )

    @api.model
    def _get_vector(self, alias):
        column = SQL.identifier(alias, "search_words")
        return SQL("array_to_tsvector(string_to_array(%s, ' '))", column)

    @api.model
    def _find_by_terms(self, terms_list):
        """Ids of published articles that have most of the words, for several faults.

        What the reader may not see is still among them: the caller searches in them.
        """
        queries = [search_text.make_query(terms, "|") for terms in set(terms_list)]
        if not any(queries):
            return []
        self.flush_model(["search_words", "state"])
        vector = self._get_vector("article")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT found.id
                  FROM unnest(%(queries)s) AS told(query)
                  JOIN LATERAL (
                       SELECT article.id
                         FROM (SELECT article.id, article.search_words
                                 FROM aftersales_article article
                                WHERE article.state = 'published'
                                  AND %(vector)s @@ told.query::tsquery
                                LIMIT %(ranked)s) article
                        ORDER BY ts_rank(%(vector)s, told.query::tsquery) DESC,
                                 article.id
                        LIMIT %(limit)s) found ON TRUE
                """,
                queries=sorted(filter(None, queries)),
                vector=vector,
                limit=TERM_LIMIT,
                ranked=RANKED_LIMIT,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _find(self, text, domain):
        """The articles that have all words of a question, the best first.

        :param text: as it was typed, by anybody
        :param domain: whose articles; the caller reads past the rights or not
        """
        terms = search_text.read_terms(text or "")
        articles = self.search(
            domain & Domain("state", "=", "published") & self._get_text_domain(terms),
            limit=SEARCH_LIMIT,
        )
        proofs = articles._count_proofs()

        def get_key(article):
            title = search_text.count_hits(terms, search_text.cut(article.name))
            return -title, -suggestion.get_success(*proofs[article.id]), article.id

        return articles.sorted(get_key)

    def _count_proofs(self):
        """{id: (finished jobs it was used on, those done at the first visit)}.

        Numbers of all regions: they tell nothing of any job.
        """
        proofs = dict.fromkeys(self.ids, (0, 0))
        if self.ids:
            self.env["aftersales.work.order"].flush_model(["article_ids", "state"])
            rows = self.env.execute_query(
                SQL(
                    """
                    SELECT used.article_id, COUNT(*), COUNT(*) FILTER (WHERE %s)
                      FROM aftersales_article_use_rel used
                      JOIN aftersales_work_order job ON job.id = used.work_order_id
                     WHERE used.article_id IN %s AND job.state = 'done'
                  GROUP BY used.article_id
                    """,
                    IS_FIXED,
                    tuple(self.ids),
                )
            )
            proofs |= {article: (used, fixed) for article, used, fixed in rows}
        return proofs
