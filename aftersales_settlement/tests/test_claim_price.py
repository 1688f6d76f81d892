from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestClaimPrice(SettlementCase):
    """The system makes the claim from the accepted report; every amount explains
    itself."""

    def _amounts(self, claim):
        return {line.kind: line.amount for line in claim.line_ids}

    def test_covered_repair_pays_labour_travel_and_parts(self):
        claim = self.make_claim()
        self.assertEqual(
            self._amounts(claim),
            {"labor": 200.0, "travel": 45.0, "part": 189.0},
        )
        self.assertEqual((claim.amount, claim.approved_amount), (434.0, 434.0))
        self.assertEqual(claim.state, "submitted")
        self.assertEqual(claim.station_id, self.station_north)
        self.assertEqual(claim.territory_id, self.north)

    def test_a_done_job_makes_its_claim_by_itself(self):
        order = self.make_done_order()
        order._after_done()
        self.assertEqual(len(order.claim_ids), 1)

    def test_a_job_done_twice_has_one_claim(self):
        order = self.make_done_order()
        self.assertTrue(order._make_claims())
        self.assertFalse(order._make_claims())
        self.assertEqual(order.claim_count, 1)

    def test_partly_covered_pays_what_is_covered(self):
        claim = self.make_claim(result="partly", decision={"covers_parts": True})
        self.assertEqual(self._amounts(claim), {"part": 189.0})

    def test_chargeable_work_makes_no_claim(self):
        self.assertFalse(self.make_claim(result="chargeable"))

    def test_a_type_that_is_not_claimable_makes_no_claim(self):
        order = self.make_done_order()
        order.request_type_id.is_claimable = False
        self.assertFalse(order._make_claims())

    def test_installation_pays_its_fee_and_nothing_else(self):
        claim = self.make_installation_order()._make_claims()
        self.assertEqual(self._amounts(claim), {"installation": 300.0})

    def test_own_team_is_costed(self):
        self.station_north.is_internal_team = True
        claim = self.make_claim()
        self.assertTrue(claim.is_internal_team)
        self.assertEqual(claim.amount, 434.0)

    def test_grade_of_the_station_finds_its_rate(self):
        self.station_north.station_grade = "a"
        claim = self.make_claim()
        self.assertEqual(self._amounts(claim)["labor"], 220.0)

    def test_labour_explains_itself(self):
        self.station_north.station_grade = "a"
        line = self.make_claim().line_ids.filtered(lambda row: row.kind == "labor")
        why = line.why.replace("\N{NO-BREAK SPACE}", "")
        self.assertIn("2.5 h", why)
        self.assertIn("grade A 1.1", why)
        self.assertIn("220.00", why)
        self.assertEqual(line.explanation["factors"][0]["value"], "2.5")

    def test_every_kind_has_its_sentence(self):
        claims = self.make_claim() | self.make_installation_order()._make_claims()
        for line in claims.line_ids:
            with self.subTest(kind=line.kind):
                self.assertIn(f"{line.amount:.2f}", line.why)

    def test_travel_tells_free_kilometres(self):
        line = self.make_claim().line_ids.filtered(lambda row: row.kind == "travel")
        self.assertIn("40 km driven", line.why)
        self.assertIn("first 10 km free", line.why)

    def test_rates_are_those_of_the_day_of_work(self):
        self.rate_card.valid_to = self.work_date
        dearer = self.rate_card.copy(
            {"valid_from": self.month.replace(day=11), "valid_to": False}
        )
        dearer.rate_ids.filtered(lambda r: r.kind == "labor").hourly_rate = 100.0
        old = self.make_claim()
        new = self.make_claim(started_on=self.work_date.replace(day=11))
        self.assertEqual(self._amounts(old)["labor"], 200.0)
        self.assertEqual(self._amounts(new)["labor"], 250.0)

    def test_a_changed_rate_leaves_made_claims_alone(self):
        claim = self.make_claim()
        self.rate_card.rate_ids.hourly_rate = 999.0
        self.assertEqual(self._amounts(claim)["labor"], 200.0)
        line = claim.line_ids.filtered(lambda row: row.kind == "labor")
        self.assertEqual(line.facts["rate"]["hourly_rate"], "80")

    def test_without_a_rate_the_line_is_worth_nothing_and_says_so(self):
        self.rate_card.rate_ids.filtered(lambda r: r.kind == "part").unlink()
        line = self.make_claim().line_ids.filtered(lambda row: row.kind == "part")
        self.assertEqual((line.amount, line.rate_id.id), (0.0, False))
        self.assertIn("No rate fits", line.why)

    def test_parts_on_consignment_are_not_paid(self):
        order = self.make_done_order()
        warehouse = self.env["stock.warehouse"].search([], limit=1)
        order._unguarded().part_line_ids.move_id = self.env["stock.move"].create(
            {
                "product_id": self.part.id,
                "product_uom_qty": 1,
                "location_id": warehouse.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self.assertNotIn("part", self._amounts(order._make_claims()))

    def test_reported_hours_count_else_the_standard(self):
        order = self.make_done_order(labor_hours=0.0)
        line = order._make_claims().line_ids.filtered(lambda row: row.kind == "labor")
        self.assertEqual((line.quantity, line.standard_hours), (2.5, 2.5))

    def test_each_visit_is_a_trip_of_its_own(self):
        order = self.make_done_order()
        visits = order._unguarded().visit_ids
        there = {"work_order_id": order.id, "arrived_at": order.arrived_at}
        visits.create([{**there, "travel_km": km} for km in (30.0, 70.0)])
        lines = order._make_claims().line_ids.filtered(lambda row: row.kind == "travel")
        self.assertEqual(lines.mapped("quantity"), [30.0, 70.0])
        # The first 10 km of each trip are free: 20 × 1.5; 40 × 1.5 + 20 × 1.0.
        self.assertEqual(lines.mapped("amount"), [30.0, 80.0])

    def test_a_returned_job_is_priced_anew(self):
        claim = self.make_claim()
        claim._audit()
        order = claim.work_order_id
        order._return_to_station("Wrong kilometres")
        self.assertEqual(claim.state, "returned")
        order._unguarded().write(
            {"travel_km": 20.0, "state": "done", "done_at": order.reported_at}
        )
        order._after_done()
        self.assertEqual(claim.state, "submitted")
        self.assertEqual(self._amounts(claim)["travel"], 15.0)

    def test_prices_take_the_same_queries_for_one_and_for_fifty(self):
        one, fifty = self.count_queries(
            lambda count: self.make_many(count, self.make_small_order),
            lambda orders: orders._make_claims(),
        )
        self.assertEqual(one, fifty)

    def test_gaps_and_overlaps_of_the_card_are_told(self):
        rate = self.rate_card.rate_ids.filtered(lambda r: r.kind == "installation")
        self.assertFalse(self.rate_card.notice.strip())
        rate.valid_to = "2026-01-31"
        rate.copy({"valid_from": "2026-02-10", "valid_to": False})
        self.assertIn("02/01/2026", self.rate_card.notice)
        self.rate_card.write(
            {
                "rate_ids": [
                    Command.create(
                        {
                            "kind": "installation",
                            "fee": 1.0,
                            "valid_from": "2026-01-01",
                            "valid_to": "2026-03-01",
                        }
                    )
                ]
            }
        )
        self.assertIn("two rates", self.rate_card.notice)

    def test_gaps_and_overlaps_between_cards_are_told(self):
        card = self.rate_card
        card.valid_to = "2026-06-30"
        later = card.copy({"valid_from": "2026-07-05", "valid_to": False})
        card.invalidate_recordset(["notice"])
        for told in (card, later):
            self.assertIn("No rate card holds", told.notice)
        later.valid_from = "2026-06-30"
        self.assertIn("Two rate cards", later.notice)
        later.valid_from = "2026-07-01"
        self.assertNotIn("rate card", later.notice)
        (card | later).write({"valid_from": False, "valid_to": False})
        self.assertIn("at the same time", later.notice)
        later.write({"is_draft": True, "valid_from": "2026-01-01"})
        self.assertNotIn("rate card", later.notice)
