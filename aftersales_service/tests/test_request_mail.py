from odoo.tests import tagged

from ..tools import clue
from .common import AftersalesCase

LETTER = """From: {sender}
To: service@example.com
Subject: {subject}
Message-Id: <{id}@example.com>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

{body}
"""


@tagged("post_install", "-at_install")
class TestRequestMail(AftersalesCase):
    """A letter makes the same request as a call."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer_north.email = "north@example.com"

    def _receive(self, subject="Help", body="", sender="north@example.com"):
        text = LETTER.format(
            sender=sender, subject=subject, body=body, id=f"{hash((subject, body))}"
        )
        ticket_id = self.env["mail.thread"].message_process("helpdesk.ticket", text)
        return self.env["helpdesk.ticket"].browse(ticket_id)

    def test_the_machine_is_found_in_the_letter(self):
        for subject, body in (
            ("Engine DX-0001 stands still", "Please come."),
            ("Help", "My engine (no. dx 0001) does not start.\nCall 138 0000 0000"),
            ("Help", "序列号：ＤＸ－０００１，不能启动"),
        ):
            with self.subTest(subject + body):
                ticket = self._receive(subject, body)
                self.assertEqual(ticket.unit_id, self.unit_north)
                self.assertEqual(ticket.serial_verdict, "genuine")
                self.assertEqual(ticket.partner_id, self.customer_north)
                self.assertEqual(ticket.request_type_id, self.repair)
                self.assertIn(body.split("\n")[0], ticket.fault_text)
                self.assertEqual(ticket.territory_id, self.north)
                self.assertTrue(ticket.resolve_deadline)
                self.assertEqual(
                    ticket.channel_id,
                    self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email"),
                )
                self.assertEqual(len(ticket.serial_check_ids), 1)

    def test_two_machines_or_none_wait_for_a_person(self):
        for subject in ("DX-0001 and DX-0002", "Question", "Invoice 2026-0001"):
            with self.subTest(subject):
                ticket = self._receive(subject, "Hello")
                self.assertFalse(ticket.unit_id)
                self.assertFalse(ticket.request_type_id)
                self.assertEqual(ticket.name, subject)

    def test_a_hostile_letter_is_cut(self):
        ticket = self._receive("DX-0001", "<script>x</script> " + "a1b2 " * 9000)
        self.assertEqual(ticket.unit_id, self.unit_north)
        self.assertNotIn("<script", ticket.description)
        self.assertLessEqual(len(ticket.fault_text), 5000)

    def test_serials_in_a_text(self):
        self.assertLessEqual(
            {"DX0001", "0001"}, set(clue.find_serials("no DX 0001, 2 pcs"))
        )
        self.assertFalse(clue.find_serials("Hello, please call me back"))
