from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import BaseCase, tagged

from ..tools.recovery import Agreement, FailedPart, RepairFacts, recover

SUPPLIER, OTHER = 1, 2
PUMP, SEAL = 10, 11
PERCENTS = {"part": Decimal(100), "labor": Decimal(50)}
AGREEMENT = Agreement(id=5, supplier_id=SUPPLIER, percents=PERCENTS)
PART = FailedPart(
    line_id=1,
    product_id=PUMP,
    category_path=(31, 7),
    supplier_ids=(SUPPLIER,),
    cost=Decimal("80.00"),
)
REPAIR = RepairFacts(
    work_date=date(2026, 3, 10),
    months=8,
    parts=(PART,),
    costs={"labor": Decimal("45.01"), "travel": Decimal(30)},
)


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@tagged("post_install", "-at_install")
class TestRecoveryRule(BaseCase):
    """What a supplier owes for one repair."""

    def _recover(self, agreement=AGREEMENT, part=PART, **facts):
        facts = replace(REPAIR, **{"parts": (part,), **facts})
        return recover(facts, (agreement,), cents)

    def test_amount_is_the_sum_of_its_shares(self):
        found = self._recover()
        self.assertEqual(found.amount, Decimal("102.51"))
        self.assertEqual(
            [
                (s["kind"], s["cost"], s["percent"], s["amount"])
                for s in found.explanation
            ],
            [
                ("part", "80", "100", "80"),
                ("labor", "45.01", "50", "22.51"),
            ],
        )

    CASES = (
        ("another's part", {}, {"supplier_ids": (OTHER,)}, {}, False),
        ("its own product", {"product_ids": frozenset({PUMP})}, {}, {}, True),
        ("another product", {"product_ids": frozenset({SEAL})}, {}, {}, False),
        ("a category above", {"category_ids": frozenset({7})}, {}, {}, True),
        ("another category", {"category_ids": frozenset({8})}, {}, {}, False),
        ("within the months", {"max_months": 8}, {}, {}, True),
        ("too old", {"max_months": 7}, {}, {}, False),
        ("age unknown", {"max_months": 7}, {}, {"months": None}, False),
        ("no limit, age unknown", {}, {}, {"months": None}, True),
        ("last day", {"valid_to": date(2026, 3, 10)}, {}, {}, True),
        ("over", {"valid_to": date(2026, 3, 9)}, {}, {}, False),
        ("not begun", {"valid_from": date(2026, 3, 11)}, {}, {}, False),
        ("not inspected", {"needs_inspection": True}, {}, {}, False),
        ("accepted", {"needs_inspection": True}, {"inspection": "accepted"}, {}, True),
        ("no fault of it", {}, {"inspection": "no_fault"}, {}, False),
        ("the owner's fault", {}, {"inspection": "misuse"}, {}, False),
        ("costs nothing", {"percents": {}}, {}, {}, False),
        ("no parts", {}, {}, {"parts": ()}, False),
    )

    def test_who_owes(self):
        for name, agreement, part, facts, is_owed in self.CASES:
            with self.subTest(name):
                found = self._recover(
                    replace(AGREEMENT, **agreement), replace(PART, **part), **facts
                )
                self.assertEqual(bool(found), is_owed)

    def test_the_causal_part(self):
        dear = replace(PART, line_id=2, product_id=SEAL, cost=Decimal(200))
        accepted = replace(PART, line_id=3, inspection="accepted", cost=Decimal(5))
        twin = replace(PART, line_id=4)
        for parts, line_id in (
            ((PART, dear), 2),
            ((PART, dear, accepted), 3),
            ((twin, PART), 1),
        ):
            with self.subTest(line_id=line_id):
                found = recover(replace(REPAIR, parts=parts), (AGREEMENT,), cents)
                self.assertEqual(found.line_id, line_id)

    def test_the_first_agreement_that_fits(self):
        special = replace(AGREEMENT, id=9, sequence=1, max_months=6)
        general = replace(AGREEMENT, id=4)
        found = recover(REPAIR, (AGREEMENT, special, general), cents)
        self.assertEqual(found.agreement_id, 4)
