from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_knowledge.tools.suggestion import (
    Article,
    Fault,
    match,
    rank,
)

# Symptom 11 below group 10; component 21 below group 20; product 1 in category 3 < 2.
FAULT = Fault(code_paths=((11, 10), (21, 20)), product_id=1, category_path=(3, 2))


def article(article_id, codes=(), products=(), categories=()):
    return Article(
        id=article_id,
        code_ids=frozenset(codes),
        product_ids=frozenset(products),
        category_ids=frozenset(categories),
    )


@tagged("post_install", "-at_install")
class TestSuggestionRule(BaseCase):
    """Codes first, then the machine; the same facts, the same order."""

    def test_what_fits(self):
        no_codes = Fault(product_id=1, category_path=(3, 2))
        unknown = Fault(code_paths=((11, 10),))
        table = [
            ("shares the symptom", article(1, [11]), FAULT, True),
            ("shares a group", article(1, [20]), FAULT, True),
            ("other code", article(1, [12]), FAULT, False),
            ("other code, this model", article(1, [12], [1]), FAULT, False),
            ("code, other model", article(1, [11], [9]), FAULT, False),
            ("code, other category", article(1, [11], [], [9]), FAULT, False),
            ("code, this or another model", article(1, [11], [9, 1]), FAULT, True),
            ("code, model of the category", article(1, [11], [9], [2]), FAULT, True),
            ("no codes, this model", article(1, [], [1]), FAULT, True),
            ("no codes, no model", article(1), FAULT, False),
            ("nothing typed, this model", article(1, [11], [1]), no_codes, True),
            ("nothing typed, any model", article(1, [11]), no_codes, False),
            ("model unknown", article(1, [11], [9]), unknown, True),
            ("nothing known", article(1, [11], [1]), Fault(), False),
        ]
        for name, candidate, fault, fits in table:
            with self.subTest(name):
                self.assertEqual(match(candidate, fault) is not None, fits)

    def test_more_and_nearer_codes_come_first_then_the_machine(self):
        best_first = [
            article(8, [11, 21], [1]),
            article(7, [11, 21], [], [3]),
            article(6, [11, 21]),
            article(5, [11, 20], [1]),
            article(4, [10, 20], [1]),
            article(3, [11], [1]),
            article(2, [11]),
            article(9, [11]),
            article(1, [10], [1]),
            article(10, [], [1]),
        ]
        for order in (best_first, best_first[::-1]):
            found = [m.article_id for m in rank(order, FAULT, 99)]
            self.assertEqual(found, [a.id for a in best_first])

    def test_no_more_than_asked(self):
        many = [article(number, [11]) for number in range(1, 20)]
        found = rank(many, FAULT, 5)
        self.assertEqual([m.article_id for m in found], [1, 2, 3, 4, 5])

    def test_a_match_says_why(self):
        found = match(article(1, [11, 20], [1]), FAULT)
        self.assertEqual(found.code_ids, (11, 20))
        self.assertEqual(found.distance, 1)
