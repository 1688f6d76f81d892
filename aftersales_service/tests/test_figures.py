from datetime import date, datetime

from odoo import fields
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestFigures(AftersalesCase):
    """Figures add up, averages are of those they can be said of, borders hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type_repair = cls.env.ref("aftersales_service.request_type_repair")
        cls.ticket = cls.make_request(cls.unit_north)

    def _group(self, subject, measures, domain=(), groupby=(), user=None):
        figures = self.env[f"aftersales.{subject}.figures"].with_user(
            user or self.headquarters
        )
        self.env.flush_all()
        rows = figures._read_group(list(domain), list(groupby), list(measures))
        return rows if groupby else rows[0]

    def _set_times(self, ticket, **times):
        """Raw: the clock of the test is not the clock of the deadlines."""
        self.env.flush_all()
        for name, value in times.items():
            self.env.cr.execute(
                f"UPDATE helpdesk_ticket SET {name} = %s WHERE id = %s",
                [value, ticket.id],
            )
        ticket.invalidate_recordset()

    def _make_timed_requests(self):
        """Answered and solved in time; answered late and open late; not due yet."""
        kept, late, young = self.ticket, *(self.make_request() for _i in range(2))
        self._set_times(
            kept,
            received_at=datetime(2026, 3, 2, 8),
            answer_deadline=datetime(2026, 3, 2, 12),
            answered_at=datetime(2026, 3, 2, 10),
            resolve_deadline=datetime(2026, 3, 6, 8),
            closed_date=datetime(2026, 3, 5, 8),
        )
        self._set_times(
            late,
            received_at=datetime(2026, 3, 2, 8),
            answer_deadline=datetime(2026, 3, 2, 12),
            answered_at=datetime(2026, 3, 2, 14),
            resolve_deadline=datetime(2026, 3, 6, 8),
            closed_date=None,
        )
        self._set_times(
            young,
            received_at=datetime(2026, 3, 2, 8),
            answer_deadline=datetime(2900, 1, 1),
            answered_at=None,
            resolve_deadline=datetime(2900, 1, 1),
            closed_date=None,
        )
        return kept | late | young

    def test_requests_in_time_and_late(self):
        tickets = self._make_timed_requests()
        figures = self._group(
            "request",
            [
                *("request_count:sum", "closed_count:sum", "late_answer_count:sum"),
                *("late_resolve_count:sum", "answer_kept:avg", "resolve_kept:avg"),
                *("answer_hours:avg", "resolve_days:avg"),
            ],
            [("ticket_id", "in", tickets.ids)],
        )
        # What is not due yet is neither kept nor late; hours are of the answered.
        self.assertEqual(figures, (3, 1, 1, 1, 50.0, 50.0, 4.0, 3.0))

    def test_a_waiting_request_is_not_late(self):
        self._set_times(
            self.ticket,
            resolve_deadline=datetime(2026, 3, 6),
            clock_stopped_at=datetime(2026, 3, 5),
            closed_date=None,
        )
        domain = [("ticket_id", "=", self.ticket.id)]
        (late,) = self._group("request", ["late_resolve_count:sum"], domain)
        self.assertEqual(late, 0)

    def test_work_orders_of_a_station(self):
        ticket = self.make_request(self.unit_north)
        self._set_times(ticket, arrive_deadline=datetime(2026, 3, 3, 12))
        common = {"offered_at": datetime(2026, 3, 2, 8), "travel_km": 10.0}
        orders = self.make_work_order(
            ticket,
            state="done",
            accepted_at=datetime(2026, 3, 2, 10),
            arrived_at=datetime(2026, 3, 3, 8),
            reported_at=datetime(2026, 3, 4, 8),
            labor_hours=1.5,
            **common,
        )
        orders |= self.make_work_order(
            ticket,
            state="done",
            accepted_at=datetime(2026, 3, 2, 14),
            arrived_at=datetime(2026, 3, 4, 8),
            reported_at=datetime(2026, 3, 4, 8),
            **common,
        )
        orders |= self.make_work_order(ticket, state="declined", accepted_at=False)
        orders |= self.make_work_order(state="draft")
        figures = self._group(
            "work.order",
            [
                *("order_count:sum", "done_count:sum", "refused_count:sum"),
                *("answer_hours:avg", "arrive_hours:avg", "report_days:avg"),
                *("arrive_kept:avg", "labor_hours:sum", "travel_km:sum"),
            ],
            [("work_order_id", "in", orders.ids)],
        )
        self.assertEqual(figures, (3, 2, 1, 4.0, 36.0, 2.0, 50.0, 1.5, 20.0))

    def test_repairs_by_build_and_age(self):
        unit = self.unit_north
        unit.write({"production_date": "2025-05-17", "sale_date": "2025-12-01"})
        table = {
            "installed": (date(2025, 8, 1), datetime(2026, 2, 10), 6),
            "on the first day": (date(2026, 2, 10), datetime(2026, 2, 10), 0),
            "told before it was installed": (date(2026, 3, 1), datetime(2026, 2, 1), 0),
            "never installed, sold": (False, datetime(2026, 2, 10), 2),
        }
        order = self.make_work_order(self.ticket, state="done")
        for name, (installed, told, months) in table.items():
            with self.subTest(name):
                unit.installation_date = installed
                self._set_times(self.ticket, received_at=told)
                figures = self._group(
                    "quality",
                    ["failure_count:sum", "service_months:avg"],
                    [("work_order_id", "=", order.id)],
                    ["production_month:month"],
                )
                self.assertEqual(figures, [(date(2025, 5, 1), 1, months)])

    def test_an_installation_is_no_repair(self):
        kind = self.env["aftersales.request.type"].search(
            [("is_installation", "=", True)], limit=1
        )
        ticket = self.make_request(self.unit_north, request_type_id=kind.id)
        order = self.make_work_order(ticket, state="done")
        open_order = self.make_work_order(self.ticket, state="accepted")
        domain = [("work_order_id", "in", (order + open_order).ids)]
        (count,) = self._group("quality", ["__count"], domain)
        self.assertEqual(count, 0)

    def _make_followups(self):
        """Kept on its last evening in China, late, late and open, cancelled, young."""
        Followup = self.env["aftersales.followup"]._unguarded()
        vals = {"ticket_id": self.ticket.id, "due_date": "2026-03-10"}
        return Followup.create(
            [
                {
                    **vals,
                    "state": "done",
                    "done_at": "2026-03-10 15:59:00",
                    "satisfaction": 5,
                    "is_solved": True,
                },
                {
                    **vals,
                    "state": "done",
                    "done_at": "2026-03-10 16:01:00",
                    "satisfaction": 2,
                    "is_charged_extra": True,
                },
                vals,
                {**vals, "state": "cancelled"},
                {**vals, "due_date": "2900-01-01"},
            ]
        )

    def test_followups_kept_by_the_companys_day(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        followups = self._make_followups()
        figures = self._group(
            "followup",
            [
                *("followup_count:sum", "answered_count:sum", "late_count:sum"),
                *("kept:avg", "satisfaction:avg", "solved:avg"),
                "extra_charge_count:sum",
            ],
            [("followup_id", "in", followups.ids)],
        )
        self.assertEqual(figures[:3], (5, 2, 2))
        self.assertAlmostEqual(figures[3], 100 / 3)
        self.assertEqual(figures[4:], (3.5, 50.0, 1))

    def test_days_of_two_companies_end_at_their_own_midnight(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        abroad = self.env["res.company"].create({"name": "Abroad"})
        abroad.resource_calendar_id = abroad.resource_calendar_id.copy(
            {"tz": "America/New_York", "company_id": abroad.id}
        )
        self.test_followups_kept_by_the_companys_day()

    def test_duties_of_an_office(self):
        self._make_timed_requests()
        self._make_followups()
        table = {
            "answer": (datetime(2026, 3, 2, 12), 2, 1, 50.0),
            "resolve": (datetime(2026, 3, 6, 8), 2, 1, 50.0),
        }
        for kind, (due, *expected) in table.items():
            with self.subTest(kind):
                figures = self._group(
                    "duty",
                    ["duty_count:sum", "late_count:sum", "kept:avg"],
                    [("kind", "=", kind), ("due_at", "=", due)],
                )
                self.assertEqual(list(figures), expected)
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        figures = self._group(
            "duty",
            ["duty_count:sum", "late_count:sum"],
            [("kind", "=", "followup"), ("due_at", "=", datetime(2026, 3, 10, 16))],
        )
        self.assertEqual(figures, (3, 2))

    def test_the_warranty_is_decided_before_the_job_is_offered(self):
        self.type_repair.needs_warranty_decision = True
        before, after = (self.make_request(self.unit_north) for _i in range(2))
        offered = fields.Datetime.now()
        for ticket, decided in ((before, "2020-01-01"), (after, "2900-01-01")):
            self.make_work_order(ticket, offered_at=offered)
            decision = self.env["aftersales.warranty.decision"].create(
                {"ticket_id": ticket.id, "result": "covered"}
            )
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE aftersales_warranty_decision SET create_date = %s"
                " WHERE ticket_id = %s AND (id = %s OR %s < '2100-01-01')",
                [decided, ticket.id, decision.id, decided],
            )
            self.env.cr.execute(
                "DELETE FROM aftersales_warranty_decision"
                " WHERE ticket_id = %s AND create_date < %s",
                [ticket.id, decided],
            )
        rows = self._group(
            "duty",
            ["late_count:sum"],
            [("kind", "=", "decide"), ("ticket_id", "in", (before + after).ids)],
            ["ticket_id"],
        )
        self.assertEqual(dict(rows), {before: 0, after: 1})

    def test_rows_open_what_they_tell_about(self):
        order = self.make_work_order(self.ticket, state="done")
        followup = self._make_followups()[:1]
        self.env.flush_all()
        table = {
            "request": ("ticket_id", self.ticket),
            "work.order": ("work_order_id", order),
            "quality": ("work_order_id", order),
            "followup": ("followup_id", followup),
            "duty": ("followup_id", followup),
        }
        for subject, (name, record) in table.items():
            with self.subTest(subject):
                figures = self.env[f"aftersales.{subject}.figures"].with_user(
                    self.office_north
                )
                row = figures.search([(name, "=", record.id)], limit=1)
                self.assertTrue(row)
                action = row.action_open_record()
                self.assertEqual(
                    (action["res_model"], action["res_id"]), (record._name, record.id)
                )

    def test_an_office_counts_its_own_territory(self):
        south = self.make_request(self.unit_south)
        both = [("ticket_id", "in", (self.ticket + south).ids)]
        for user, count in ((self.office_north, 1), (self.headquarters, 2)):
            with self.subTest(user=user.login):
                figures = self._group("request", ["request_count:sum"], both, (), user)
                self.assertEqual(figures[0], count)

    def test_groups_are_in_the_order_of_what_they_are_of(self):
        for unit in (self.unit_south, self.unit_north):
            self.make_request(unit)
        figures = self.env["aftersales.request.figures"].with_user(self.headquarters)
        self.env.flush_all()
        for name in ("territory_id", "product_id", "request_type_id", "user_id"):
            model = figures[name]._name
            for direction in ("", " desc"):
                with self.subTest(f"{name}{direction}"):
                    rows = figures._read_group([], [name], [], order=name + direction)
                    groups = [group for (group,) in rows if group]
                    order = self.env[model]._order
                    found = self.env[model].with_context(active_test=False)
                    found = found.browse(group.id for group in groups)
                    ordered = found.search([("id", "in", found.ids)], order=order)
                    if direction:
                        ordered = ordered[::-1]
                    self.assertEqual(found, ordered)
        self.assertGreater(len(figures._read_group([], ["territory_id"])), 1)

    def test_groups_read_names_once_each(self):
        figures = self.env["aftersales.request.figures"].with_user(self.headquarters)
        query = figures._search([])
        name = "territory_id"
        terms = {name: figures._read_group_groupby(figures._table, name, query)}
        figures._read_group_orderby(name, terms, query)
        self.assertFalse(query._joins)

    def test_a_measure_reads_no_more_than_it_needs(self):
        """A count of work orders by station joins nothing."""
        self.env.flush_all()
        figures = self.env["aftersales.work.order.figures"].with_user(self.headquarters)
        query = figures._search([])
        sql = query.select("count(*)")
        plan = self.env.execute_query(type(sql)("EXPLAIN %s", sql))
        self.assertNotIn("helpdesk_ticket", str(plan))
