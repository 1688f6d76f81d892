import json
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_settlement.tools.settle import (
    ClaimLine,
    Line,
    belongs,
    canonical,
    chain,
    claim_line,
    multiplier_line,
    period,
    seal,
    settlement_lines,
    total,
)

JUNE = period(date(2024, 6, 1))
FEE = ClaimLine(
    id=1,
    kind="installation",
    amount=Decimal("150.50"),
    done_date=date(2024, 5, 31),
    approved_date=date(2024, 6, 3),
)
LABOR = replace(FEE, id=2, kind="labor", amount=Decimal("80.25"))
MULTIPLIERS = {"2024-05": Decimal("1.10"), "2024-06": Decimal("0.80")}


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@tagged("post_install", "-at_install")
class TestSettleRule(BaseCase):
    """A month pays every line once, to the cent, and its sheet is sealed."""

    def test_a_period_is_a_whole_month(self):
        table = [
            (date(2024, 2, 1), date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
            (date(2024, 2, 29), date(2024, 2, 1), date(2024, 2, 29), "2024-02"),
            (date(2023, 2, 14), date(2023, 2, 1), date(2023, 2, 28), "2023-02"),
            (date(2024, 12, 31), date(2024, 12, 1), date(2024, 12, 31), "2024-12"),
            (date(2024, 4, 30), date(2024, 4, 1), date(2024, 4, 30), "2024-04"),
        ]
        for day, first, last, key in table:
            with self.subTest(day=day):
                month = period(day)
                self.assertEqual(
                    (month.first, month.last, month.key), (first, last, key)
                )
                self.assertIn(first, month)
                self.assertIn(last, month)
                self.assertNotIn(month.shifted(1).first, month)
                self.assertNotIn(month.shifted(-1).last, month)

    def test_shifting_a_period_keeps_months_whole(self):
        table = [("2024-01", -1, "2023-12"), ("2024-12", 2, "2025-02")]
        for start, months, key in table:
            with self.subTest(start=start, months=months):
                month = period(date.fromisoformat(f"{start}-01")).shifted(months)
                self.assertEqual(month.key, key)
                self.assertEqual(period(month.last), month)

    def test_a_month_takes_what_was_approved_up_to_its_last_day(self):
        table = [
            (date(2024, 6, 30), False, True),
            (date(2024, 7, 1), False, False),
            (date(2024, 6, 1), False, True),
            (date(2023, 1, 1), False, True),
            (date(2024, 6, 15), True, False),
            (None, False, False),
        ]
        for approved, is_settled, expected in table:
            with self.subTest(approved=approved, is_settled=is_settled):
                line = replace(FEE, approved_date=approved, is_settled=is_settled)
                self.assertIs(belongs(line, JUNE), expected)

    def test_the_multiplier_is_that_of_the_month_of_the_work(self):
        table = [
            (date(2024, 5, 31), "15.05"),
            (date(2024, 6, 1), "-30.10"),
            (date(2024, 4, 30), None),
        ]
        for done, amount in table:
            with self.subTest(done=done):
                line = multiplier_line(replace(FEE, done_date=done), MULTIPLIERS, cents)
                self.assertEqual(line and line.amount, amount and Decimal(amount))

    def test_only_installation_fees_are_multiplied_and_never_by_one(self):
        self.assertIsNone(multiplier_line(LABOR, MULTIPLIERS, cents))
        self.assertIsNone(multiplier_line(FEE, {"2024-05": Decimal("1.00")}, cents))
        small = replace(FEE, amount=Decimal("0.04"))
        self.assertIsNone(multiplier_line(small, MULTIPLIERS, cents))
        line = multiplier_line(LABOR, MULTIPLIERS, cents, frozenset({"labor"}))
        self.assertEqual(line.amount, Decimal("8.03"))

    def test_a_multiplier_explains_itself(self):
        self.assertEqual(
            multiplier_line(FEE, MULTIPLIERS, cents),
            Line(
                kind="multiplier",
                amount=Decimal("15.05"),
                claim_line_id=1,
                explanation={
                    "code": "multiplier",
                    "period": "2024-05",
                    "fee": "150.5",
                    "multiplier": "1.1",
                    "amount": "15.05",
                },
            ),
        )

    def test_lines_of_a_month_in_the_order_of_their_ids(self):
        late = replace(LABOR, id=3, approved_date=date(2024, 7, 1))
        for lines in ([FEE, LABOR, late], [late, LABOR, FEE]):
            found = settlement_lines(lines, JUNE, MULTIPLIERS, cents)
            self.assertEqual(
                [(line.kind, line.claim_line_id) for line in found],
                [("claim", 1), ("multiplier", 1), ("claim", 2)],
            )
            self.assertEqual(found[0], claim_line(FEE))

    def test_the_total_is_exact_in_all_and_by_kind(self):
        lines = [
            Line(kind="manual", amount=Decimal("-0.30")),
            *(Line(kind="claim", amount=Decimal("0.10")) for _n in range(3)),
            Line(kind="clawback", amount=Decimal("-5.00")),
        ]
        sums = total(lines)
        self.assertEqual(sums.amount, Decimal("-5.00"))
        self.assertEqual(
            sums.by_kind,
            {
                "claim": Decimal("0.30"),
                "clawback": Decimal("-5.00"),
                "manual": Decimal("-0.30"),
            },
        )
        self.assertEqual(list(sums.by_kind), ["claim", "clawback", "manual"])
        self.assertEqual(total([]).amount, 0)

    def test_equal_facts_have_equal_bytes(self):
        one = {"b": Decimal("1.10"), "a": [FEE.done_date, "柴油", None, True]}
        other = {"a": ("2024-05-31", "柴油", None, True), "b": "1.1"}
        self.assertEqual(canonical(one), canonical(other))
        self.assertEqual(
            canonical(one).decode(), '{"a":["2024-05-31","柴油",null,true],"b":"1.1"}'
        )
        self.assertEqual(canonical(json.loads(canonical(one))), canonical(one))
        self.assertEqual(canonical({2: 1, 10: 2}), canonical({"2": 1, "10": 2}))

    def test_a_float_is_no_amount(self):
        for facts in (0.1, {"a": [1, {"b": 0.1}]}, [float("nan")]):
            with self.subTest(facts=facts), self.assertRaises(TypeError):
                canonical(facts)

    def test_any_change_breaks_the_seal(self):
        facts = {"lines": [FEE, LABOR], "station": 7}
        changed = [
            {"lines": [LABOR, FEE], "station": 7},
            {"lines": [FEE], "station": 7},
            {"lines": [replace(FEE, amount=Decimal("150.51")), LABOR], "station": 7},
            {"lines": [FEE, LABOR], "station": 8},
        ]
        self.assertRegex(seal(facts), r"^[0-9a-f]{64}$")
        self.assertEqual(seal(facts), seal(json.loads(canonical(facts))))
        for other in changed:
            with self.subTest(other=other):
                self.assertNotEqual(seal(facts), seal(other))

    def test_the_seal_stays_what_it_was_when_first_sealed(self):
        self.assertEqual(
            seal({"amount": Decimal("12.30")}),
            "44be9682c68df4360b63d6e664a33bc19a6738fd41d2ad0a34cccae43dc4506c",
        )

    def test_a_chain_depends_on_every_sheet_before(self):
        seals = [seal({"n": n}) for n in range(3)]

        def last_link(order):
            link = None
            for item in order:
                link = chain(link, item)
            return link

        self.assertEqual(last_link(seals), last_link(list(seals)))
        self.assertNotEqual(last_link(seals), last_link(seals[::-1]))
        self.assertNotEqual(last_link(seals), last_link(seals[1:]))
        self.assertNotEqual(chain(None, seals[0]), seals[0])
        self.assertEqual(chain("0" * 64, seals[0]), chain(None, seals[0]))
        for wrong in ("", "00", "xyz"):
            with self.subTest(wrong=wrong), self.assertRaises(ValueError):
                chain(None, wrong)
