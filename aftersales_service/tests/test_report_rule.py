from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.dictionary import Code
from ..tools.reading import Reading
from ..tools.report import CODES, Finding, PartFacts, ReportFacts, check

TODAY = date(2026, 3, 2)
CHOSEN = dict.fromkeys(CODES, 1)


@tagged("post_install", "-at_install")
class TestReportRule(BaseCase):
    """What is missing in a report, all at once, in the order of the form."""

    def found(self, **facts):
        return [(f.field, f.key, f.code) for f in self.findings(**facts)]

    def findings(self, **facts):
        return check(ReportFacts(**{"today": TODAY, **facts}))

    def test_nothing_asked_nothing_missing(self):
        self.assertEqual(self.found(), [])

    def test_every_missing_evidence_is_named_at_once(self):
        self.assertEqual(
            self.found(
                requires_reading=True,
                requires_codes=True,
                requires_photo=True,
                requires_signature=True,
            ),
            [(name, None, "missing") for name in CODES]
            + [
                ("reading_value", None, "missing"),
                ("photo_ids", None, "missing"),
                ("signed_by", None, "missing"),
            ],
        )

    def test_each_wanted_photo_is_named(self):
        wanted = {"photos_wanted": (4, 5)}
        self.assertEqual(
            self.found(**wanted, photos_there=frozenset({5}), photo_count=9),
            [("photo_ids", "4", "photo_missing")],
        )
        self.assertEqual(self.found(**wanted, photos_there=frozenset({4, 5})), [])

    def test_code_that_does_not_follow_is_named(self):
        codes = {"component": Code(path=(1,)), "symptom": Code(path=(2,), fits=(9,))}
        self.assertEqual(self.found(codes=codes), [("symptom_id", None, "unfit")])

    def test_complete_evidence_is_accepted(self):
        self.assertEqual(
            self.found(
                requires_reading=True,
                requires_codes=True,
                requires_photo=True,
                requires_signature=True,
                reading=12.5,
                photo_count=1,
                is_signed=True,
                done_on=TODAY,
                **CHOSEN,
            ),
            [],
        )

    def test_reading_table(self):
        cases = {
            (0.0, 100.0, False, False): [],
            (0.0, 100.0, False, True): [("reading_value", None, "missing")],
            (100.0, 100.0, False, True): [],
            (101.0, 100.0, False, True): [],
            (99.0, 100.0, False, True): [("reading_reason", None, "falls")],
            (99.0, 100.0, True, True): [],
            (-1.0, 0.0, False, False): [("reading_value", None, "negative")],
            (1e8, 0.0, False, False): [("reading_value", None, "too_high")],
        }
        for (reading, before, has_reason, required), expected in cases.items():
            with self.subTest(reading=reading, before=before, reason=has_reason):
                self.assertEqual(
                    self.found(
                        reading=reading,
                        readings=(self.read("2026-02-01", before),),
                        reading_reason="exchanged" if has_reason else None,
                        requires_reading=required,
                    ),
                    expected,
                )

    def test_each_trip_has_its_limit_not_their_sum(self):
        trips = {"8": 2000.0, "9": 2000.0}
        self.assertEqual(self.found(trips=trips, travel_km=4000.0), [])
        self.assertEqual(
            self.found(trips={**trips, "9": 3001.0}, travel_km=5001.0),
            [("visit_ids", "9", "too_high")],
        )
        self.assertEqual(
            self.found(travel_km=3001.0), [("travel_km", None, "too_high")]
        )

    def test_fallen_reading_names_the_earlier_one(self):
        (finding,) = self.findings(
            reading=1.0, readings=(self.read("2026-03-01", 7.0),)
        )
        self.assertEqual(finding.params, {"before": 7.0})
        self.assertTrue(finding.blocks)

    def read(self, day, value, number=1, **more):
        return Reading(id=number, read_on=date.fromisoformat(day), value=value, **more)

    def test_report_that_comes_late_is_compared_by_its_day(self):
        later = self.read("2026-02-20", 90.0)
        facts = {"done_on": date(2026, 2, 10), "readings": (later,)}
        self.assertEqual(self.found(reading=80.0, **facts), [])
        self.assertEqual(
            self.found(reading=95.0, **facts), [("reading_value", None, "above_later")]
        )

    def test_correction_of_an_own_reading_keeps_its_place_in_the_day(self):
        later = self.read("2026-03-02", 90.0, number=7)
        facts = {"done_on": TODAY, "readings": (later,)}
        self.assertEqual(self.found(reading=80.0, reading_id=6, **facts), [])
        self.assertEqual(
            self.found(reading=80.0, **facts), [("reading_reason", None, "falls")]
        )

    def test_reading_after_an_exchange_is_compared_with_the_new_meter(self):
        old = self.read("2026-02-01", 900.0)
        new = self.read("2026-02-10", 5.0, number=2, reason="exchanged")
        self.assertEqual(self.found(reading=6.0, readings=(old, new)), [])

    def test_impossible_numbers_are_refused(self):
        cases = {
            ("travel_km", -1.0): "negative",
            ("travel_km", 3000.0): None,
            ("travel_km", 3000.1): "too_high",
            ("labor_hours", -0.1): "negative",
            ("labor_hours", 240.5): "too_high",
        }
        for (field, value), code in cases.items():
            with self.subTest(field=field, value=value):
                expected = [(field, None, code)] if code else []
                self.assertEqual(self.found(**{field: value}), expected)

    def test_work_is_not_done_in_the_future(self):
        self.assertEqual(
            self.found(done_on=date(2026, 3, 3)), [("started_on", None, "future")]
        )
        self.assertEqual(self.found(done_on=TODAY), [])

    def test_part_table(self):
        cases = {
            (1.0, "none", False): None,
            (2.5, "none", False): None,
            (1.0, "serial", True): None,
            (1.0, "serial", False): "serial_missing",
            (2.0, "serial", True): "serial_quantity",
            (2.0, "lot", True): None,
            (2.0, "lot", False): "serial_missing",
            (-1.0, "none", False): "negative",
            (1001.0, "none", False): "too_high",
        }
        for (quantity, tracking, has_serial), code in cases.items():
            part = PartFacts(
                key="7", quantity=quantity, tracking=tracking, has_serial=has_serial
            )
            with self.subTest(part=part):
                expected = [("part_line_ids", "7", code)] if code else []
                self.assertEqual(self.found(parts=(part,)), expected)

    def test_finding_always_blocks(self):
        self.assertTrue(Finding(field="x", code="missing").blocks)
