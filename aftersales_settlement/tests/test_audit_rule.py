from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.geo import Distance
from odoo.addons.aftersales_settlement.tools.audit import (
    CHECKS,
    AuditFacts,
    AuditLine,
    EarlierJob,
    Finding,
    audit,
    outcome,
)

DAY = date(2024, 6, 15)
UNIT, PUMP, LEAK = 1, 30, 40
LABOR = AuditLine(
    id=1,
    kind="labor",
    quantity=Decimal(2),
    amount=Decimal(160),
    standard_hours=Decimal(2),
)
TRAVEL = AuditLine(id=2, kind="travel", quantity=Decimal(100), amount=Decimal(80))
PART = AuditLine(id=3, kind="part", quantity=Decimal(1), amount=Decimal(20))
FEE = AuditLine(id=4, kind="installation", quantity=Decimal(1), amount=Decimal(150))
EVIDENCE = frozenset({"photo", "reading", "signature", "fault_codes"})
FACTS = AuditFacts(
    claim_id=500,
    done_date=DAY,
    unit_id=UNIT,
    component_id=PUMP,
    symptom_id=LEAK,
    serial_code="genuine",
    covers_parts=True,
    covers_labor=True,
    covers_travel=True,
    distance=Distance(km=40.0, precision="exact"),
    report_hours=Decimal(5),
    evidence_required=EVIDENCE,
    evidence_given=EVIDENCE,
    lines=(LABOR, TRAVEL, PART),
)


def earlier(job_id=7, days=30, unit_id=UNIT, component_id=None, symptom_id=None):
    return EarlierJob(
        id=job_id,
        unit_id=unit_id,
        done_date=DAY - timedelta(days=days),
        component_id=component_id,
        symptom_id=symptom_id,
    )


