from datetime import date, datetime, timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .common import AftersalesCase


class TradeCase(AftersalesCase):
    """Reads figures as a person would."""

    def _group(self, subject, measures, domain=(), groupby=(), user=None):
        figures = self.env[f"aftersales.{subject}.figures"]
        self.env.flush_all()
        return figures.with_user(user or self.headquarters)._read_group(
            list(domain), list(groupby), list(measures)
        )

    def _explain(self, subject, measure, groupby):
        """The plan of one measure by one dimension."""
        self.env.flush_all()
        figures = self.env[f"aftersales.{subject}.figures"].with_user(self.headquarters)
        query = figures._search([])
        group, total = (
            figures._field_to_sql(query.table, name, query)
            for name in (groupby, measure)
        )
        query.groupby = group
        sql = query.select(group, SQL("SUM(%s)", total))
        rows = self.env.execute_query(SQL("EXPLAIN %s", sql))
        return "\n".join(line for (line,) in rows)


@tagged("post_install", "-at_install")
class TestPartFigures(TradeCase):
    """Parts of done jobs: how many, at what cost, who pays, what came back."""

    def _make_line(self, result=None, unit=None, state="done", returned=None, **vals):
        """A part of a job, as the warranty was decided and its failed part is."""
        ticket = self.make_request(unit or self.unit_north)
        order = self.make_work_order(ticket, component_id=self.component.id)
        line = self.env["aftersales.work.order.part"].create(
            {"work_order_id": order.id, "product_id": self.part.id, **vals}
        )
        decision = self.env["aftersales.warranty.decision"]
        if result:
            is_covered = result == "covered"
            decision = decision.create(
                {"ticket_id": ticket.id, "result": result, "covers_parts": is_covered}
            )
        order._write_guarded(
            {
                "state": state,
                "done_at": datetime(2026, 3, 5, 8),
                "warranty_decision_id": decision.id,
            }
        )
        self.env.flush_all()
        if not result:
            # Raw: nobody takes a decision back.
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET warranty_decision_id = NULL WHERE id = %s",
                [ticket.id],
            )
        if returned:
            self.env["aftersales.part.return"]._unguarded().create(
                {"part_line_id": line.id, **returned}
            )
        return line

    def test_parts_of_done_jobs_with_their_cost_when_reported(self):
        lines = self._make_line(quantity=2) | self._make_line(quantity=3)
        lines |= self._make_line(state="reported", quantity=50)
        self.part.standard_price = 250.0
        measures = ["line_count:sum", "quantity:sum", "cost:sum"]
        domain = [("id", "in", lines.ids)]
        self.assertEqual(self._group("part", measures, domain), [(2, 5.0, 500.0)])
        dimensions = ["part_id", "product_id", "component_id", "station_id"]
        (row,) = self._group(
            "part", ["__count"], domain, [*dimensions, "done_at:month"]
        )
        self.assertEqual(
            row[:4], (self.part, self.engine, self.component, self.station_north)
        )
        self.assertEqual(row[4].date(), date(2026, 3, 1))

    def test_who_pays_follows_the_decision(self):
        table = {"covered": "maker", "chargeable": "customer", None: False}
        for result, payer in table.items():
            line = self._make_line(result)
            with self.subTest(result=result):
                figures = self._group(
                    "part", [], [("id", "=", line.id)], ["warranty_result", "payer"]
                )
                self.assertEqual(figures, [(result or False, payer)])

    def test_without_its_own_decision_a_job_has_that_of_its_request(self):
        line = self._make_line("covered")
        order = line.work_order_id
        order.ticket_id.warranty_decision_id = order.warranty_decision_id
        order._write_guarded({"warranty_decision_id": False})
        figures = self._group("part", [], [("id", "=", line.id)], ["payer"])
        self.assertEqual(figures, [("maker",)])

    def test_whether_the_failed_part_came_back(self):
        table = {
            "none": None,
            "open": {"state": "sent"},
            "returned": {"state": "received"},
            "missing": {"state": "closed", "result": "not_received"},
        }
        lines = self.env["aftersales.work.order.part"]
        for expected, vals in table.items():
            line = self._make_line(returned=vals)
            lines |= line
            with self.subTest(expected):
                self.env.flush_all()
                row = self.env["aftersales.part.figures"].browse(line.id)
                self.assertEqual(row.return_state, expected)
        measures = ["asked_count:sum", "open_count:sum", "came_back:avg"]
        domain = [("id", "in", lines.ids)]
        self.assertEqual(self._group("part", measures, domain), [(3, 1, 50.0)])

    def test_an_office_counts_its_own_and_a_station_none(self):
        lines = self._make_line() | self._make_line(unit=self.unit_south)
        domain = [("id", "in", lines.ids)]
        for user, count in ((self.office_north, 1), (self.quality, 2)):
            with self.subTest(user=user.login):
                found = self._group("part", ["line_count:sum"], domain, (), user)
                self.assertEqual(found, [(count,)])
        with self.assertRaises(AccessError):
            self._group("part", ["__count"], domain, (), self.station_north_user)

    def test_a_row_opens_its_job(self):
        line = self._make_line()
        self.env.flush_all()
        figures = self.env["aftersales.part.figures"].with_user(self.office_north)
        action = figures.browse(line.id).action_open_record()
        self.assertEqual(action["res_id"], line.work_order_id.id)

    def test_a_measure_reads_no_more_than_it_needs(self):
        plan = self._explain("part", "quantity", "component_id")
        for name in ("ticket", "decision", "part_return", "res_company", "SubPlan"):
            with self.subTest(name):
                self.assertNotIn(name, plan)


