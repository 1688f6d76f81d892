from odoo.tests import BaseCase, tagged

from ..tools.operation import Operation, most_exact

EVERY = Operation(id=1, code="A")
ENGINES = Operation(id=2, code="A", categ_id=10)
SINGLE = Operation(id=3, code="A", categ_id=11)
MODEL = Operation(id=4, code="A", product_id=7)
OURS = Operation(id=5, code="A", company_id=1)
ALL = (EVERY, ENGINES, SINGLE, MODEL, OURS)


@tagged("post_install", "-at_install")
class TestOperationRule(BaseCase):
    """The more exact entry of an operation wins."""

    def test_most_exact_table(self):
        cases = {
            "model": (ALL, 7, (10, 11), 4),
            "category": (ALL, 8, (10, 11), 3),
            "category above": (ALL, 8, (10, 12), 2),
            "own company": (ALL, 8, (20,), 5),
            "shared": ((EVERY, MODEL), 8, (), 1),
            "no machine": (ALL, None, (), 5),
            "older of two alike": ((Operation(id=9, code="A"), EVERY), None, (), 1),
        }
        for name, (operations, product_id, path, expected) in cases.items():
            for order in (operations, operations[::-1]):
                with self.subTest(name):
                    self.assertEqual(
                        most_exact(order, product_id, path), {"A": expected}
                    )

    def test_each_code_for_itself_and_none_where_nothing_fits(self):
        other = Operation(id=6, code="B", product_id=7)
        self.assertEqual(most_exact((EVERY, other), 7), {"A": 1, "B": 6})
        self.assertEqual(most_exact((EVERY, other), 8), {"A": 1})
        self.assertEqual(most_exact((), 7), {})

    def test_both_product_and_category_must_fit(self):
        both = Operation(id=8, code="A", product_id=7, categ_id=11)
        self.assertEqual(most_exact((EVERY, both), 7, (10, 11)), {"A": 8})
        self.assertEqual(most_exact((EVERY, both), 7, (10,)), {"A": 1})
