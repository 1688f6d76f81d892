from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .test_work_order_report import ReportCase


@tagged("post_install", "-at_install")
class TestOwnTeam(ReportCase):
    """A technician of an own team works in the web client as stations do on a phone."""

    def setUp(self):
        super().setUp()
        team = self.make_station("Own team", self.north, is_internal_team=True)
        technician = self.make_user("agent", self.north, login="own-tech")
        technician.partner_id.parent_id = team
        ticket = self.make_request(
            symptom_id=self.symptom.id,
            fault_text="Smokes at every hill",
            contact_phone="+86 139 0000 1111",
        )
        self.job = self.make_work_order(ticket, team, state="on_site")
        self.mine = self.job.with_user(technician)

    def test_who_called_what_is_wrong_and_what_to_bring_back_is_told(self):
        self.repair.photo_ids = [Command.create({"name": "Nameplate"})]
        form = Form(self.mine)
        self.assertEqual(form.contact_phone, "+86 139 0000 1111")
        self.assertEqual(form.fault_text, "Smokes at every hill")
        self.assertEqual(form.told_symptom_id, self.symptom)
        self.assertIn("ask the office", form.who_pays)
        self.assertIn("Photo: Nameplate", form.report_needs)

    def test_the_map_leads_to_the_customer(self):
        self.job.ticket_id.site_street = "Highway 7"
        self.assertIn("Highway", self.mine.action_open_map()["url"])

    def test_a_scanned_part_becomes_a_line(self):
        self.part.barcode = "6901234567892"
        for expected in (1, 2):
            with Form(self.mine) as form:
                form.scan_text = " 6901234567892 "
            line = self.job.part_line_ids
            self.assertEqual(line.product_id, self.part)
            self.assertEqual(line.quantity, expected)
        self.assertFalse(self.mine.scan_text)

    def test_an_unknown_code_is_one_sentence_and_loses_nothing(self):
        form = Form(self.mine)
        form.work_text = "Pump replaced"
        form.scan_text = "nothing"
        with self.assertRaisesRegex(UserError, "No part has the code nothing"):
            form.save()
        self.assertEqual(form.work_text, "Pump replaced")

    def test_a_report_that_is_closed_takes_no_scanned_part(self):
        self.job._update_state("reported")
        with self.assertRaises(UserError):
            self.mine.scan_text = "T-PUMP"

    def test_everything_missing_is_told_in_words_the_client_can_show(self):
        with self.assertRaises(UserError) as caught:
            self.mine.action_submit_report()
        self.assertIs(type(caught.exception), UserError)
        self.assertIn("symptom", str(caught.exception).lower())
        self.assertEqual(self.job.state, "on_site")

    def test_his_teams_jobs_are_one_click_away(self):
        other = self.make_work_order(state="accepted")
        found = self.mine.search(
            [("station_id.child_ids.user_ids", "=", self.mine.env.uid)]
        )
        self.assertIn(self.job, found)
        self.assertNotIn(other, found)
