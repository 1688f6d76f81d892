import json
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.plain import plain
from odoo.addons.aftersales_settlement.tools import fee_job, pricing, snapshot
from odoo.addons.aftersales_settlement.tools.fee_job import Job, Operation, Part, Trip
from odoo.addons.aftersales_settlement.tools.pricing import FeeFacts, Rate

DAY = date(2024, 6, 15)
PUMP = Operation(id=1, code="P", standard_hours=Decimal("1.5"))
SEAL = Operation(id=2, code="S", standard_hours=Decimal("0.5"))
VISIT = Trip(km=Decimal(40), arrived_on=DAY, arrived_minute=23 * 60 + 10)
JOB = Job(
    common=FeeFacts(
        kind="labor", work_date=DAY, quantity=Decimal(0), campaign_id=8, grade="a"
    ),
    labor_hours=Decimal(3),
    operations=(PUMP, SEAL),
    trips=(VISIT,),
    parts=(
        Part(
            product_id=6,
            quantity=Decimal(2),
            list_price=Decimal(30),
            cost=Decimal(20),
        ),
    ),
)
REPORTED = Rate(id=1, kind="labor", hourly_rate=Decimal(80))
STANDARD = replace(REPORTED, id=2, sequence=1, basis="standard")
KM = pricing.TravelBand(price_per_km=Decimal(1))
TRAVEL = Rate(id=3, kind="travel", bands=(KM,))
PART = Rate(id=4, kind="part", handling_percent=Decimal(10))
NIGHT = Rate(
    id=5,
    kind="surcharge",
    occasion="night",
    percent=Decimal(25),
    night_from=Decimal(22),
    night_to=Decimal(6),
)
HOLIDAY = Rate(id=6, kind="surcharge", occasion="holiday", fee=Decimal(50))
REMOTE = Rate(
    id=7, kind="surcharge", occasion="remote", remote_km=Decimal(40), fee=Decimal(30)
)


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@tagged("post_install", "-at_install")
class TestFeeJobRule(BaseCase):
    """A job is priced piece by piece, and each piece comes out again from its facts."""

    def _price(self, *rates, **vals):
        """[(kind, quantity, amount)] of the job; every piece is recomputed."""
        pieces = fee_job.price_job(replace(JOB, **vals), rates, cents)
        for piece in pieces:
            facts = json.loads(json.dumps(plain(piece.facts)))
            rate = json.loads(json.dumps(plain(piece.match.rate)))
            facts, rate = snapshot.fee_facts(facts), snapshot.rate(rate)
            self.assertEqual((facts, rate), (piece.facts, piece.match.rate))
            self.assertEqual(pricing.price_line(facts, rate, cents), piece.priced)
        return [
            (piece.facts.occasion or piece.facts.kind, *self._numbers(piece))
            for piece in pieces
        ]

    def _numbers(self, piece):
        return float(piece.facts.quantity), float(piece.priced.amount)

    def _labor(self, *rates, **vals):
        rows = self._price(*rates, **vals)
        return [row[1:] for row in rows if row[0] == "labor"]

    def _surcharges(self, *rates, **vals):
        rows = self._price(*rates, **vals)
        return [
            (row[0], row[2]) for row in rows if row[0] in ("night", "holiday", "remote")
        ]

    def test_pieces_in_their_order(self):
        self.assertEqual(
            self._price(TRAVEL, PART, REPORTED),
            [("labor", 3.0, 240.0), ("travel", 40.0, 40.0), ("part", 2.0, 66.0)],
        )

    def test_hours_by_report_or_by_standard(self):
        only_pump = replace(STANDARD, operation_codes=frozenset("P"))
        table = [
            ("reported hours", (REPORTED,), {}, [(3, 240)]),
            ("else the standard", (REPORTED,), {"labor_hours": 0}, [(2, 160)]),
            ("each operation", (STANDARD,), {}, [(1.5, 120), (0.5, 40)]),
            ("one of them", (only_pump, REPORTED), {}, [(1.5, 120), (1.5, 120)]),
            (
                "the other's standard",
                (only_pump, REPORTED),
                {"labor_hours": 0},
                [(1.5, 120), (0.5, 40)],
            ),
            (
                "nothing is left",
                (only_pump, REPORTED),
                {"labor_hours": 1},
                [(1.5, 120)],
            ),
            (
                "no operation on the report",
                (STANDARD, REPORTED),
                {"operations": ()},
                [(3, 240)],
            ),
            ("nothing fits", (STANDARD,), {"operations": ()}, [(3, 0)]),
            ("no work", (REPORTED,), {"labor_hours": 0, "operations": ()}, []),
        ]
        for name, rates, vals, expected in table:
            if "labor_hours" in vals:
                vals = {**vals, "labor_hours": Decimal(vals["labor_hours"])}
            with self.subTest(name):
                self.assertEqual(self._labor(*rates, **vals), expected)

    def test_an_operation_finds_its_row_also_by_reported_hours(self):
        dear = replace(
            REPORTED,
            id=9,
            sequence=1,
            operation_codes=frozenset("S"),
            hourly_rate=Decimal(100),
        )
        self.assertEqual(self._labor(dear, REPORTED), [(3, 300)])
        self.assertEqual(self._labor(dear, REPORTED, operations=(PUMP,)), [(3, 240)])

    def test_a_campaign_finds_its_row(self):
        cheap = replace(
            REPORTED,
            id=9,
            sequence=1,
            campaign_ids=frozenset({8}),
            hourly_rate=Decimal(50),
        )
        other = replace(JOB.common, campaign_id=7)
        self.assertEqual(self._labor(cheap, REPORTED), [(3, 150)])
        self.assertEqual(self._labor(cheap, REPORTED, common=other), [(3, 240)])

    def test_parts_at_cost(self):
        rows = self._price(replace(PART, part_basis="cost"))
        self.assertIn(("part", 2.0, 44.0), rows)

    def test_only_what_is_covered(self):
        rows = self._price(
            *(REPORTED, TRAVEL, PART, NIGHT, REMOTE), covered=frozenset({"part"})
        )
        self.assertEqual([row[0] for row in rows], ["part"])

    def test_an_installation_is_its_fee(self):
        fee = Rate(id=9, kind="installation", fee=Decimal(300))
        rows = self._price(fee, REPORTED, NIGHT, is_installation=True)
        self.assertEqual(rows, [("installation", 1.0, 300.0)])

    def test_the_maker_pays_its_share(self):
        common = replace(JOB.common, share_percent=Decimal(50))
        rows = self._price(REPORTED, TRAVEL, PART, NIGHT, common=common)
        self.assertEqual([row[2] for row in rows], [120.0, 20.0, 33.0, 30.0])
        piece = fee_job.price_job(replace(JOB, common=common), [REPORTED], cents)[0]
        self.assertEqual(
            piece.priced.explanation["factors"][-1],
            {"code": "share", "value": "50", "before": "240"},
        )

    def test_what_a_night_is(self):
        day_shift = replace(NIGHT, night_from=Decimal(1), night_to=Decimal(5))
        table = [
            (NIGHT, 22 * 60, True),
            (NIGHT, 22 * 60 - 1, False),
            (NIGHT, 0, True),
            (NIGHT, 6 * 60 - 1, True),
            (NIGHT, 6 * 60, False),
            (NIGHT, None, False),
            (day_shift, 60, True),
            (day_shift, 59, False),
            (day_shift, 5 * 60, False),
        ]
        for rate, minute, is_night in table:
            with self.subTest(minute=minute, begin=rate.night_from):
                trip = replace(VISIT, arrived_minute=minute)
                paid = self._surcharges(REPORTED, rate, trips=(trip,))
                self.assertEqual(paid, [("night", 60.0)] if is_night else [])

    def test_holiday_and_remote(self):
        free = replace(VISIT, is_holiday=True, arrived_minute=600)
        table = [
            (VISIT, [("remote", 30.0)]),
            (free, [("holiday", 50.0), ("remote", 30.0)]),
            (replace(VISIT, km=Decimal("39.9")), []),
            (replace(VISIT, km=Decimal(0)), []),
        ]
        for trip, expected in table:
            with self.subTest(trip=trip):
                paid = self._surcharges(REPORTED, HOLIDAY, REMOTE, trips=(trip,))
                self.assertEqual(paid, expected)
        anywhere = replace(REMOTE, remote_km=Decimal(0))
        self.assertEqual(
            self._surcharges(anywhere, trips=(replace(VISIT, km=Decimal(0)),)), []
        )

    def test_each_visit_has_its_part_of_the_labour(self):
        by_day = replace(VISIT, arrived_minute=600)
        trips = (VISIT, by_day, VISIT)
        paid = self._surcharges(REPORTED, NIGHT, trips=trips)
        self.assertEqual(paid, [("night", 20.0), ("night", 20.0)])

    def test_a_surcharge_nobody_promised_is_no_piece(self):
        rows = self._price(REPORTED, replace(NIGHT, grades=frozenset("c")))
        self.assertNotIn("night", [row[0] for row in rows])
        match = pricing.match_rate(
            replace(JOB.common, kind="surcharge", occasion="night", arrived_minute=600),
            [NIGHT, HOLIDAY],
        )
        self.assertEqual(match.skipped, ((5, "night"),))
