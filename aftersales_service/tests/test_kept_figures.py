from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..models.figures import aftersales_figures_mixin
from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestKeptFigures(AftersalesCase):
    """Large figures are written down; what they say is what the view says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_work_order(state="done")
        cls.env["aftersales.followup"]._unguarded().create(
            {"ticket_id": cls.order.ticket_id.id, "due_date": "2026-03-10"}
        )

    def setUp(self):
        super().setUp()
        # The tables go with the test.
        self.addCleanup(self.env.registry.clear_cache)

    def subjects(self):
        names = self.env.registry.descendants(["aftersales.figures.mixin"], "_inherit")
        return [self.env[name] for name in names if not self.env[name]._abstract]

    def keep(self, limit=0):
        with (
            patch.object(aftersales_figures_mixin, "KEPT_FROM", limit),
            patch.object(self.registry["ir.cron"], "_commit_progress"),
        ):
            self.env["aftersales.figures.mixin"]._cron_keep()

    def differences(self, figures):
        """How many rows only the view or only the table has, and how many both."""
        self.env.flush_all()
        view, table = figures._get_query(), SQL.identifier(figures._table)
        rows = SQL(
            """SELECT count(*) FROM (
                   (TABLE %(table)s EXCEPT ALL (%(view)s))
                    UNION ALL ((%(view)s) EXCEPT ALL TABLE %(table)s)) AS other""",
            table=table,
            view=view,
        )
        [[other]] = self.env.execute_query(rows)
        [[count]] = self.env.execute_query(SQL("SELECT count(*) FROM %s", table))
        return other, count

    def test_kept_rows_are_those_of_the_view(self):
        self.keep()
        for figures in self.subjects():
            with self.subTest(figures._name):
                self.assertTrue(figures._is_kept())
                self.assertEqual(self.differences(figures)[0], 0)
        self.assertTrue(self.differences(self.env["aftersales.duty.figures"])[1])

    def test_what_changed_is_brought_up_to_date(self):
        figures = self.env["aftersales.request.figures"]
        self.keep()
        count = self.differences(figures)[1]
        gone = self.order.ticket_id
        new = self.make_request(self.unit_south)
        new.user_id = self.office_south
        gone.active = False
        self.assertEqual(self.differences(figures), (2, count))
        self.keep()
        self.assertEqual(self.differences(figures), (0, count))
        self.assertFalse(figures.search([("ticket_id", "=", gone.id)]))
        self.assertEqual(
            figures.search([("ticket_id", "=", new.id)]).user_id, self.office_south
        )

    def test_what_was_deleted_since_breaks_no_list(self):
        figures = self.env["aftersales.request.figures"]
        gone, left = self.make_request(self.unit_north), self.order.ticket_id
        self.keep()
        gone.unlink()
        self.env.invalidate_all()
        names = [n for n, f in figures._fields.items() if f.type == "many2one"]
        spec = {name: {"fields": {"display_name": {}}} for name in names}
        figures = figures.with_user(self.headquarters)
        rows = figures.web_search_read([], spec)["records"]
        tickets = [row["ticket_id"] and row["ticket_id"]["id"] for row in rows]
        self.assertIn(left.id, tickets)
        self.assertIn(False, tickets)
        self.env.invalidate_all()
        for name in names:
            with self.subTest(name=name):
                groups = figures.formatted_read_group([], [name], ["__count"])
                self.assertEqual(sum(row["__count"] for row in groups), len(rows))

    def test_an_unchanged_row_is_not_written_again(self):
        figures = self.env["aftersales.work.order.figures"]
        self.keep()
        query = SQL(
            "SELECT id, ctid FROM %s ORDER BY id", SQL.identifier(figures._table)
        )
        before = self.env.execute_query(query)
        self.keep()
        self.assertEqual(self.env.execute_query(query), before)

    def test_the_border_holds_in_kept_rows(self):
        south = self.make_request(self.unit_south)
        north = self.make_request(self.unit_north)
        self.keep()
        figures = self.env["aftersales.request.figures"].with_user(self.office_north)
        self.assertEqual(
            figures.search([("ticket_id", "in", (south + north).ids)]).ticket_id, north
        )

    def test_a_few_rows_stay_a_view(self):
        self.keep(aftersales_figures_mixin.KEPT_FROM)
        figures = self.env["aftersales.request.figures"]
        self.assertFalse(figures._is_kept())

    def test_a_new_version_begins_with_the_view(self):
        figures = self.env["aftersales.request.figures"]
        self.keep()
        figures.init()
        self.assertFalse(figures._is_kept())
        self.assertTrue(figures.search([("ticket_id", "=", self.order.ticket_id.id)]))
