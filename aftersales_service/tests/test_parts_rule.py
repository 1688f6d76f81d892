from odoo.tests import BaseCase, tagged

from ..tools.parts import Row, Want, find_counted, from_consignment, is_listed

STOCK, PUMP, NOZZLE = 7, 1, 2


def want(key, quantity=1.0, product=PUMP, stock=STOCK, lot=None):
    return Want(key=key, stock=stock, product_id=product, lot_id=lot, quantity=quantity)


@tagged("post_install", "-at_install")
class TestPartsRule(BaseCase):
    """Consignment first, where it covers a line; the station's own stock else."""

    def test_what_consignment_covers_comes_from_it(self):
        table = [
            ("nothing there", [want(1)], {}, set()),
            ("enough", [want(1)], {(STOCK, PUMP, None): 1.0}, {1}),
            ("a line is never split", [want(1, 3)], {(STOCK, PUMP, None): 2.0}, set()),
            ("another part", [want(1)], {(STOCK, NOZZLE, None): 5.0}, set()),
            ("none kept", [want(1, stock=None)], {(STOCK, PUMP, None): 5.0}, set()),
            ("another station", [want(1, stock=8)], {(STOCK, PUMP, None): 5.0}, set()),
            ("serial is there", [want(1, lot=3)], {(STOCK, PUMP, 3): 1.0}, {1}),
            ("other serial", [want(1, lot=3)], {(STOCK, PUMP, 4): 1.0}, set()),
            (
                "lines of one part share what is there",
                [want(1), want(2, 2), want(3)],
                {(STOCK, PUMP, None): 2.0},
                {1, 3},
            ),
        ]
        for name, wants, free, expected in table:
            with self.subTest(name):
                self.assertEqual(from_consignment(wants, free), expected)

    def test_the_facts_stay_as_they_were(self):
        free = {(STOCK, PUMP, None): 2.0}
        from_consignment([want(1)], free)
        self.assertEqual(free, {(STOCK, PUMP, None): 2.0})

    def test_scan_counts_up_the_first_row_of_a_counted_part(self):
        rows = [
            Row(key="a", product_id=NOZZLE, quantity=2.0),
            Row(key="b", product_id=PUMP, quantity=3.0),
            Row(key="c", product_id=PUMP, quantity=1.0),
        ]
        self.assertEqual(find_counted(rows, PUMP).key, "b")
        self.assertIsNone(find_counted(rows, 99))

    def test_serial_is_listed_however_it_is_typed(self):
        rows = [Row(key="a", product_id=PUMP, serial="tb 77")]
        self.assertTrue(is_listed(rows, PUMP, "TB-77"))
        self.assertFalse(is_listed(rows, NOZZLE, "TB-77"))
        self.assertFalse(is_listed(rows, PUMP, "TB-78"))
