from dataclasses import replace
from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.movement import MovementFacts, check

TODAY = date(2026, 5, 4)
SALE = MovementFacts(
    kind="sale",
    today=TODAY,
    moved_on=TODAY,
    serial_code="genuine",
    holder="own",
    has_customer=True,
)
PARTS = replace(
    SALE, serial_code=None, has_product=True, quantity=3.0, has_customer=False
)
TRANSFER = replace(SALE, kind="transfer", has_customer=False, has_target=True)


@tagged("post_install", "-at_install")
class TestMovementRule(BaseCase):
    """What a dealer may register, and what is missing."""

    def test_findings_stand_at_their_field(self):
        table = {
            "machine sold": (SALE, {}, []),
            "nobody's machine": (SALE, {"holder": "nobody"}, []),
            "another dealer's": (SALE, {"holder": "other"}, [("serial", "unknown")]),
            "sold before": (SALE, {"holder": "sold"}, [("serial", "sold")]),
            "unknown": (SALE, {"serial_code": "unknown"}, [("serial", "unknown")]),
            "void": (SALE, {"serial_code": "void"}, [("serial", "unknown")]),
            "two models": (
                SALE,
                {"serial_code": "ambiguous"},
                [("product_id", "ambiguous")],
            ),
            "two models of others": (
                SALE,
                {"serial_code": "ambiguous", "holder": "other"},
                [("serial", "unknown")],
            ),
            "his, but another model": (
                SALE,
                {"serial_code": "mismatch"},
                [("product_id", "mismatch")],
            ),
            "nobody's, and another model": (
                SALE,
                {"serial_code": "mismatch", "holder": "nobody"},
                [("serial", "unknown")],
            ),
            "to nobody": (
                SALE,
                {"has_customer": False},
                [("customer_name", "missing")],
            ),
            "tomorrow": (
                SALE,
                {"moved_on": date(2026, 5, 5)},
                [("moved_on", "future")],
            ),
            "no day": (SALE, {"moved_on": None}, [("moved_on", "missing")]),
            "parts over the counter": (PARTS, {}, []),
            "nothing": (PARTS, {"has_product": False}, [("serial", "missing")]),
            "none of it": (PARTS, {"quantity": 0.0}, [("quantity", "missing")]),
            "too many": (PARTS, {"quantity": 1000.5}, [("quantity", "too_high")]),
            "passed on": (TRANSFER, {}, []),
            "to no dealer": (
                TRANSFER,
                {"has_target": False},
                [("to_partner_id", "missing")],
            ),
            "to himself": (
                TRANSFER,
                {"is_own_target": True},
                [("to_partner_id", "own")],
            ),
        }
        for name, (facts, changes, expected) in table.items():
            with self.subTest(name):
                found = check(replace(facts, **changes))
                self.assertEqual([(item.field, item.code) for item in found], expected)