@tagged("post_install", "-at_install")
class TestAuditRule(BaseCase):
    """What is in order is approved by itself; the rest names its reason."""

    def _found(self, **change):
        findings = audit(replace(FACTS, **change))
        return [(f.code, f.severity, f.line_id) for f in findings]

    def test_a_claim_in_order_is_approved_by_itself(self):
        self.assertEqual(audit(FACTS), ())
        self.assertEqual(outcome(audit(FACTS)), "approved")

    def test_what_is_not_covered_is_blocked_line_by_line(self):
        free = replace(PART, amount=Decimal(0))
        agreed = replace(PART, is_authorised=True)
        table = [
            ({"covers_parts": False}, [3]),
            ({"covers_labor": False}, [1]),
            ({"covers_travel": False}, [2]),
            (
                {"covers_parts": False, "covers_labor": False, "covers_travel": False},
                [1, 2, 3],
            ),
            ({"covers_parts": False, "lines": (LABOR, free)}, []),
            ({"covers_parts": False, "lines": (LABOR, agreed)}, []),
            ({"covers_parts": False, "lines": (FEE,)}, []),
            ({"covers_labor": False, "needs_coverage": False}, []),
        ]
        for change, line_ids in table:
            with self.subTest(**change):
                expected = [("not_covered", "block", line_id) for line_id in line_ids]
                self.assertEqual(self._found(**change), expected)

    def test_counterfeits_are_blocked_and_doubts_reviewed(self):
        table = [
            ("genuine", []),
            (None, []),
            ("unknown", [("counterfeit", "block", None)]),
            ("void", [("counterfeit", "block", None)]),
            ("ambiguous", [("serial_doubtful", "review", None)]),
            ("mismatch", [("serial_doubtful", "review", None)]),
        ]
        for code, expected in table:
            with self.subTest(code):
                self.assertEqual(self._found(serial_code=code), expected)

    def test_the_same_fault_again_within_the_days_is_a_duplicate(self):
        table = [
            ("component", earlier(component_id=PUMP), True),
            ("symptom", earlier(symptom_id=LEAK), True),
            ("same day", earlier(days=0, component_id=PUMP), True),
            ("reported first, done later", earlier(days=-3, symptom_id=LEAK), True),
            ("long ago", earlier(days=31, component_id=PUMP), False),
            ("other fault", earlier(component_id=31, symptom_id=41), False),
            ("nothing known", earlier(), False),
            ("other unit", earlier(unit_id=2, component_id=PUMP), False),
            ("itself", earlier(job_id=500, days=0, component_id=PUMP), False),
        ]
        for name, job, is_duplicate in table:
            with self.subTest(name):
                expected = [("duplicate", "review", None)] if is_duplicate else []
                self.assertEqual(self._found(earlier=(job,)), expected)

    def test_unknown_units_and_codes_are_nobodys_duplicates(self):
        job = earlier(unit_id=0, component_id=PUMP)
        self.assertFalse(self._found(unit_id=0, earlier=(job,)))
        blank = earlier()
        self.assertFalse(
            self._found(component_id=None, symptom_id=None, earlier=(blank,))
        )

    def test_the_nearest_duplicate_is_named(self):
        jobs = (
            earlier(job_id=9, days=4, symptom_id=LEAK),
            earlier(job_id=8, days=4, component_id=PUMP),
            earlier(job_id=1, days=20, component_id=PUMP),
        )
        for order in (jobs, jobs[::-1]):
            (finding,) = audit(replace(FACTS, earlier=order))
            self.assertEqual(
                finding.params,
                {"claim_id": 8, "days": 4, "same": "component", "count": 3},
            )

    def test_hours_above_standard_and_tolerance(self):
        table = [("2.2", False), ("2.21", True), ("0", False)]
        for hours, is_found in table:
            with self.subTest(hours=hours):
                line = replace(LABOR, quantity=Decimal(hours))
                expected = [("hours_above_standard", "review", 1)] if is_found else []
                self.assertEqual(self._found(lines=(line,)), expected)
        unmeasured = replace(LABOR, quantity=Decimal(99), standard_hours=None)
        self.assertFalse(self._found(lines=(unmeasured,)))
        no_work = replace(LABOR, standard_hours=Decimal(0))
        self.assertTrue(self._found(lines=(no_work,)))
        (finding,) = audit(
            replace(FACTS, lines=(replace(LABOR, quantity=Decimal("3.50")),))
        )
        self.assertEqual(
            finding.params,
            {"hours": "3.5", "standard_hours": "2", "allowed_hours": "2.2"},
        )

    def test_mileage_against_the_map(self):
        # 40 km × 1.3 × 2 ways = 104 km, with 20 % 124.8 km; 2 km: 5.2 + 10 km.
        table = [
            (40.0, "exact", "124.8", False),
            (40.0, "exact", "124.9", True),
            (2.0, "exact", "15.2", False),
            (2.0, "exact", "15.3", True),
            (40.0, "city", "999", False),
            (None, "none", "999", False),
        ]
        for km, precision, claimed, is_found in table:
            with self.subTest(km=km, precision=precision, claimed=claimed):
                line = replace(TRAVEL, quantity=Decimal(claimed))
                found = self._found(
                    lines=(LABOR, line), distance=Distance(km=km, precision=precision)
                )
                expected = [("mileage_above_distance", "review", 2)]
                self.assertEqual(found, expected if is_found else [])

    def test_every_visit_is_expected_to_be_driven(self):
        trips = (replace(TRAVEL, quantity=Decimal(100)),) * 2
        self.assertTrue(self._found(lines=trips))
        self.assertFalse(self._found(lines=trips, visits=2))

    def test_mileage_is_that_of_all_trips_together(self):
        trips = (TRAVEL, replace(TRAVEL, id=5))
        self.assertEqual(
            self._found(lines=trips), [("mileage_above_distance", "review", 2)]
        )

    def test_a_late_report_is_reviewed(self):
        table = [(None, False), ("48", False), ("48.1", True)]
        for hours, is_found in table:
            with self.subTest(hours=hours):
                found = self._found(report_hours=hours and Decimal(hours))
                expected = [("report_late", "review", None)]
                self.assertEqual(found, expected if is_found else [])

    def test_missing_evidence_is_named_at_once(self):
        (finding,) = audit(replace(FACTS, evidence_given=frozenset({"reading", "x"})))
        self.assertEqual(
            (finding.code, finding.severity), ("evidence_missing", "review")
        )
        self.assertEqual(
            finding.params, {"missing": ["fault_codes", "photo", "signature"]}
        )

    def test_a_line_without_a_rate_is_reviewed(self):
        line = replace(PART, has_rate=False, amount=Decimal(0))
        self.assertEqual(
            self._found(lines=(LABOR, line)), [("rate_missing", "review", 3)]
        )

    def test_findings_come_in_the_order_of_the_handbook(self):
        found = self._found(
            serial_code="void",
            covers_labor=False,
            report_hours=Decimal(99),
            evidence_given=frozenset(),
            earlier=(earlier(component_id=PUMP),),
        )
        self.assertEqual(
            [code for code, _severity, _line_id in found],
            [
                "not_covered",
                "counterfeit",
                "duplicate",
                "report_late",
                "evidence_missing",
            ],
        )

    def test_only_blocks_block_and_only_notes_pass(self):
        findings = audit(replace(FACTS, serial_code="void", report_hours=Decimal(99)))
        self.assertEqual([f.blocks for f in findings], [True, False])
        table = [
            ((), "approved"),
            (("note",), "approved"),
            (("note", "review"), "review"),
            (("block",), "review"),
        ]
        for severities, expected in table:
            with self.subTest(severities=severities):
                found = [Finding(code="x", severity=item) for item in severities]
                self.assertEqual(outcome(found), expected)

    def test_another_addon_puts_its_check_after(self):
        def check_weekend(facts):
            if facts.done_date.weekday() >= 5:
                yield Finding(code="weekend", severity="note")

        (finding,) = audit(FACTS, (*CHECKS, check_weekend))
        self.assertEqual(finding.code, "weekend")
