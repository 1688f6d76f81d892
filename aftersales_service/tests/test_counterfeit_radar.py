from datetime import timedelta
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestCounterfeitRadar(AftersalesCase):
    """Signs among the questions become cases, once; the office judges them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.serial.check"].search([])._write({"company_id": None})
        cls.city_north.write({"latitude": 36.65, "longitude": 117.12})
        cls.city_south.write({"latitude": 22.82, "longitude": 108.32})
        cls.env.company.write({"radar_cluster_size": 3, "radar_grace_days": 3})
        cls.north.manager_id = cls.office_north
        cls.south.manager_id = cls.office_south

    def _ask(self, serial, user, hours_ago=0, **query):
        lots = self.env["stock.lot"].with_user(user)
        check = lots._check_serials([{"text": serial, **query}], "station").sudo()
        at = fields.Datetime.now() - timedelta(hours=hours_ago)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE aftersales_serial_check SET create_date = %s WHERE id = %s",
            [at, check.id],
        )
        check.invalidate_recordset(["create_date"])
        return check

    def _ask_in_both(self, serial="DX-0001", hours=1):
        first = self._ask(serial, self.station_north_user, hours)
        return first | self._ask(serial, self.station_south_user)

    def _find(self):
        cron = self.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")):
            self.env["aftersales.counterfeit.case"]._cron_find()
        return self._cases()

    def _cases(self):
        return self.env["aftersales.counterfeit.case"].search(
            [("company_id", "=", self.env.company.id)], order="id"
        )

    def test_one_serial_in_two_distant_places_within_an_hour_is_a_case(self):
        checks = self._ask_in_both()
        case = self._find()
        self.assertEqual(case.kind, "far_apart")
        self.assertEqual(case.serial_key, "DX0001")
        self.assertEqual(case.check_ids, checks)
        self.assertEqual(case.unit_id, self.unit_north)
        self.assertEqual(case.territory_id, self.south)
        self.assertAlmostEqual(case.distance_km, 1751, delta=30)
        for word in (self.city_north.name, self.city_south.name, "km"):
            self.assertIn(word, case.finding)

    def test_enough_time_for_the_journey_is_no_case(self):
        self._ask_in_both(hours=48)
        self.assertFalse(self._find())

    def test_the_speed_is_data(self):
        self.env.company.radar_max_kmh = 5000
        self._ask_in_both()
        self.assertFalse(self._find())

    def test_what_is_older_than_the_window_does_not_count(self):
        self.env.company.radar_window_days = 1
        checks = self._ask_in_both()
        self.env.cr.execute(
            "UPDATE aftersales_serial_check SET create_date = create_date - %s"
            " WHERE id IN %s",
            [timedelta(days=2), tuple(checks.ids)],
        )
        self.env.invalidate_all()
        self.assertFalse(self._find())

    def test_the_place_of_a_request_counts_before_that_of_who_asks(self):
        self._ask("DX-0001", self.station_north_user, 1)
        check = self._ask("DX-0001", self.station_north_user)
        ticket = self.make_request(self.unit_south, site_city_id=self.city_south.id)
        check.write({"ticket_id": ticket.id})
        self.assertEqual(self._find().kind, "far_apart")
        self.assertIn(ticket, self._cases().ticket_ids)

    def test_looking_again_changes_nothing_and_news_come_to_the_open_case(self):
        checks = self._ask_in_both()
        case = self._find()
        self.assertEqual(self._find(), case)
        self.assertEqual(case.check_ids, checks)
        self.assertEqual(len(case.activity_ids), 1)
        later = self._ask("DX-0001", self.station_north_user)
        self.assertEqual(self._find(), case)
        self.assertEqual(case.check_ids, checks | later)
        self.assertEqual(case.last_seen_at, later.create_date)

    def test_a_dismissed_case_does_not_come_back_on_the_same_evidence(self):
        self._ask_in_both()
        case = self._find()
        case.conclusion = "The dealer asked for both."
        case.action_dismiss()
        self.assertEqual(self._find(), case)
        self._ask("DX-0001", self.station_north_user)
        self.assertEqual(len(self._find()), 2)

    def test_one_open_case_per_serial_and_kind_in_the_database(self):
        self._ask_in_both()
        case = self._find()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            case._unguarded().create(
                {"kind": "far_apart", "signal_key": case.signal_key}
            )

    def test_many_unknown_serials_in_one_territory_are_a_case(self):
        checks = self.env["aftersales.serial.check"]
        for number in range(3):
            checks |= self._ask(f"FAKE-{number}", self.agent_north)
        self._ask("FAKE-9", self.agent_south)
        case = self._find()
        self.assertEqual(case.kind, "cluster")
        self.assertEqual(case.territory_id, self.north)
        self.assertEqual(case.check_ids, checks)
        self.assertEqual(self._find(), case)
        case.conclusion = "Typing errors."
        case.action_dismiss()
        self._ask("FAKE-5", self.agent_north)
        self.assertEqual(self._find(), case)

    def test_a_machine_that_needs_service_before_it_was_sold_is_a_case(self):
        check = self._ask("DX-0001", self.station_north_user, 24 * 20)
        check.write({"ticket_id": self.make_request().id})
        self._ask("DX-0001", self.agent_north, 24 * 20)
        self.unit_north.sale_date = fields.Date.today()
        case = self._find()
        self.assertEqual(case.kind, "before_sale")
        self.assertEqual(case.check_ids, check)
        self.assertIn(str(fields.Date.today()), case.finding)
        self.assertEqual(self._find(), case)

    def test_an_installation_before_the_sale_is_no_sign(self):
        check = self._ask("DX-0001", self.station_north_user, 24 * 20)
        check.write(
            {"ticket_id": self.make_request(request_type_id=self.installation.id).id}
        )
        self.unit_north.sale_date = fields.Date.today()
        self.assertFalse(self._find())

    def test_the_office_is_asked_and_closes_with_a_reason(self):
        self._ask_in_both()
        case = self._find()
        self.assertEqual(case.activity_ids.user_id, self.office_south)
        mine = case.with_user(self.office_south)
        mine.action_investigate()
        self.assertEqual(case.user_id, self.office_south)
        with self.assertRaises(UserError):
            mine.action_confirm()
        mine.conclusion = "Bought from an unknown dealer."
        mine.action_confirm()
        self.assertEqual(case.state, "confirmed")
        self.assertFalse(case.activity_ids)
        with self.assertRaises(UserError):
            mine.action_dismiss()

    def test_only_the_machine_of_a_confirmed_case_is_marked_by_its_own_office(self):
        self._ask_in_both("DX-0002")
        case = self._find()
        mine = case.with_user(self.office_south)
        with self.assertRaises(UserError):
            mine.action_mark_unit_copied()
        mine.conclusion = "Two nameplates."
        mine.action_investigate()
        mine.action_confirm()
        with self.assertRaises(AccessError):
            case.with_user(self.office_north).action_mark_unit_copied()
        mine.action_mark_unit_copied()
        self.assertEqual(self.unit_south.void_reason, "copied")
        check = self._ask("DX-0002", self.agent_north)
        self.assertEqual(check.verdict, "void")
        self.assertIn("copied", check.answer)

    def test_both_offices_see_the_case_and_only_their_own_questions(self):
        checks = self._ask_in_both()
        self._find()
        self.env.invalidate_all()
        case = self._cases().with_user(self.office_north)
        self.assertEqual(case.check_ids, checks[0].with_user(self.office_north))
        self.assertEqual(case.check_count, 2)
        self.assertTrue(case.finding)
        with self.assertRaises(AccessError):
            case.conclusion = "Not mine"
        form = case.web_read(
            {"check_ids": {"fields": {"city_id": {}}}, "display_name": {}}
        )
        self.assertEqual(len(form[0]["check_ids"]), 1)

    def test_what_was_found_cannot_be_written(self):
        self._ask_in_both()
        case = self._find().with_user(self.office_south)
        for vals in (
            {"state": "confirmed"},
            {"kind": "cluster"},
            {"check_ids": [fields.Command.clear()]},
            {"distance_km": 1.0},
            {"territory_id": self.north.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                case.write(vals)

    def test_queries_do_not_grow_with_the_number_of_signs(self):
        self.env.company.radar_cluster_size = 1000

        def count(serials):
            for serial in serials:
                self._ask_in_both(serial)
            self.env.flush_all()
            self.env.invalidate_all()
            radar = self.env["aftersales.counterfeit.case"]
            before = self.env.cr.sql_log_count
            for signals in radar._iterate_signals(self.env.company):
                radar._apply_signals(self.env.company, signals)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(["W-1"])
        one = count(["Q-1"])
        many = count([f"R-{number}" for number in range(20)])
        self.assertLessEqual(many, one + 2)
