from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .test_part_return import ReturnCase


@tagged("post_install", "-at_install")
class TestPartReminder(ReturnCase):
    """Stations are asked again for failed parts that are late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.station_north.email = "north@example.com"
        cls.today = cls.env.company._get_today()

    def make_overdue(self, count=2):
        parts = self.env["aftersales.part.return"].union(
            *(self.failed() for _number in range(count))
        )
        parts._write_guarded({"due_date": self.today - timedelta(days=1)})
        self.env.flush_all()
        return parts

    def remind(self):
        """Run the cron once; the mails it queued."""
        known = self.env["mail.mail"].search([])
        whole = patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        )
        with whole:
            self.env["aftersales.part.return"]._cron_remind_overdue()
        return self.env["mail.mail"].search([]) - known

    def test_one_letter_names_all_that_is_overdue(self):
        parts = self.make_overdue()
        due = self.failed()
        letter = self.remind()
        self.assertEqual(len(letter), 1)
        self.assertEqual(letter.recipient_ids, self.station_north)
        for part in parts:
            self.assertIn(part.name, letter.body_html)
        self.assertNotIn(due.name, letter.body_html)
        self.assertIn("/my/returns", letter.body_html)
        self.assertEqual(set(parts.mapped("reminded_on")), {self.today})

    def test_the_station_is_asked_again_after_a_week(self):
        parts = self.make_overdue(1)
        self.assertTrue(self.remind())
        self.assertFalse(self.remind())
        parts._write_guarded({"reminded_on": self.today - timedelta(days=7)})
        self.assertTrue(self.remind())
        parts._send()
        parts._write_guarded({"reminded_on": self.today - timedelta(days=7)})
        self.assertFalse(self.remind())

    def test_the_letter_is_in_the_stations_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self.env.ref("aftersales_service.mail_template_part_overdue")
        template.with_context(lang="zh_CN").subject = "请寄回旧件"
        self.station_north.lang = "zh_CN"
        self.make_overdue(1)
        self.assertEqual(self.remind().subject, "请寄回旧件")

    def test_without_a_mail_the_office_is_told_once(self):
        self.north.manager_id = self.office_north
        self.station_north.email = False
        parts = self.make_overdue()
        self.assertFalse(self.remind().filtered("recipient_ids"))
        asked = parts.work_order_id.activity_ids.filtered(
            lambda activity: "overdue" in (activity.summary or "")
        )
        self.assertEqual(asked.mapped("user_id"), self.office_north)
        self.assertEqual(len(asked), 1)