@tagged("post_install", "-at_install")
class TestDealerFigures(TradeCase):
    """Each dealer's machines: come, sold, passed on, in stock, and for how long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dealer, cls.other, cls.abroad = (
            cls.make_customer(name, home, aftersales_role="dealer", is_company=True)
            for name, home in (("A", cls.north), ("B", cls.north), ("C", cls.south))
        )
        cls.sold, cls.passed, cls.kept, cls.void = (
            cls._make_unit(f"TR-{number}", day)
            for number, day in enumerate(
                ("2026-01-01", "2026-01-05", "2026-03-01", "2026-03-01")
            )
        )
        cls.void.void_reason = "scrapped"
        cls._move("sale", cls.sold, "2026-01-31")
        cls.transfer = cls._move("transfer", cls.passed, "2026-02-04")
        cls.last = cls._move("sale", cls.passed, "2026-02-14", cls.other)

    @classmethod
    def _make_unit(cls, serial, day, dealer=None):
        return cls.make_unit(
            serial,
            shipping_date=day,
            sale_date=False,
            selling_partner_id=(dealer or cls.dealer).id,
        )

    @classmethod
    def _move(cls, kind, unit, day, dealer=None):
        target = cls.other if kind == "transfer" else cls.customer_north
        return cls.env["aftersales.dealer.movement"]._register_movements(
            [
                {
                    "kind": kind,
                    "dealer_id": (dealer or cls.dealer).id,
                    "to_partner_id": target.id,
                    "unit_id": unit.id,
                    "product_id": unit.product_id.id,
                    "moved_on": day,
                }
            ]
        )

    def _count(self, dealer, *more):
        measures = ["received_count", "sold_count", "passed_count", "stock_count"]
        (row,) = self._group(
            "dealer",
            [f"{name}:sum" for name in measures] + ["stock_days:avg"],
            [("dealer_id", "=", dealer.id), *more],
        )
        return row

    def test_each_dealer_got_what_came_to_him(self):
        self.assertEqual(self._count(self.dealer), (4, 1, 1, 1, 30.0))
        self.assertEqual(self._count(self.other), (1, 1, 0, 0, 10.0))

    def test_events_count_on_their_day(self):
        rows = self._group(
            "dealer",
            ["received_count:sum", "sold_count:sum", "passed_count:sum"],
            [("dealer_id", "in", (self.dealer + self.other).ids)],
            ["dealer_id", "day:month"],
        )
        months = {(dealer, day.month): tuple(found) for dealer, day, *found in rows}
        self.assertEqual(
            months,
            {
                (self.dealer, 1): (2, 1, 0),
                (self.dealer, 2): (0, 0, 1),
                (self.dealer, 3): (2, 0, 0),
                (self.other, 2): (1, 1, 0),
            },
        )

    def test_what_was_registered_by_mistake_does_not_count(self):
        self.last.action_cancel()
        self.assertEqual(self._count(self.other), (1, 0, 0, 1, False))
        self.transfer.action_cancel()
        self.assertEqual(self._count(self.dealer), (4, 1, 0, 2, 30.0))
        self.assertEqual(self._count(self.other)[0] or 0, 0)
        self.assertFalse(self.passed.dealer_date)

    def test_passed_on_twice_each_had_it(self):
        self.last.action_cancel()
        back = self.env["aftersales.dealer.movement"]._register_movements(
            [
                {
                    "kind": "transfer",
                    "dealer_id": self.other.id,
                    "to_partner_id": self.dealer.id,
                    "unit_id": self.passed.id,
                    "product_id": self.engine.id,
                    "moved_on": "2026-03-06",
                }
            ]
        )
        self.assertEqual(self._count(self.dealer)[:4], (5, 1, 1, 2))
        self.assertEqual(self._count(self.other)[:4], (1, 0, 1, 0))
        back.action_cancel()
        self.assertEqual(self.passed.dealer_date, date(2026, 2, 4))

    def test_days_in_stock_are_counted_until_today(self):
        self.kept.shipping_date = self.env.company._get_today() - timedelta(days=12)
        (row,) = self._group(
            "dealer",
            ["age_days:avg"],
            [("dealer_id", "=", self.dealer.id), ("stock_count", "=", 1)],
        )
        self.assertEqual(row, (12.0,))

    def test_parts_without_a_number_count_beside(self):
        movement = {"dealer_id": self.dealer.id, "moved_on": "2026-02-01"}
        self.env["aftersales.dealer.movement"]._unguarded().create(
            movement | {"product_id": self.part.id, "quantity": 5}
        )
        (row,) = self._group(
            "dealer",
            ["part_quantity:sum", "sold_count:sum"],
            [("dealer_id", "=", self.dealer.id)],
        )
        self.assertEqual(row, (5.0, 1))

    def test_an_office_counts_its_dealers_and_a_dealer_none(self):
        self._make_unit("TR-9", "2026-01-01", self.abroad)
        dealers = [("dealer_id", "in", (self.dealer + self.other + self.abroad).ids)]
        table = ((self.office_north, 5), (self.office_south, 1), (self.quality, 6))
        for user, count in table:
            with self.subTest(user=user.login):
                (row,) = self._group(
                    "dealer", ["received_count:sum"], dealers, (), user
                )
                self.assertEqual(row, (count,))
        user = self.make_portal_user(self.dealer, "dealer-figures")
        with self.assertRaises(AccessError):
            self._group("dealer", ["__count"], dealers, (), user)

    def test_rows_open_what_they_tell_about(self):
        self.env.flush_all()
        figures = self.env["aftersales.dealer.figures"].with_user(self.office_north)
        for kind, unit in (("sold", self.sold), ("received", self.kept)):
            with self.subTest(kind):
                row = figures.search([("unit_id", "=", unit.id), ("kind", "=", kind)])
                action = row.action_open_record()
                self.assertEqual(
                    (action["res_model"], action["res_id"]), ("stock.lot", unit.id)
                )

    def test_a_measure_reads_no_more_than_it_needs(self):
        plan = self._explain("dealer", "sold_count", "dealer_id")
        for name in ("res_partner", "SubPlan", "WindowAgg", "Nested Loop"):
            with self.subTest(name):
                self.assertNotIn(name, plan)
