from datetime import timedelta
from itertools import pairwise

from odoo.fields import Command, Domain
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.aftersales_service.tools import geo
from odoo.addons.aftersales_service.tools.plain import plain
from odoo.addons.aftersales_settlement.tools import audit, audit_load

from .common import SettlementCase

PICTURE = b"not really a picture"


@tagged("post_install", "-at_install")
class TestClaimAuditFacts(SettlementCase):
    """What the database tells the rule, and what the rule makes of it."""

    def _codes(self, claim):
        claim._audit()
        return set(claim.finding_ids.mapped("code"))

    def _facts(self, claim):
        policies = self.env["aftersales.audit.policy"]._get_policies(claim.company_id)
        return claim._prepare_audit_facts(policies)[claim]

    def _photo(self, order, raw=PICTURE):
        order._unguarded().photo_ids = [
            Command.create({"name": "photo.jpg", "raw": raw})
        ]

    def test_facts_that_were_kept_are_those_that_were_judged(self):
        claims = self.make_claim() | self.make_claim(labor_hours=9.0)
        policies = self.env["aftersales.audit.policy"]._get_policies(self.company)
        before = claims._prepare_audit_facts(policies)
        claims._audit()
        for claim in claims:
            self.assertEqual(audit_load.facts(claim.audit_facts), before[claim])
            found = audit.audit(before[claim])
            self.assertEqual(
                [(f.code, f.severity, f.line_id or False) for f in found],
                [(f.code, f.severity, f.line_id.id) for f in claim.finding_ids],
            )

    def test_facts_are_those_of_the_report(self):
        claim = self.make_claim(unit=self.unit_north)
        order, facts = claim.work_order_id, self._facts(claim)
        self.assertEqual(facts.claim_id, claim.id)
        self.assertEqual(facts.done_date, claim.work_date)
        self.assertEqual(facts.unit_id, self.unit_north.id)
        self.assertEqual(facts.component_id, order.component_id.id)
        self.assertEqual(facts.station_id, self.station_north.id)
        self.assertTrue(facts.covers_parts and facts.covers_labor)
        self.assertEqual(float(facts.amount), claim.amount)
        self.assertEqual(
            [(line.id, line.kind, float(line.quantity)) for line in facts.lines],
            [(line.id, line.kind, line.quantity) for line in claim.line_ids],
        )
        self.assertEqual(facts.evidence_given, {"reading", "fault_codes"})
        self.assertEqual(facts.visits, 1)
        self.assertEqual(facts.report_hours, 0)
        self.assertEqual(plain(facts)["distance"], plain(geo.UNKNOWN))

    def test_the_distance_is_that_of_the_map(self):
        places = [(39.90, 116.40), (39.95, 116.61), (-33.9, 18.4), (60.0, -179.5)]
        for here, there in pairwise(places):
            self.station_north.write(
                {"partner_latitude": here[0], "partner_longitude": here[1]}
            )
            place = {"site_latitude": there[0], "site_longitude": there[1]}
            with self.subTest(here=here, there=there):
                self.assertEqual(
                    self._facts(self.make_claim(ticket=place)).distance,
                    geo.between(geo.locate(here), geo.locate(there)),
                )
        nowhere = {"site_latitude": 0.0, "site_longitude": 0.0}
        claim = self.make_claim(ticket=nowhere)
        self.assertEqual(self._facts(claim).distance, geo.UNKNOWN)

    def test_signatures_of_both_kinds_count(self):
        drawn = self.make_done_order()
        drawn._unguarded().signature = b"iVBORw0KGgo="
        written = self.make_claim(signed_by="Wang")
        for claim in (drawn._make_claims(), written):
            self.assertIn("signature", self._facts(claim).evidence_given)

    def test_a_report_nobody_dated_is_not_late(self):
        order = self.make_done_order(reported_at=False)
        self.assertIsNone(self._facts(order._make_claims()).report_hours)

    def test_a_repeat_repair_of_the_same_station(self):
        unit = self.unit_north
        first = self.make_claim(
            unit=unit, started_on=self.work_date - timedelta(days=5)
        )
        again = self.make_claim(unit=unit)
        self.assertEqual(self._codes(again), {"repeat"})
        self.assertIn(first.name, again.finding_ids.text)
        other = self.make_claim(
            self.station_south, unit=unit, started_on=self.work_date - timedelta(days=2)
        )
        self.assertEqual(self._codes(other), {"duplicate"})

    def test_the_same_photo_on_another_job(self):
        first, again, fine = (self.make_done_order() for _number in range(3))
        self._photo(first)
        self._photo(again)
        self._photo(fine, b"another picture")
        claims = first._make_claims()
        self.assertEqual(self._codes(again._make_claims()), {"same_photo"})
        self.assertEqual(self._codes(fine._make_claims()), set())
        self.assertIn(claims.name, again.claim_ids.finding_ids.text)
        # A job without a claim is named itself.
        early = self.make_work_order(state="on_site")
        self._photo(early, b"third picture")
        late = self.make_done_order()
        self._photo(late, b"third picture")
        claim = late._make_claims()
        self.assertEqual(self._codes(claim), {"same_photo"})
        self.assertIn(early.name, claim.finding_ids.text)

    def test_the_same_invoice_number_of_a_station(self):
        first = self.make_claim(invoice_number="inv 12-3")
        self.assertFalse(self._codes(first))
        again = self.make_claim(invoice_number="INV123")
        self.assertEqual(self._codes(again), {"same_invoice"})
        self.assertIn(first.name, again.finding_ids.text)
        elsewhere = self.make_claim(self.station_south, invoice_number="INV123")
        self.assertFalse(self._codes(elsewhere))
        long = "0440 0230 0111"
        self.assertFalse(self._codes(self.make_claim(invoice_number=long)))
        elsewhere = self.make_claim(self.station_south, invoice_number=long)
        self.assertEqual(self._codes(elsewhere), {"same_invoice"})

    def test_a_meter_that_jumps_or_falls(self):
        unit = self.unit_north
        self.env["aftersales.unit.reading"].create(
            {
                "unit_id": unit.id,
                "value": 500.0,
                "read_on": self.work_date - timedelta(days=2),
            }
        )
        for value, expected in (
            (510.0, set()),
            (900.0, {"reading_jumped"}),
            (480.0, {"reading_fell"}),
        ):
            claim = self.make_claim(unit=unit, reading_value=value)
            claim.work_order_id._unguarded().component_id = False
            claim.work_order_id._unguarded().symptom_id = False
            self.repair.requires_codes = False
            with self.subTest(value=value):
                self.assertEqual(self._codes(claim), expected)
                self.assertEqual(self._facts(claim).meter_rise.before, 500)

    def test_a_part_of_another_component(self):
        other = self.component.copy({"code": "T-C9", "name": "Gearbox"})
        claim = self.make_claim()
        self.assertFalse(self._facts(claim).is_component_listed)
        other.part_ids = self.part
        self.assertFalse(self._codes(claim), "nothing is said of the component")
        foreign = self.make_claim()
        self.component.part_ids = self.env["product.product"].create(
            {"name": "Pump", "type": "consu"}
        )
        self.assertEqual(self._codes(foreign), {"part_foreign"})
        self.assertIn("Gearbox", foreign.finding_ids.text)
        # A group stands for everything in it, either way.
        for child, parent in ((other, self.component), (self.component, other)):
            (other | self.component).parent_id = False
            child.parent_id = parent
            with self.subTest(child=child.name):
                self.assertFalse(self._codes(self.make_claim()))

    def test_the_last_days_of_warranty_are_noted_and_paid(self):
        end = self.work_date + timedelta(days=3)
        claim = self.make_claim(decision={"end_date": end})
        self.assertEqual(self._codes(claim), {"before_expiry"})
        self.assertEqual(claim.state, "approved")
        self.assertIn("3 days", claim.finding_ids.text)

    def test_an_amount_far_above_like_claims_of_the_months_before(self):
        policy = self.env["aftersales.audit.policy"].search([], limit=1)
        policy.outlier_samples = 3
        before = self.month - timedelta(days=20)
        hours = (1.0, 1.2, 1.4)
        peers = self.env["aftersales.claim"]
        for number in hours:
            peers |= self.make_claim(started_on=before, labor_hours=number)
        self.approve(peers)
        claim = self.make_claim(labor_hours=2.5)
        self.assertIsNone(self._facts(claim).peers, "approved after the month began")
        peers._write_guarded({"approved_at": before})
        found = self._facts(claim).peers
        amounts = peers.mapped("amount")
        self.assertEqual(found.count, 3)
        self.assertAlmostEqual(float(found.mean), sum(amounts) / 3, 2)
        self.assertEqual(float(found.deviation), 16.0)
        self.assertEqual(self._codes(claim), {"outlier"})
        self.assertIn("3 like claims", claim.finding_ids.text)
        self.station_south.station_grade = "c"
        other = self.make_claim(self.station_south)
        self.assertIsNone(self._facts(other).peers, "another grade")

    def test_failed_parts_that_were_not_sent(self):
        self.company.failed_part_return = "always"
        order = self.make_done_order()
        order._ask_for_failed_parts()
        claim = order._make_claims()
        order.part_return_ids._write_guarded({"due_date": self.work_date})
        self.assertEqual(self._codes(claim), {"return_overdue"})
        policy = self.env["aftersales.audit.policy"].search([], limit=1)
        policy.overdue_returns = 1
        later = self.make_claim()
        self.assertEqual(self._codes(later), {"returns_overdue"})
        self.assertEqual(later.state, "approved")

    def test_every_finding_has_its_sentence(self):
        Finding = self.env["aftersales.claim.finding"]
        labels = dict(Finding._fields["code"]._description_selection(self.env))
        for code in labels:
            self.assertTrue(hasattr(Finding, f"_tell_{code}"), code)

    def test_another_addon_gives_its_check_a_fact(self):
        Claim = type(self.env["aftersales.claim"])
        self.patch(
            Claim,
            "_get_more_audit_facts",
            lambda claim: {"weekday": SQL("extract(isodow FROM g.work_date)")},
        )
        claim = self.make_claim()
        self.assertEqual(
            self._facts(claim).more, {"weekday": claim.work_date.isoweekday()}
        )

    def test_a_text_with_odd_signs_survives_its_way(self):
        odd = "a\tb\\n\nc\r"
        check = audit.Finding(code="dispute", severity="note", params={"reason": odd})
        Claim = type(self.env["aftersales.claim"])
        self.patch(Claim, "_get_audit_checks", lambda claim: (lambda facts: [check],))
        claim = self.make_claim()
        claim._audit()
        self.assertEqual(claim.finding_ids.params, {"reason": odd})

    def test_findings_of_the_audit_before_go(self):
        claim = self.make_claim(labor_hours=9.0)
        claim._audit()
        self.assertEqual(len(claim.finding_ids), 1)
        claim._write_guarded({"state": "submitted"})
        claim._audit()
        found = self.env["aftersales.claim.finding"].search(
            Domain("claim_id", "=", claim.id)
        )
        self.assertEqual(found.mapped("code"), ["hours_above_standard"])
        self.assertEqual(found.company_id, claim.company_id)
        self.assertEqual(found.severity_rank, 1)
