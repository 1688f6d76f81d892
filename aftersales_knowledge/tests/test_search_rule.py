from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_knowledge.tools.search_text import (
    MAX_TERMS,
    count_hits,
    cut,
    make_query,
    read_terms,
)
from odoo.addons.aftersales_knowledge.tools.suggestion import (
    Article,
    Fault,
    get_success,
    rank,
)


@tagged("post_install", "-at_install")
class TestSearchRule(BaseCase):
    """How texts are cut, and what is found by which question."""

    def test_texts_become_pairs_and_words(self):
        table = [
            ("柴油机", {"柴油", "油机", "机"}),
            ("油", {"油"}),
            ("Diesel ENGINE", {"diesel", "engine"}),
            ("S03 冒烟", {"s03", "冒烟", "烟"}),
            ("CF-4 5W-30", {"cf", "4", "5w", "30"}),
            ("ＤＸ１２", {"dx12"}),
            ("喷油器drips", {"喷油", "油器", "器", "drips"}),
            ("'; DROP & | ! <b>", {"drop", "b"}),
            ("", set()),
        ]
        for text, expected in table:
            with self.subTest(text):
                self.assertEqual(cut(text), expected)

    def test_a_question_becomes_terms(self):
        table = [
            ("柴油", "'柴油'"),
            ("喷油器", "'喷油' & '油器'"),
            ("油", "'油':*"),
            ("inj 喷油", "'inj':* & '喷油'"),
            ("'&!():*", ""),
            ("油 油", "'油':*"),
        ]
        for text, expected in table:
            with self.subTest(text):
                self.assertEqual(make_query(read_terms(text)), expected)
        self.assertEqual(len(read_terms(" ".join(map(str, range(99))))), MAX_TERMS)

    def test_what_the_index_finds_the_rule_counts(self):
        words = cut("柴油机冒黑烟 injector")
        table = [("柴油", 1), ("黑烟", 1), ("inj", 1), ("机", 1), ("汽油", 0)]
        for text, hits in table:
            with self.subTest(text):
                self.assertEqual(count_hits(read_terms(text), words), hits)


@tagged("post_install", "-at_install")
class TestProvenRule(BaseCase):
    """Words count below codes and machine; success decides among equals."""

    def _rank(self, *articles, **fault):
        return [match.article_id for match in rank(articles, Fault(**fault), 9)]

    def test_success_is_proven_by_many(self):
        table = [(0, 0, 0.5), (1, 1, 2 / 3), (98, 98, 0.99), (2, 0, 0.25)]
        for used, fixed, expected in table:
            with self.subTest(used=used, fixed=fixed):
                self.assertAlmostEqual(get_success(used, fixed), expected)

    def test_among_equals_the_proven_one_comes_first(self):
        codes = frozenset({1})
        order = self._rank(
            Article(id=1, code_ids=codes),
            Article(id=2, code_ids=codes, used=9, fixed=8),
            Article(id=3, code_ids=codes, used=9, fixed=1),
            code_paths=((1,),),
        )
        self.assertEqual(order, [2, 1, 3])

    def test_words_offer_what_no_code_names_and_come_after_codes(self):
        words = cut("喷油器滴油冒黑烟")
        order = self._rank(
            Article(id=1, words=words),
            Article(id=2, code_ids=frozenset({1})),
            Article(id=3, words=cut("冷却水沸腾")),
            code_paths=((1,),),
            terms=read_terms("冒黑烟"),
        )
        self.assertEqual(order, [2, 1])

    def test_one_word_is_not_enough_and_another_machine_never_fits(self):
        words = cut("喷油器滴油冒黑烟")
        one = Article(id=1, words=words)
        self.assertEqual(self._rank(one, terms=read_terms("黑烟")), [])
        other = Article(id=2, words=words, product_ids=frozenset({7}))
        terms = read_terms("冒黑烟")
        self.assertEqual(self._rank(other, terms=terms, product_id=8), [])
