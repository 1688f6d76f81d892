from unittest.mock import patch

from odoo.exceptions import AccessError, LockError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestClaimDecision(SettlementCase):
    """What a person decides, and who may."""

    def setUp(self):
        super().setUp()
        self.claim = self.make_claim(labor_hours=9.0)
        self.claim._audit()
        self.labor = self.claim.line_ids.filtered(lambda line: line.kind == "labor")

    def _as(self, user):
        return self.claim.with_user(user)

    def test_auditor_approves_with_one_click(self):
        self._as(self.auditor).action_approve()
        self.assertEqual(self.claim.state, "approved")
        self.assertEqual(self.claim.decided_by_id, self.auditor)

    def test_two_claims_are_approved_at_once(self):
        other = self.make_claim(labor_hours=9.0)
        other._audit()
        (self.claim | other).with_user(self.auditor).action_approve()
        self.assertEqual((self.claim | other).mapped("state"), ["approved"] * 2)

    def test_auditor_adjusts_a_line_with_a_reason(self):
        self.adjust(self.claim, self.auditor, {self.labor: 200.0}, "2.5 h is enough")
        self.assertEqual(self.labor.approved_amount, 200.0)
        self.assertEqual(self.labor.amount, 720.0)
        reason = self.get_reason("adjust")
        self.assertEqual(self.labor.reason_id, reason)
        self.assertEqual(self.labor.adjust_reason, f"{reason.name}: 2.5 h is enough")
        self.assertEqual(self.claim.decision_reason, self.labor.adjust_reason)
        self.assertEqual(
            self.claim.line_ids.mapped("decision"), ["adjusted", "approved", "approved"]
        )
        self.assertEqual(self.claim.approved_amount, 434.0)
        self.assertTrue(self.labor.is_adjusted)

    def test_what_is_wrong_with_a_line_is_refused(self):
        reject = self.get_reason("reject")
        for verdict in (
            {"decision": "adjusted", "amount": 1.0},
            {"decision": "rejected"},
            {"decision": "adjusted", "amount": 1.0, "reason": reject},
            {
                "decision": "adjusted",
                "amount": -1.0,
                "reason": self.get_reason("adjust"),
            },
        ):
            with self.subTest(verdict=verdict), self.assertRaises(UserError):
                self._as(self.auditor)._decide("approved", lines={self.labor: verdict})
        self.assertEqual(self.claim.state, "review")

    def _dialog(self, **context):
        return (
            self.env["aftersales.claim.decision"]
            .with_user(self.auditor)
            .with_context(default_claim_ids=self.claim.ids, **context)
        )

    def test_dialog_decides_line_by_line(self):
        with Form(self._dialog()) as form:
            for index in range(len(self.claim.line_ids)):
                with form.line_ids.edit(index) as line:
                    if line.amount == 720.0:
                        line.decision = "adjusted"
                        line.approved_amount = 200.0
                        line.reason_id = self.get_reason("adjust")
                    elif line.amount == 189.0:
                        line.decision = "rejected"
                        self.assertEqual(line.approved_amount, 0.0)
                        line.reason_id = self.get_reason("reject")
        form.record.action_decide()
        self.assertEqual(self.claim.state, "approved")
        self.assertEqual(
            self.claim.line_ids.mapped("decision").count("approved"), 1, "as it was"
        )
        self.assertEqual(self.claim.approved_amount, 245.0)
        self.assertEqual(len(self.claim.line_ids.filtered("adjust_reason")), 2)

    def test_dialog_forgets_a_reason_of_another_decision(self):
        with Form(self._dialog()) as form:
            form.decision = "reject"
            form.reason_id = self.get_reason("reject")
            form.decision = "return"
            self.assertFalse(form.reason_id)
            form.reason_id = self.get_reason("return")

    def test_every_line_rejected_is_a_rejected_claim(self):
        verdict = {"decision": "rejected", "reason": self.get_reason("reject")}
        self._as(self.auditor)._decide(
            "approved", lines=dict.fromkeys(self.claim.line_ids, verdict)
        )
        self.assertEqual(self.claim.state, "rejected")
        self.assertEqual(self.claim.reason_id, self.get_reason("reject"))

    def test_a_rejected_claim_is_not_approved_with_one_click(self):
        self.reject(self.claim, self.auditor)
        self._as(self.other_auditor).action_reopen()
        with self.assertRaises(UserError):
            self._as(self.other_auditor).action_approve()
        self.assertEqual(self.claim.state, "review")

    def test_rejecting_or_returning_needs_a_code_of_its_kind(self):
        for target, kind in (("rejected", "return"), ("returned", "reject")):
            for reason in (None, self.get_reason(kind)):
                with self.subTest(target=target), self.assertRaises(UserError):
                    self._as(self.auditor)._decide(target, reason, "No")

    def test_the_station_reads_the_reason_in_its_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.station_north.lang = "fr_FR"
        reason = self.get_reason("reject")
        reason.with_context(lang="fr_FR").name = "Déjà payé"
        self._as(self.auditor)._decide("rejected", reason, "CL1")
        self.assertEqual(self.claim.decision_reason, "Déjà payé: CL1")
        self.assertEqual(self.claim.line_ids[0].adjust_reason, "Déjà payé: CL1")

    def test_a_claim_somebody_else_holds_is_not_decided(self):
        with (
            patch.object(
                type(self.claim), "lock_for_update", side_effect=LockError("held")
            ),
            self.assertRaises(UserError),
        ):
            self._as(self.auditor).action_approve()

    def test_approving_takes_the_same_queries_for_one_and_for_fifty(self):
        def make(count):
            claims = self.make_many(
                count, lambda: self.make_small_order()._make_claims()
            )
            claims._update_state("review")
            return claims.with_user(self.auditor)

        def work(claims):
            self.env.registry.clear_cache()
            claims.action_approve()

        one, fifty = self.count_queries(make, work)
        self.assertEqual(one, fifty)

    def test_rejected_claim_is_worth_nothing(self):
        self.reject(self.claim, self.auditor)
        self.assertEqual(
            (self.claim.state, self.claim.approved_amount), ("rejected", 0)
        )
        self.assertEqual(set(self.claim.line_ids.mapped("decision")), {"rejected"})

    def test_returned_claim_takes_its_job_along(self):
        self.send_back(self.claim, self.auditor, "Photo missing")
        self.assertEqual(self.claim.state, "returned")
        order = self.claim.work_order_id
        self.assertEqual(order.state, "returned")
        self.assertEqual(order.return_reason, self.claim.decision_reason)

    def test_an_auditor_opens_a_rejected_claim_again(self):
        self.reject(self.claim, self.auditor)
        self._as(self.auditor).action_reopen()
        self.assertEqual(self.claim.state, "review")

    def test_spot_check_opens_an_approved_claim_again(self):
        self._as(self.auditor).action_approve()
        self._as(self.other_auditor).action_reopen()
        self.assertEqual(self.claim.state, "review")
        self.assertFalse(self.claim.approved_at)

    def test_only_auditors_decide(self):
        for user in (self.office_north, self.headquarters, self.station_north_user):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._as(user).action_approve()
        self.assertEqual(self.claim.state, "review")

    def test_nobody_audits_a_job_he_had_a_hand_in(self):
        hands = {
            "request": lambda: self.claim.ticket_id.write({"user_id": self.auditor.id}),
            "claim": lambda: self.claim._write_guarded(
                {"submitted_by_id": self.auditor.id}
            ),
        }
        for name, touch in hands.items():
            self.claim.ticket_id.user_id = False
            self.claim._write_guarded({"submitted_by_id": self.env.uid})
            touch()
            with self.subTest(hand=name):
                self.assertFalse(self._as(self.auditor).can_audit)
                with self.assertRaises(UserError):
                    self._as(self.auditor).action_approve()
                self.assertTrue(self._as(self.other_auditor).can_audit)

    def test_who_works_for_the_station_never_audits_its_claims(self):
        self.auditor.partner_id.parent_id = self.station_north
        with self.assertRaises(UserError):
            self._as(self.auditor).action_approve()

    def test_wrong_states_are_refused(self):
        for state in ("draft", "submitted", "approved", "rejected", "settled"):
            self.claim._write_guarded({"state": state})
            with self.subTest(state=state), self.assertRaises(UserError):
                self.reject(self.claim, self.auditor)

    def test_every_absent_transition_is_refused(self):
        table = self.claim.TRANSITIONS
        for state in table:
            for target in table:
                if target in table[state]:
                    continue
                self.claim._write_guarded({"state": state})
                pair = f"{state} → {target}"
                with self.subTest(pair), self.assertRaises(UserError):
                    self.claim._update_state(target)

    def test_amounts_and_states_cannot_be_written_from_outside(self):
        for record, vals in (
            (self._as(self.auditor), {"state": "approved"}),
            (self.claim, {"station_id": self.station_south.id}),
            (self.labor, {"approved_amount": 9999.0}),
            (self.labor, {"settlement_line_id": False}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)

    def test_a_station_reads_its_own_claims_only(self):
        own = self._as(self.station_north_user)
        self.assertEqual(own.read(["name"])[0]["name"], self.claim.name)
        self.assertTrue(own.line_ids[0].why)
        for fields in (["finding_ids"], ["audit_facts"], ["decided_by_id"]):
            with self.subTest(fields=fields), self.assertRaises(AccessError):
                own.read(fields)
        with self.assertRaises(AccessError):
            self._as(self.station_south_user).read(["name"])

    def test_settled_job_cannot_be_returned(self):
        self.approve(self.claim)
        sheet = self.settle()
        sheet._send()
        with self.assertRaises(UserError):
            self.claim.work_order_id._return_to_station("Too late")


@tagged("post_install", "-at_install")
class TestApprovalLimit(SettlementCase):
    """Above a limit a second auditor agrees; nobody is first and second."""

    def setUp(self):
        super().setUp()
        self.policy = self.env["aftersales.audit.policy"].search([], limit=1)
        self.claim = self.make_claim(labor_hours=9.0)
        self.claim._audit()
        self.labor = self.claim.line_ids.filtered(lambda line: line.kind == "labor")
        self.limit = self._limit(500.0, role="auditor")

    def _limit(self, amount, **whose):
        return self.env["aftersales.audit.limit"].create(
            {"policy_id": self.policy.id, "amount": amount, **whose}
        )

    def _as(self, user):
        return self.claim.with_user(user)

    def test_within_the_limit_one_is_enough(self):
        self.limit.amount = self.claim.approved_amount
        self.assertIsNone(self._as(self.auditor).action_approve())
        self.assertEqual(self.claim.state, "approved")

    def test_above_the_limit_the_first_approval_is_kept(self):
        notice = self._as(self.auditor).action_approve()
        self.assertIn(self.claim.name, notice["params"]["message"])
        self.assertEqual(self.claim.state, "review")
        self.assertEqual(self.claim.first_approved_by_id, self.auditor)
        self.assertFalse(self.claim.approved_at)

    def test_a_second_auditor_finishes(self):
        self._as(self.auditor).action_approve()
        self._as(self.other_auditor).action_approve()
        self.assertEqual(self.claim.state, "approved")
        self.assertEqual(self.claim.decided_by_id, self.other_auditor)
        self.assertEqual(self.claim.first_approved_by_id, self.auditor)

    def test_nobody_is_the_second_after_himself(self):
        self._as(self.auditor).action_approve()
        own = self._as(self.auditor)
        self.assertFalse(own.can_audit)
        self.assertIn("another auditor", own.audit_hint)
        for decide in (own.action_approve, own.action_decide):
            with self.assertRaises(UserError):
                decide()
        self.assertEqual(self.claim.state, "review")

    def test_who_had_a_hand_in_the_job_is_not_the_second_either(self):
        self._as(self.auditor).action_approve()
        self.claim.ticket_id.user_id = self.other_auditor
        with self.assertRaises(UserError):
            self._as(self.other_auditor).action_approve()
        self.assertEqual(self.claim.state, "review")

    def test_who_changes_what_was_agreed_is_the_first(self):
        self._as(self.auditor).action_approve()
        self.adjust(self.claim, self.other_auditor, {self.labor: 700.0})
        self.assertEqual(self.claim.state, "review")
        self.assertEqual(self.claim.first_approved_by_id, self.other_auditor)
        self._as(self.auditor).action_approve()
        self.assertEqual(self.claim.state, "approved")

    def test_an_amount_brought_below_the_limit_needs_one(self):
        self.adjust(self.claim, self.auditor, {self.labor: 200.0})
        self.assertEqual(self.claim.state, "approved")

    def test_the_managers_limit_is_his_own(self):
        self._as(self.manager).action_approve()
        self.assertEqual(self.claim.state, "approved", "no row for managers")

    def test_a_persons_own_limit_counts_before_his_roles(self):
        self._limit(5000.0, user_id=self.auditor.id)
        self._as(self.auditor).action_approve()
        self.assertEqual(self.claim.state, "approved")

    def test_rejecting_needs_no_second(self):
        self.reject(self.claim, self.auditor)
        self.assertEqual(self.claim.state, "rejected")

    def test_a_new_look_forgets_the_first_approval(self):
        self._as(self.auditor).action_approve()
        self._as(self.other_auditor).action_approve()
        self._as(self.auditor).action_reopen()
        self.assertFalse(self.claim.first_approved_by_id)

    def test_limits_are_compared_in_the_companys_currency(self):
        other = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [(0, 0, {"name": self.work_date, "rate": 100.0})],
            }
        )
        self.claim._write_guarded({"currency_id": other.id})
        self._as(self.auditor).action_approve()
        self.assertEqual(self.claim.state, "approved", "954 T are 9.54")

    def test_a_limit_is_for_a_role_or_a_person(self):
        for whose in ({}, {"role": "manager", "user_id": self.auditor.id}):
            with self.subTest(whose=whose), self.assertRaises(ValidationError):
                self._limit(1.0, **whose)
