from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.plain import plain
from odoo.addons.aftersales_settlement.tools import audit_load
from odoo.addons.aftersales_settlement.tools.audit import audit
from odoo.addons.aftersales_settlement.tools.audit_facts import (
    AuditLine,
    EarlierJob,
    MeterRise,
    Peers,
    Twin,
)

from .test_audit_rule import DAY, FACTS, LEAK, PART, PUMP, UNIT

STATION, OTHER = 60, 61


def job(job_id=7, days=30, station_id=STATION, component_id=PUMP, symptom_id=None):
    """A job ``days`` before, of the same unit."""
    return EarlierJob(
        id=job_id,
        unit_id=UNIT,
        done_date=DAY - timedelta(days=days),
        component_id=component_id,
        symptom_id=symptom_id,
        station_id=station_id,
    )


@tagged("post_install", "-at_install")
class TestAuditPatternRule(BaseCase):
    """A claim against the other jobs of its machine, its station and its peers."""

    def _found(self, **change):
        findings = audit(replace(FACTS, station_id=STATION, **change))
        return [(f.code, f.severity) for f in findings]

    def test_what_the_station_repaired_before_is_a_repeat_not_a_duplicate(self):
        repeat, duplicate = [("repeat", "review")], [("duplicate", "review")]
        table = [
            ("the day before", job(days=1), repeat),
            ("within the days", job(days=90), repeat),
            ("held long enough", job(days=91), []),
            ("the same day", job(days=0), duplicate),
            ("told with the later job", job(days=-5), []),
            ("another station", job(days=20, station_id=OTHER), duplicate),
            ("another station long ago", job(days=40, station_id=OTHER), []),
            ("another component", job(component_id=31), []),
            ("the symptom only", job(component_id=31, symptom_id=LEAK), duplicate),
            ("no component", job(component_id=None), []),
            ("itself", job(job_id=500, days=3), []),
            ("another unit", replace(job(days=3), unit_id=2), []),
        ]
        for name, other, expected in table:
            with self.subTest(name):
                self.assertEqual(self._found(earlier=(other,)), expected)

    def test_an_unknown_station_repeats_nothing(self):
        blank = replace(job(days=3), station_id=None)
        found = audit(replace(FACTS, station_id=None, earlier=(blank,)))
        self.assertEqual([f.code for f in found], ["duplicate"])

    def test_the_last_repair_is_named_once(self):
        jobs = (job(9, days=4), job(8, days=4), job(1, days=60))
        for order in (jobs, jobs[::-1]):
            (finding,) = audit(replace(FACTS, station_id=STATION, earlier=order))
            self.assertEqual(finding.params, {"claim_id": 8, "days": 4, "count": 3})

    def test_the_same_paper_or_photo_is_looked_at(self):
        twin = Twin(order_id=70, claim_id=80, count=2)
        for name in ("same_photo", "same_invoice"):
            with self.subTest(name):
                self.assertEqual(self._found(**{name: twin}), [(name, "review")])
                (finding,) = audit(replace(FACTS, **{name: twin}))
                self.assertEqual(
                    finding.params, {"order_id": 70, "claim_id": 80, "count": 2}
                )

    def test_a_meter_neither_falls_nor_runs_faster_than_the_day(self):
        fell, jumped = [("reading_fell", "review")], [("reading_jumped", "review")]
        # (value, before, days between, meter, reason) → 24 h or 1,500 km a day
        table = [
            (("500", "400", 10, "hours", None), []),
            (("640", "400", 10, "hours", None), []),
            (("640.1", "400", 10, "hours", None), jumped),
            (("424", "400", 0, "hours", None), []),
            (("424.5", "400", 0, "hours", None), jumped),
            (("399", "400", 10, "hours", None), fell),
            (("399", "400", 10, "hours", "exchanged"), []),
            (("9000", "400", 1, "hours", "wrong"), []),
            (("400", "400", 0, "hours", None), []),
            (("15400", "400", 10, "km", None), []),
            (("15401", "400", 10, "km", None), jumped),
        ]
        for (value, before, days, meter, reason), expected in table:
            rise = MeterRise(
                value=Decimal(value),
                read_on=DAY,
                before=Decimal(before),
                before_on=DAY - timedelta(days=days),
                meter=meter,
                reason=reason,
            )
            with self.subTest(value=value, before=before, days=days, meter=meter):
                self.assertEqual(self._found(meter_rise=rise), expected)

    def test_parts_of_other_components_are_asked_about(self):
        found = [("part_foreign", "review")]
        # (components of the part, family, listed)
        table = [
            ({31}, {PUMP}, True, found),
            ({PUMP, 31}, {PUMP}, True, []),
            ({3}, {3, PUMP}, True, []),
            (set(), {PUMP}, True, []),
            ({31}, {PUMP}, False, []),
        ]
        for of_part, family, is_listed, expected in table:
            line = replace(PART, component_ids=frozenset(of_part))
            with self.subTest(of_part=of_part, family=family, is_listed=is_listed):
                self.assertEqual(
                    self._found(
                        lines=(line,),
                        component_family=frozenset(family),
                        is_component_listed=is_listed,
                    ),
                    expected,
                )

    def test_the_last_days_of_warranty_are_noted(self):
        noted = [("before_expiry", "note")]
        table = [(0, noted), (13, noted), (14, []), (-1, []), (None, [])]
        for days, expected in table:
            end = None if days is None else DAY + timedelta(days=days)
            with self.subTest(days=days):
                self.assertEqual(self._found(coverage_end=end), expected)

    def test_an_amount_far_above_its_peers(self):
        found = [("outlier", "review")]
        # mean 100, deviation 20: up to 160
        table = [
            ("160", 30, "20", []),
            ("160.01", 30, "20", found),
            ("999", 29, "20", []),
            ("999", 30, "0", []),
            ("1", 30, "20", []),
        ]
        for amount, count, deviation, expected in table:
            peers = Peers(count=count, mean=Decimal(100), deviation=Decimal(deviation))
            with self.subTest(amount=amount, count=count, deviation=deviation):
                self.assertEqual(
                    self._found(amount=Decimal(amount), peers=peers), expected
                )
        self.assertFalse(self._found(amount=Decimal(999)))

    def test_failed_parts_overdue(self):
        table = [
            (0, 4, []),
            (0, 5, [("returns_overdue", "note")]),
            (1, 0, [("return_overdue", "review")]),
            (1, 9, [("return_overdue", "review")]),
        ]
        for own, station, expected in table:
            with self.subTest(own=own, station=station):
                self.assertEqual(
                    self._found(returns_overdue=own, station_returns_overdue=station),
                    expected,
                )
        never = replace(FACTS.thresholds, overdue_returns=0)
        self.assertFalse(self._found(station_returns_overdue=99, thresholds=never))

    def test_facts_are_the_same_after_a_stay_in_the_database(self):
        full = replace(
            FACTS,
            station_id=STATION,
            amount=Decimal("260.5"),
            earlier=(job(),),
            same_photo=Twin(order_id=1, claim_id=2, count=3),
            same_invoice=Twin(order_id=1),
            component_family=frozenset({3, PUMP}),
            is_component_listed=True,
            meter_rise=MeterRise(
                value=Decimal("12.5"),
                read_on=DAY,
                before=Decimal(3),
                before_on=date(2024, 1, 2),
            ),
            coverage_end=DAY,
            peers=Peers(count=31, mean=Decimal("9.1"), deviation=Decimal("2.05")),
            lines=(*FACTS.lines, AuditLine(id=9, kind="x", quantity=0, amount=0)),
            more={"weather": "rain"},
        )
        full = replace(
            full,
            lines=tuple(
                replace(line, quantity=Decimal(line.quantity), amount=Decimal(0))
                for line in full.lines
            ),
        )
        self.assertEqual(audit_load.facts(plain(full)), full)
