from datetime import time

from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestClaimRates(SettlementCase):
    """Special rates: operations, campaigns, goodwill, nights, holidays, far places."""

    def _add_rate(self, **vals):
        self.rate_card.rate_ids = [Command.create({"sequence": 1, **vals})]
        return self.rate_card.rate_ids.filtered(lambda rate: rate.sequence == 1)[-1]

    def _lines(self, claim, kind):
        return claim.line_ids.filtered(lambda line: line.kind == kind)

    def _why(self, line):
        return line.why.replace("\N{NO-BREAK SPACE}", "")

    def _at(self, hour):
        return self.company._get_moment(self.work_date, time(hour, 40))

    def test_standard_hours_make_a_line_per_operation(self):
        second = self.operation.copy({"code": "X-2", "standard_hours": 0.5})
        self._add_rate(kind="labor", labor_basis="standard", hourly_rate=100.0)
        operations = self.operation | second
        claim = self.make_claim(
            labor_hours=9.0,
            operation_line_ids=[
                Command.create({"operation_id": operation.id})
                for operation in operations
            ],
        )
        lines = self._lines(claim, "labor")
        self.assertEqual(lines.operation_id, operations)
        self.assertEqual(lines.mapped("quantity"), [2.5, 0.5])
        self.assertEqual(lines.mapped("amount"), [250.0, 50.0])
        self.assertIn(second.name, lines[1].display_name)

    def test_an_operation_has_its_own_rate_by_its_code(self):
        general = self.operation
        exact = general.copy({"product_id": self.engine.id, "standard_hours": 1.0})
        self._add_rate(
            kind="labor",
            labor_basis="standard",
            hourly_rate=100.0,
            operation_id=general.id,
        )
        claim = self.make_claim(
            operation_line_ids=[Command.create({"operation_id": exact.id})]
        )
        line = self._lines(claim, "labor")
        self.assertEqual((line.quantity, line.amount), (1.0, 100.0))
        self.assertIn("the operation", line.rate_why)

    def test_goodwill_pays_its_share_and_says_so(self):
        claim = self.make_claim(decision={"share_percent": 50})
        self.assertEqual(claim.amount, 217.0)
        line = self._lines(claim, "labor")
        self.assertEqual(line.amount, 100.0)
        self.assertIn("200.00", self._why(line))
        self.assertIn("the maker pays 50 %", self._why(line))

    def test_a_campaign_pays_by_its_rate(self):
        campaign = self.env["aftersales.service.campaign"].create(
            {"name": "Valve recall", "product_ids": [Command.link(self.engine.id)]}
        )
        self._add_rate(kind="labor", hourly_rate=50.0, campaign_id=campaign.id)
        order = self.make_done_order()
        campaign.line_ids = [
            Command.create(
                {"unit_id": order.unit_id.id, "ticket_id": order.ticket_id.id}
            )
        ]
        line = self._lines(order._make_claims(), "labor")
        self.assertEqual(line.amount, 125.0)
        self.assertIn("the service campaign", line.rate_why)
        other = self._lines(self.make_claim(), "labor")
        self.assertEqual(other.amount, 200.0)
        self.assertIn("for a service campaign", other.rate_why)

    def test_night_is_told_in_the_companys_time(self):
        self._add_rate(kind="surcharge", occasion="night", surcharge_percent=25.0)
        day = self.make_claim(arrived_at=self._at(12))
        self.assertFalse(self._lines(day, "surcharge"))
        night = self.make_claim(arrived_at=self._at(22))
        line = self._lines(night, "surcharge")
        self.assertEqual((line.occasion, line.amount), ("night", 50.0))
        self.assertIn("22:40", self._why(line))
        self.assertIn("200.00 × 25 %", self._why(line))

    def test_a_closed_day_of_the_company_is_a_holiday(self):
        self._add_rate(kind="surcharge", occasion="holiday", fee=60.0)
        self.assertFalse(self._lines(self.make_claim(), "surcharge"))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Festival",
                "company_id": self.company.id,
                "date_from": self._at(0),
                "date_to": self._at(23),
            }
        )
        claim = self.make_claim(arrived_at=self._at(12))
        line = self._lines(claim, "surcharge")
        self.assertEqual((line.occasion, line.amount), ("holiday", 60.0))
        self.assertIn("Holiday", self._why(line))

    def test_a_remote_place_by_the_kilometres_of_the_trip(self):
        self._add_rate(kind="surcharge", occasion="remote", remote_km=150.0, fee=80.0)
        near = self.make_claim()
        self.assertFalse(self._lines(near, "surcharge"))
        far = self.make_claim(travel_km=150.0)
        line = self._lines(far, "surcharge")
        self.assertEqual(line.amount, 80.0)
        self.assertIn("150 km", self._why(line))

    def test_each_visit_has_its_own_surcharge(self):
        self._add_rate(kind="surcharge", occasion="night", surcharge_percent=25.0)
        order = self.make_done_order(arrived_at=self._at(23))
        visits = order._unguarded().visit_ids
        visits.create(
            [
                {
                    "work_order_id": order.id,
                    "arrived_at": self._at(hour),
                    "travel_km": 10.0,
                }
                for hour in (23, 12)
            ]
        )
        line = self._lines(order._make_claims(), "surcharge")
        self.assertEqual(line.mapped("amount"), [25.0])
        self.assertIn("2 visits", self._why(line))

    def test_a_line_tells_its_rate_and_why_not_those_above(self):
        self.station_north.station_grade = "b"
        line = self._lines(self.make_claim(), "labor").with_user(self.auditor)
        self.assertIn("Test rates", line.rate_why)
        self.assertIn("a general rate", line.rate_why)
        self.assertIn("for another grade", line.rate_why)
        self.rate_card.rate_ids.filtered("grade").unlink()
        line.invalidate_recordset()
        self.assertIn("a row deleted since", line.rate_why)

    def test_every_amount_comes_out_again_to_the_cent(self):
        self._add_rate(kind="surcharge", occasion="night", surcharge_percent=33.33)
        self._add_rate(kind="labor", labor_basis="standard", hourly_rate=77.77)
        order = self.make_done_order(
            arrived_at=self._at(23), decision={"share_percent": 35}
        )
        sheet = self.make_sheet(order)
        self.assertEqual(len(sheet.line_ids), 4)
        self.assertTrue(all(line._is_reproducible() for line in sheet.line_ids))
        sheet._send()
        sheet._confirm(self.station_north_user)
        self.assertFalse(sheet._verify())

    def test_surcharges_take_the_same_queries_for_one_and_for_fifty(self):
        for occasion in ("night", "holiday", "remote"):
            self._add_rate(kind="surcharge", occasion=occasion, fee=5.0)
        # Read only: rows written come in hundreds.
        one, fifty = self.count_queries(
            lambda count: self.make_many(count, self.make_claim),
            lambda claims: claims._get_priced_pieces(),
        )
        self.assertEqual(one, fifty)
