from ast import literal_eval
from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestRequestMonitor(AftersalesCase):
    """Headquarters watches what is late, where and at whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.north_late = cls._make(cls.unit_north, -5)
        cls.south_open = cls._make(cls.unit_south, 5)

    @classmethod
    def _make(cls, unit, hours):
        """A request whose deadlines are ``hours`` from now."""
        ticket = cls.make_request(unit, user_id=False)
        deadline = cls.now + timedelta(hours=hours)
        ticket.sudo().write({"answer_deadline": deadline, "resolve_deadline": deadline})
        return ticket

    def _row(self, ticket, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["aftersales.request.monitor"].with_user(
            user or self.headquarters
        )
        return rows.search([("ticket_id", "=", ticket.id)])

    def test_a_late_request_is_at_the_office_until_a_station_has_it(self):
        row = self._row(self.north_late)
        self.assertEqual((row.due_state, row.holder), ("late", "office"))
        self.assertAlmostEqual(row.hours_late, 5, delta=0.1)
        self.assertEqual(row.territory_id, self.north)
        self.assertEqual(self.north_late.due_state, "late")
        self.make_work_order(self.north_late, state="offered")
        row = self._row(self.north_late)
        self.assertEqual((row.holder, row.station_id), ("station", self.station_north))

    def test_soon_waiting_and_on_time(self):
        row = self._row(self.south_open)
        self.assertEqual((row.due_state, row.late_count), ("on_time", 0))
        self.assertEqual(self.south_open.due_state, "on_time")
        self.south_open.service_level_id.warn_hours = 6
        self.assertEqual(self._row(self.south_open).due_state, "soon")
        self.assertEqual(self.south_open.due_state, "soon")
        order = self.make_work_order(self.south_open)
        order._wait("parts")
        row = self._row(self.south_open)
        self.assertEqual((row.due_state, row.holder), ("waiting", "waiting"))
        self.assertEqual(self.south_open.due_state, "waiting")

    def test_closed_requests_are_not_watched(self):
        self.north_late.stage_id = self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_stage_cancelled"
        )
        self.assertFalse(self._row(self.north_late))
        self.assertFalse(self.north_late.due_state)

    def test_an_office_watches_its_own(self):
        self.assertTrue(self._row(self.north_late, self.office_north))
        self.assertFalse(self._row(self.south_open, self.office_north))

    def test_late_ones_are_counted_by_office(self):
        self.env.flush_all()
        groups = dict(
            self.env["aftersales.request.monitor"]._read_group(
                [("ticket_id", "in", (self.north_late | self.south_open).ids)],
                ["territory_id"],
                ["late_count:sum"],
            )
        )
        self.assertEqual(groups, {self.north: 1, self.south: 0})

    def test_my_territory_today_holds_what_an_office_has_to_do(self):
        mine, theirs = self.make_request(), self.make_request(self.unit_south)
        closed, later = self.make_request(), self.make_request()
        closed.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        now = fields.Datetime.now()
        later.sudo().received_at = now - timedelta(days=3)
        later.sudo().flush_recordset()
        later.sudo().resolve_deadline = now + timedelta(days=3)
        arch = self.env.ref("aftersales_service.request_view_search").arch
        node = etree.fromstring(arch).find(
            ".//filter[@name='filter_my_territory_today']"
        )
        domain = literal_eval(node.get("domain"))
        tickets = self.env["helpdesk.ticket"]
        found = tickets.with_user(self.office_north).search(domain)
        self.assertIn(mine, found)
        self.assertFalse(found & (theirs | closed | later))
        found = tickets.with_user(self.headquarters).search(domain)
        self.assertTrue(mine in found and theirs in found)
