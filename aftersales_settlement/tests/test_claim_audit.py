from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestClaimAudit(SettlementCase):
    """The rule approves what is in order; the rest goes to a person, with reasons."""

    def _codes(self, claim):
        claim._audit()
        return set(claim.finding_ids.mapped("code"))

    def test_faultless_claim_is_approved(self):
        claim = self.make_claim()
        self.assertFalse(self._codes(claim))
        self.assertEqual(claim.state, "approved")
        self.assertTrue(claim.approved_at)
        self.assertFalse(claim.decided_by_id)
        self.assertEqual(claim.audit_facts["claim_id"], claim.id)

    def test_claim_without_its_decision_goes_to_review(self):
        claim = self.make_claim(result=None)
        self.assertEqual(self._codes(claim), {"not_covered"})
        self.assertEqual(claim.state, "review")
        self.assertEqual(set(claim.finding_ids.mapped("severity")), {"block"})
        self.assertEqual(claim.finding_ids.line_id, claim.line_ids)

    def test_counterfeit_goes_to_review(self):
        claim = self.make_claim()
        claim.ticket_id.serial_verdict = "unknown"
        self.assertEqual(self._codes(claim), {"counterfeit"})

    def test_the_same_fault_again_is_a_duplicate(self):
        first = self.make_claim(unit=self.unit_north)
        first._audit()
        again = self.make_claim(unit=self.unit_north)
        self.assertEqual(self._codes(again), {"duplicate"})
        self.assertIn(first.name, again.finding_ids.text)

    def test_two_duplicates_in_one_batch_see_each_other(self):
        claims = self.make_claim(unit=self.unit_north) | self.make_claim(
            unit=self.unit_north
        )
        claims._audit()
        self.assertEqual(claims.mapped("state"), ["review", "review"])

    def test_hours_above_standard(self):
        self.assertEqual(
            self._codes(self.make_claim(labor_hours=9.0)), {"hours_above_standard"}
        )

    def test_mileage_above_distance(self):
        self.station_north.write(
            {"partner_latitude": 39.90, "partner_longitude": 116.40}
        )
        place = {"site_latitude": 39.95, "site_longitude": 116.40}
        near = self.make_claim(ticket=place, travel_km=400.0)
        self.assertEqual(self._codes(near), {"mileage_above_distance"})
        self.assertIn("400 km claimed", near.finding_ids.text)
        self.assertRegex(near.finding_ids.text, r"up to \d+(\.\d)? km")
        fair = self.make_claim(ticket=place, travel_km=15.0)
        self.assertFalse(self._codes(fair))

    def test_only_days_of_visits_that_were_made_multiply_the_distance(self):
        self.station_north.write(
            {"partner_latitude": 39.90, "partner_longitude": 116.40}
        )
        place = {"site_latitude": 39.95, "site_longitude": 116.40}
        order = self.make_done_order(ticket=place, travel_km=40.0)
        there = order.arrived_at
        visits = self.env["aftersales.work.order.visit"]._unguarded()
        visits.create(
            [
                {"work_order_id": order.id, "arrived_at": day, "travel_km": km}
                for day, km in ((there, 40.0), (there, 0.0), (False, 0.0))
            ]
        )
        claim = order._make_claims()
        self.assertIn("mileage_above_distance", self._codes(claim))
        self.assertEqual(claim.audit_facts["visits"], 1)
        visits.create(
            {"work_order_id": order.id, "arrived_at": there + timedelta(days=1)}
        )
        self.assertEqual(claim._prepare_audit_facts({})[claim].visits, 2)

    def test_late_report(self):
        late = self.make_done_order()
        late._unguarded().reported_at += timedelta(days=9)
        self.assertEqual(self._codes(late._make_claims()), {"report_late"})

    def test_missing_evidence(self):
        self.repair.requires_photo = True
        claim = self.make_claim(reading_value=0.0)
        self.assertEqual(self._codes(claim), {"evidence_missing"})
        self.assertIn("photo", claim.finding_ids.text)
        self.assertIn("reading", claim.finding_ids.text)

    def test_line_without_a_rate(self):
        self.rate_card.rate_ids.filtered(lambda r: r.kind == "travel").unlink()
        self.assertEqual(self._codes(self.make_claim()), {"rate_missing"})

    def test_spot_check_draws_faultless_claims(self):
        policy = self.env["aftersales.audit.policy"].search([], limit=1)
        policy.sample_percent = 100.0
        claim = self.make_claim()
        self.assertEqual(self._codes(claim), {"spot_check"})
        self.assertTrue(claim.is_sampled)
        self.assertEqual(claim.state, "review")

    def test_large_claims_are_drawn_at_their_own_rate(self):
        policy = self.env["aftersales.audit.policy"].search([], limit=1)
        policy.write({"risk_amount": 400.0, "risk_percent": 100.0})
        self.assertEqual(self._codes(self.make_claim()), {"spot_check"})
        self.assertFalse(self._codes(self.make_claim(travel_km=0.0)))

    def test_only_submitted_claims_are_audited(self):
        for state in ("review", "approved", "rejected", "returned", "settled"):
            claim = self.make_claim()
            claim._write_guarded({"state": state})
            with self.subTest(state=state), self.assertRaises(UserError):
                claim._audit()

    def test_audit_takes_the_same_queries_for_one_and_for_fifty(self):
        one, fifty = self.count_queries(
            lambda count: self.make_many(count, lambda: self.make_claim(labor_hours=9)),
            lambda claims: claims._audit(),
        )
        self.assertEqual(one, fifty)

    def test_handed_in_claims_are_audited_by_themselves(self):
        self.env["ir.cron.trigger"].search([]).unlink()
        claims = self.make_claim() | self.make_claim(labor_hours=9.0)
        self.assertEqual(set(claims.mapped("state")), {"submitted"})
        self.run_audit_cron()
        self.assertEqual(claims.mapped("state"), ["approved", "review"])

    def test_a_run_audits_everything_submitted(self):
        claims = self.make_claim() | self.make_claim(labor_hours=9.0)
        run = self.env["aftersales.run"]._start("audit")
        left = run._work_audit()
        self.assertFalse(left)
        self.assertEqual(claims.mapped("state"), ["approved", "review"])
