from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestTimeline(AftersalesCase):
    """Everything said and written on a customer and a machine, in one list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.make_request()
        cls.call = cls.env["aftersales.interaction"].create(
            {
                "partner_id": cls.customer_north.id,
                "unit_id": cls.unit_north.id,
                "summary": "Asked for a manual",
                "moment": "2026-01-01 08:00:00",
            }
        )

    def post(self, record, body, date, message_type="comment", **more):
        message = record.message_post(body=body, message_type=message_type, **more)
        message.date = date
        return message

    def rows(self, *domain, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["aftersales.timeline"].with_user(user or self.agent_north)
        return rows.search(list(domain))

    def test_calls_mails_sms_and_notes_are_one_list_newest_first(self):
        customer = self.customer_north
        public = {"subtype_xmlid": "mail.mt_comment"}
        self.post(self.ticket, "It broke", "2026-01-05", "email", author_id=customer.id)
        self.post(self.ticket, "We come", "2026-01-06", **public)
        self.post(self.ticket, "On the way", "2026-01-07", "sms")
        self.post(self.unit_north, "Plate is loose", "2026-01-08")
        self.post(customer, "Wants a bill", "2026-01-09", author_id=customer.id)
        found = [
            (row.medium, row.direction, row.summary)
            for row in self.rows(("partner_id", "=", customer.id))
        ]
        self.assertEqual(
            found,
            [
                ("note", "in", "Wants a bill"),
                ("note", "out", "Plate is loose"),
                ("sms", "out", "On the way"),
                ("message", "out", "We come"),
                ("email", "in", "It broke"),
                ("phone", "in", "Asked for a manual"),
            ],
        )

    def test_what_the_system_notes_of_itself_is_left_out(self):
        self.post(self.ticket, "Stage changed", "2026-01-05", "notification")
        rows = self.rows(("partner_id", "=", self.customer_north.id))
        self.assertEqual(rows.interaction_id, self.call)
        self.assertFalse(rows.message_id)

    def test_nothing_is_stored_twice(self):
        before = self.env["aftersales.interaction"].search_count([])
        self.post(self.ticket, "On the way", "2026-01-07", "sms")
        rows = self.rows(("ticket_id", "=", self.ticket.id))
        self.assertEqual(len(rows), 1)
        self.assertEqual(self.env["aftersales.interaction"].search_count([]), before)

    def test_the_machine_shows_what_was_said_of_its_requests(self):
        self.post(self.ticket, "It smokes", "2026-01-05")
        self.env.flush_all()
        unit = self.unit_north.with_user(self.agent_north)
        said = unit.timeline_ids.mapped("summary")
        self.assertEqual(said, ["It smokes", "Asked for a manual"])
        Form(unit, view="aftersales_service.unit_view_form")

    def test_a_row_opens_what_it_tells_about(self):
        self.post(self.ticket, "A", "2026-01-05")
        self.post(self.unit_north, "B", "2026-01-04")
        self.post(self.customer_north, "C", "2026-01-03")
        opened = [
            (action["res_model"], action["res_id"])
            for action in (
                row.action_open_record()
                for row in self.rows(("partner_id", "=", self.customer_north.id))
            )
        ]
        records = (self.ticket, self.unit_north, self.customer_north, self.call)
        self.assertEqual(opened, [(item._name, item.id) for item in records])

    def test_a_contact_is_written_down_with_the_customer_filled_in(self):
        customer = self.customer_north.with_user(self.agent_north)
        opened = customer.action_open_interactions()
        timeline = self.env[opened["res_model"]].with_user(self.agent_north)
        action = timeline.with_context(**opened["context"]).action_write_down()
        contacts = self.env[action["res_model"]].with_user(self.agent_north)
        with Form(contacts.with_context(**opened["context"])) as form:
            self.assertEqual(form.partner_id, self.customer_north)

    def test_nothing_is_told_across_the_border(self):
        south = self.make_request(self.unit_south)
        self.post(south, "Secret", "2026-01-05")
        self.post(self.unit_south, "Secret", "2026-01-05")
        self.post(self.customer_south, "Secret", "2026-01-05")
        domain = ("partner_id", "=", self.customer_south.id)
        self.assertFalse(self.rows(domain))
        self.assertEqual(len(self.rows(domain, user=self.agent_south)), 3)
        self.assertEqual(len(self.rows(domain, user=self.headquarters)), 3)
        for user in (self.station_north_user, self.make_user("department")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.rows(domain, user=user)

    def test_a_customer_who_is_known_here_too_keeps_his_own_talks(self):
        """He visits with his machine; what his home was told stays there."""
        self.post(self.customer_south, "Secret", "2026-01-05")
        self.make_request(self.unit_south, site_state_id=self.state_north.id)
        guest = self.customer_south.with_user(self.agent_north)
        self.assertTrue(guest._filtered_access("read"))
        self.env.flush_all()
        self.assertFalse(self.rows(("partner_id", "=", guest.id)))
        self.assertEqual(guest.interaction_count, 0)

    def test_the_queries_are_the_same_for_many(self):
        counts = []
        for number in (1, 1, 50):
            for turn in range(number):
                self.post(self.ticket, f"Word {turn}", "2026-01-05")
            rows = self.rows(("ticket_id", "=", self.ticket.id))
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            rows.mapped("summary")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
