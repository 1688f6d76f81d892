from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..tools import tryout
from ..tools.audit_facts import Finding


def money(value):
    return value.quantize(Decimal("0.01"))


def row(kind, amount, approved=None):
    approved = amount if approved is None else approved
    return tryout.PaidKind(
        kind=kind, amount=Decimal(amount), approved=Decimal(approved)
    )


def finding(code, severity="review"):
    return Finding(code=code, severity=severity)


@tagged("post_install", "-at_install")
class TestTryoutRule(BaseCase):
    """What a draft would have paid, as tables."""

    def test_prices(self):
        for was, priced, would in (
            ([row("labor", 100)], {"labor": 120}, 120),
            ([row("labor", 100), row("travel", 10)], {"labor": 100, "travel": 10}, 110),
            # An auditor had left half, then nothing.
            ([row("labor", 100, 50)], {"labor": 120}, 60),
            ([row("labor", 100, 0)], {"labor": 120}, 0),
            # No rate fitted then: an auditor's amount stays, else the draft's counts.
            ([row("travel", 0, 30)], {"travel": 20}, 30),
            ([row("travel", 0, 0)], {"travel": 20}, 20),
            # A kind that is paid no more, and a new one.
            ([row("labor", 100)], {}, 0),
            ([row("labor", 100)], {"labor": 100, "surcharge": 15}, 115),
            # Rounded by kind.
            ([row("labor", 3, 1)], {"labor": 1}, "0.33"),
        ):
            priced = {kind: Decimal(amount) for kind, amount in priced.items()}
            with self.subTest(was=was, priced=priced):
                out = tryout.reprice(was, priced, money)
                self.assertEqual(out.would, Decimal(would))
                self.assertEqual(out.was, sum(item.approved for item in was))
                self.assertEqual(bool(out.code), out.was != out.would)

    def test_prices_say_which_kind_changes(self):
        out = tryout.reprice(
            [row("labor", 100), row("travel", 10)],
            {"labor": Decimal(90), "travel": Decimal(10)},
            money,
        )
        self.assertEqual(out.code, "price")
        self.assertEqual(out.params, {"kinds": {"labor": [100, 90]}})

    def test_kinds_that_cancel_out_are_told_all_the_same(self):
        out = tryout.reprice(
            [row("labor", 100), row("travel", 10)],
            {"labor": Decimal(90), "travel": Decimal(20)},
            money,
        )
        self.assertEqual((out.was, out.would, out.code), (110, 110, "price"))

    def test_audits(self):
        late, note = finding("report_late"), finding("repeat", "note")
        blocked = finding("not_covered", "block")
        for was, would, code, paid, held in (
            ([], [], None, 80, 0),
            ([note], [], None, 80, 0),
            ([late], [blocked], None, 80, 0),
            ([], [late], "to_review", 80, 80),
            ([], [note], None, 80, 0),
            ([late], [note], "passes", 100, 0),
            ([late, blocked], [], "passes", 100, 0),
        ):
            with self.subTest(was=was, would=would):
                out = tryout.reaudit(
                    amount=Decimal(100), approved=Decimal(80), was=was, would=would
                )
                self.assertEqual(
                    (out.code, out.was, out.would, out.held), (code, 80, paid, held)
                )

    def test_multipliers(self):
        for was, would, paid, would_pay in (
            ("1.0", "1.1", 300, 330),
            ("1.1", "1.1", 330, 330),
            (None, "0.9", 300, 270),
            ("0.9", None, 270, 300),
            (None, None, 300, 300),
        ):
            with self.subTest(was=was, would=would):
                out = tryout.rescore(
                    Decimal(300), was and Decimal(was), would and Decimal(would), money
                )
                self.assertEqual((out.was, out.would), (paid, would_pay))
                self.assertEqual(out.code, None if paid == would_pay else "multiplier")
