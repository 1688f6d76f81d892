from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestRecovery(SettlementCase):
    """Causal part → supplier → draft credit claim with its evidence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Bearing works"})
        cls.env["account.journal"].create(
            {
                "name": "Suppliers",
                "code": "TSUP",
                "type": "purchase",
                "default_account_id": cls.expense.id,
            }
        )
        cls.agreement = cls.env["aftersales.recovery.agreement"].create(
            {
                "supplier_id": cls.supplier.id,
                "needs_inspection": False,
                "labor_percent": 50.0,
            }
        )
        cls.claim = cls.make_approved(photo_ids=[Command.create({"name": "pump.jpg"})])
        cls.part = cls.claim.work_order_id.part_line_ids.product_id
        cls.part.seller_ids = [Command.create({"partner_id": cls.supplier.id})]

    def _find(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_settlement.ir_cron_recovery_find"
            ).method_direct_trigger()
        self.env.invalidate_all()
        return self.claim.recovery_ids

    def _approved(self, kind):
        lines = self.claim.line_ids.filtered(lambda line: line.kind == kind)
        return sum(lines.mapped("approved_amount"))

    def test_supplier_owes_its_share(self):
        row = self._find()
        expected = self._approved("part") + self._approved("labor") / 2
        self.assertAlmostEqual(row.amount, expected, places=2)
        self.assertEqual(row.supplier_id, self.supplier)
        self.assertEqual(row.product_id, self.part)
        self.assertIn("50 %", row.why)
        self.assertEqual(row.state, "open")

    def test_found_once(self):
        row = self._find()
        self.assertEqual(self._find(), row)
        with self.assert_index_refuses("claim_uniq"):
            row.create({"claim_id": self.claim.id, "supplier_id": self.supplier.id})

    def test_a_new_agreement_is_applied_at_once(self):
        cron = self.env.ref("aftersales_settlement.ir_cron_recovery_find")
        asked = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(asked)

    def test_nothing_is_found_without_an_agreement(self):
        self.agreement.active = False
        self.assertFalse(self._find())

    def test_waits_for_the_inspection(self):
        self.agreement.needs_inspection = True
        self.assertFalse(self._find())
        order = self.claim.work_order_id
        self.env["aftersales.part.return"]._unguarded().create(
            {
                "part_line_id": order.part_line_ids[:1].id,
                "company_id": order.company_id.id,
                "station_id": order.station_id.id,
                "due_date": self.work_date,
                "state": "closed",
                "result": "accepted",
            }
        )
        self.assertTrue(self._find())

    def test_one_credit_claim_per_supplier(self):
        other = self.make_approved()
        self._find()
        rows = (self.claim | other).recovery_ids
        self.assertEqual(len(rows), 2)
        rows.with_user(self.manager).action_claim()
        refund = rows.refund_id
        self.assertEqual(len(refund), 1)
        self.assertEqual((refund.move_type, refund.state), ("in_refund", "draft"))
        self.assertAlmostEqual(refund.amount_total, sum(rows.mapped("amount")))
        self.assertFalse(refund.journal_id.is_self_billing)
        self.assertEqual(set(rows.mapped("state")), {"drafted"})
        refund.action_post()
        self.assertEqual(set(rows.mapped("state")), {"claimed"})

    def test_evidence_is_attached(self):
        row = self._find()
        row._claim_back()
        names = (
            self.env["ir.attachment"]
            .search(
                [("res_model", "=", "account.move"), ("res_id", "=", row.refund_id.id)]
            )
            .mapped("name")
        )
        self.assertIn("pump.jpg", names)
        self.assertTrue([name for name in names if self.claim.name in name])

    def test_claimed_once(self):
        row = self._find()
        row._claim_back()
        with self.assertRaisesRegex(UserError, "claimed already"):
            row._claim_back()
        with self.assertRaisesRegex(UserError, "claimed already"):
            row.with_user(self.manager).action_drop()

    def test_given_up(self):
        row = self._find()
        row.with_user(self.manager).action_drop()
        self.assertEqual(row.state, "dropped")

    def test_auditors_only_look(self):
        row = self._find().with_user(self.auditor)
        self.assertTrue(row.amount)
        for button in ("action_claim", "action_drop"):
            with self.assertRaises(AccessError):
                getattr(row, button)()

    def test_facts_are_read_for_all_claims_at_once(self):
        Recovery = self.env["aftersales.recovery"]
        one, many = self.count_queries(
            lambda count: self.make_many(count, self.make_approved),
            Recovery._prepare_repair_facts,
        )
        self.assertEqual(one, many)
