from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SettlementCase


class ClaimClockCase(SettlementCase):
    """A claim under review, the policy's clocks, and a cron that looks at them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["aftersales.audit.policy"].search([], limit=1)
        cls.policy.write(
            {"return_days": 10, "appeal_days": 14, "appeal_answer_days": 7}
        )
        cls.today = cls.company._get_today()
        cls.claim = cls.make_claim(labor_hours=9.0)
        cls.claim._audit()
        cls.labor = cls.claim.line_ids.filtered(lambda line: line.kind == "labor")

    def _in(self, days):
        return self.today + timedelta(days=days)

    def _let_days_pass(self, field, days=1):
        """The clock of the claim is over since so many days."""
        self.claim._write_guarded({field: self._in(-days)})

    def _run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_settlement.ir_cron_claim_deadline"
            ).method_direct_trigger()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestClaimClock(ClaimClockCase):
    """A returned claim has a clock; when it is over the policy decides."""

    def test_a_returned_claim_says_until_when(self):
        self.send_back(self.claim, self.auditor)
        self.assertEqual(self.claim.answer_by, self._in(10))

    def test_a_job_the_office_sends_back_has_the_clock_too(self):
        self.claim.work_order_id._return_to_station("Please sign")
        self.assertEqual(self.claim.state, "returned")
        self.assertEqual(self.claim.answer_by, self._in(10))

    def test_without_days_there_is_no_clock(self):
        self.policy.return_days = 0
        self.send_back(self.claim, self.auditor)
        self.assertFalse(self.claim.answer_by)

    def test_a_corrected_report_stops_the_clock(self):
        self.send_back(self.claim, self.auditor)
        order = self.claim.work_order_id
        order._update_state("reported")
        order._update_state("done")
        order._make_claims()
        self.assertEqual(self.claim.state, "submitted")
        self.assertFalse(self.claim.answer_by)
        self.assertFalse(any(self.claim.line_ids.mapped("decision")))

    def test_the_policys_person_is_told_once(self):
        self.policy.deadline_user_id = self.manager
        self.send_back(self.claim, self.auditor)
        self._run_cron()
        self.assertFalse(self.claim.activity_ids, "the last day is not over")
        self._let_days_pass("answer_by")
        self._run_cron()
        self._run_cron()
        self.assertEqual(self.claim.activity_ids.user_id, self.manager)
        self.assertEqual(len(self.claim.activity_ids), 1)
        self.assertEqual(self.claim.state, "returned")

    def test_without_a_person_the_auditor_is_told(self):
        self.send_back(self.claim, self.auditor)
        self._let_days_pass("answer_by")
        self._run_cron()
        self.assertEqual(self.claim.activity_ids.user_id, self.auditor)

    def test_a_policy_may_reject_what_was_not_answered(self):
        self.policy.return_expiry = "reject"
        self.send_back(self.claim, self.auditor)
        self._run_cron()
        self.assertEqual(self.claim.state, "returned")
        self._let_days_pass("answer_by")
        self._run_cron()
        self.assertEqual(self.claim.state, "rejected")
        self.assertEqual(self.claim.approved_amount, 0.0)
        self.assertEqual(set(self.claim.line_ids.mapped("decision")), {"rejected"})
        self.assertIn("Not corrected", self.claim.decision_reason)
        self.assertFalse(self.claim._get_appeal_obstacle(), "the station may appeal")
        told = self.claim.message_ids.filtered(
            lambda message: "Not corrected" in message.body
        )
        self.assertIn(self.station_north, told.notified_partner_ids)

    def test_other_claims_are_left_alone(self):
        self.policy.return_expiry = "reject"
        other = self.make_claim(labor_hours=9.0)
        other._audit()
        self.send_back(self.claim | other, self.auditor)
        self._let_days_pass("answer_by")
        self._run_cron()
        self.assertEqual((self.claim | other).mapped("state"), ["rejected", "returned"])


@tagged("post_install", "-at_install")
class TestClaimAppeal(ClaimClockCase):
    """A station appeals once, in time; another auditor answers."""

    def _appeal(self, reason="Nine hours is right"):
        self.claim._appeal(self.station_north_user, reason)

    def _cut(self):
        self.adjust(self.claim, self.auditor, {self.labor: 200.0})

    def test_a_full_payment_leaves_nothing_to_appeal(self):
        self.claim.with_user(self.auditor).action_approve()
        self.assertFalse(self.claim.appeal_by)
        with self.assertRaises(UserError):
            self._appeal()

    def test_a_decision_that_pays_less_tells_the_station(self):
        self._cut()
        self.assertEqual(self.claim.appeal_by, self._in(14))
        message = self.claim.message_ids[0]
        self.assertIn(self.get_reason("adjust").name, message.body)
        self.assertIn(self.station_north, message.notified_partner_ids)

    def test_an_appeal_goes_to_review_with_the_stations_words(self):
        self._cut()
        self._appeal("Nine  hours\nis right")
        self.assertEqual(self.claim.state, "review")
        self.assertEqual(self.claim.appeal_reason, "Nine hours is right")
        self.assertEqual(self.claim.appealed_by_id, self.station_north_user)
        self.assertEqual(self.claim.appeal_answer_by, self._in(7))
        finding = self.claim.finding_ids.filtered(lambda row: row.code == "appeal")
        self.assertIn("Nine hours is right", finding.text)
        self.assertFalse(self.claim.approved_at)

    def test_a_rejected_claim_is_appealed_too(self):
        self.reject(self.claim, self.auditor)
        self._appeal()
        self.assertEqual(self.claim.state, "review")

    def test_another_auditor_answers(self):
        self._cut()
        self._appeal()
        own = self.claim.with_user(self.auditor)
        self.assertFalse(own.can_audit)
        with self.assertRaises(UserError):
            own.action_approve()
        self.adjust(self.claim, self.other_auditor, {self.labor: 700.0})
        self.assertEqual(self.claim.state, "approved")
        self.assertFalse(self.claim.appeal_answer_by)

    def test_the_answer_is_the_last_word(self):
        self._cut()
        self._appeal()
        self.reject(self.claim, self.other_auditor)
        with self.assertRaisesRegex(UserError, "answered"):
            self._appeal()

    def test_a_decision_of_the_auditors_own_motion_is_appealed_again(self):
        self._cut()
        self._appeal()
        self.adjust(self.claim, self.other_auditor, {self.labor: 700.0})
        self.claim.with_user(self.other_auditor).action_reopen()
        self.reject(self.claim, self.other_auditor)
        self._appeal()
        self.assertEqual(self.claim.appealed_auditor_id, self.other_auditor)

    def test_after_the_last_day_it_is_too_late(self):
        self._cut()
        self._let_days_pass("appeal_by", 0)
        self.assertFalse(self.claim._get_appeal_obstacle())
        self._let_days_pass("appeal_by")
        with self.assertRaisesRegex(UserError, "over"):
            self._appeal()

    def test_an_appeal_says_why(self):
        self._cut()
        with self.assertRaises(UserError):
            self._appeal(" \n ")

    def test_a_claim_on_an_open_sheet_leaves_it(self):
        self._cut()
        sheet = self.settle(month=self.today.replace(day=1))
        self.assertTrue(self.claim.line_ids.settlement_id)
        self._appeal()
        self.assertFalse(self.claim.line_ids.settlement_id)
        self.assertFalse(sheet.line_ids)

    def test_a_claim_on_a_sent_sheet_is_disputed_there(self):
        self._cut()
        self.claim._write_guarded({"approved_at": self.approved_at})
        self.settle()._send()
        with self.assertRaisesRegex(UserError, "dispute"):
            self._appeal()
        self.assertEqual(self.claim.state, "approved")

    def test_a_late_answer_is_told(self):
        self.policy.deadline_user_id = self.manager
        self._cut()
        self._appeal()
        self._let_days_pass("appeal_answer_by")
        self._run_cron()
        self._run_cron()
        self.assertEqual(self.claim.activity_ids.user_id, self.manager)
        self.assertEqual(self.claim.state, "review")

    def test_a_new_report_is_a_new_round(self):
        self._cut()
        self._appeal()
        self.send_back(self.claim, self.other_auditor)
        order = self.claim.work_order_id
        order._update_state("reported")
        order._update_state("done")
        order._make_claims()
        self.assertFalse(self.claim.appealed_at or self.claim.appeal_reason)
        self.claim._audit()
        self.reject(self.claim, self.auditor)
        self._appeal()
        self.assertEqual(self.claim.state, "review")
