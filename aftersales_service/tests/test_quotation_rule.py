from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools import quotation

DEFINITION = [
    {"name": "a", "type": "char"},
    {"name": "b", "type": "selection"},
    {"name": "c", "type": "float"},
    {"name": "d", "type": "integer"},
    {"name": "e", "type": "boolean"},
]


@tagged("post_install", "-at_install")
class TestQuotationRule(BaseCase):
    """Which field can be what of a price, and what a margin is called."""

    def test_a_band_begins_where_the_one_below_ends(self):
        for base, quoted, percent, band in (
            ("2000", "1900", "-5", "below"),
            ("2000", "1999.99", "-0.0005", "below"),
            ("2000", "2000", "0", "to_5"),
            ("2000", "2099.99", "4.9995", "to_5"),
            ("2000", "2100", "5", "to_10"),
            # In binary fractions this is a little more than 5.
            ("1", "1.05", "5", "to_10"),
            ("2000", "2200", "10", "to_20"),
            ("2000", "2399", "19.95", "to_20"),
            ("2000", "2400", "20", "above"),
            ("1", "900", "89900", "above"),
        ):
            with self.subTest(base=base, quoted=quoted):
                found = quotation.margin(Decimal(base), Decimal(quoted))
                self.assertEqual(found, Decimal(percent))
                self.assertEqual(quotation.margin_band(found), band)

    def test_without_a_base_rate_there_is_no_margin(self):
        for base in (None, Decimal(0)):
            self.assertIsNone(quotation.margin(base, Decimal(5)))
        self.assertIsNone(quotation.margin_band(None))

    def test_a_part_is_played_by_a_field_of_its_type(self):
        for parts, code, part in (
            ({}, None, ""),
            ({"quoted": "c"}, None, ""),
            ({"origin": "a", "destination": "b", "quoted": "d", "won": "e"}, None, ""),
            ({"origin": "z", "quoted": "c"}, "missing", "origin"),
            ({"origin": "c", "quoted": "d"}, "type", "origin"),
            ({"quoted": "a"}, "type", "quoted"),
            ({"quoted": "c", "won": "d"}, "type", "won"),
            ({"base": "c", "quoted": "c"}, "twice", "quoted"),
            ({"base": "c"}, "quoted", "quoted"),
            ({"won": "e"}, "quoted", "quoted"),
        ):
            with self.subTest(parts=parts):
                problem = quotation.find_problem(DEFINITION, parts)
                expected = code and quotation.Problem(code=code, part=part)
                self.assertEqual(problem, expected)
