from lxml import html

from odoo import http
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import AftersalesCase

# What a customer or station may read of a request; nothing is added unless a
# portal page needs it.
PORTAL_FIELDS = {
    "access_url",
    "access_warning",
    "active",
    "attachment_ids",
    "category_id",
    "closed",
    "closed_date",
    "commercial_partner_id",
    "company_id",
    "component_id",
    "contact_phone",
    "create_date",
    "description",
    "display_name",
    "fault_text",
    "has_message",
    "id",
    "last_stage_update",
    "message_ids",
    "message_is_follower",
    "name",
    "number",
    "owner_id",
    "partner_email",
    "partner_id",
    "partner_name",
    "priority",
    "product_id",
    "promised_date",
    "received_at",
    "request_type_id",
    "resolve_deadline",
    "serial_typed",
    "service_state",
    "site_address",
    "site_city_id",
    "site_latitude",
    "site_longitude",
    "site_state_id",
    "site_street",
    "site_zip",
    "stage_id",
    "station_id",
    "summary",
    "symptom_id",
    "unit_id",
    "warranty_result",
    "website_message_ids",
    "wished_at",
    "write_date",
}


@tagged("post_install", "-at_install")
class TestHelpdeskRights(AftersalesCase):
    """What helpdesk_mgmt left open is shut."""

    def test_portal_reads_these_fields_of_a_request_and_no_others(self):
        tickets = self.env["helpdesk.ticket"].with_user(self.customer_user)
        self.assertEqual(set(tickets.fields_get()), PORTAL_FIELDS)

    def test_public_cannot_write_stages(self):
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_new")
        with self.assertRaises(AccessError):
            stage.with_user(self.env.ref("base.public_user")).name = "Hacked"

    def test_customer_sees_own_requests_and_those_of_his_machine(self):
        own = self.make_request()
        by_dealer = self.make_request(partner_id=self.station_south.id)
        by_dealer.serial_typed = False
        foreign = self.make_request(self.unit_south)
        seen = self.env["helpdesk.ticket"].with_user(self.customer_user).search([])
        self.assertIn(own, seen)
        self.assertEqual(by_dealer.owner_id, self.customer_north)
        self.assertIn(by_dealer, seen, "somebody else reported his machine")
        self.assertNotIn(foreign, seen)

    def test_request_that_contradicts_the_file_is_not_shown_to_the_owner(self):
        ticket = self.make_request(
            partner_id=self.customer_south.id, unit_id=False, serial_typed="DX-0001"
        )
        self.assertEqual(ticket.serial_verdict, "mismatch")
        self.assertEqual(ticket.unit_id, self.unit_north)
        seen = self.env["helpdesk.ticket"].with_user(self.customer_user).search([])
        self.assertNotIn(ticket, seen)

    def test_station_sees_the_request_while_the_job_is_its_own(self):
        ticket = self.make_request()
        tickets = self.env["helpdesk.ticket"].with_user(self.station_north_user)
        self.assertNotIn(ticket, tickets.search([]))
        order = self.make_work_order(ticket, state="offered")
        self.assertEqual(ticket.station_id, self.station_north)
        self.assertIn(ticket, tickets.search([]))
        order._update_state("declined")
        self.assertFalse(ticket.station_id)
        self.assertNotIn(ticket, tickets.search([]))
        south = self.env["helpdesk.ticket"].with_user(self.station_south_user)
        self.assertNotIn(ticket, south.search([]))

    def test_following_gives_no_right(self):
        ticket = self.make_request(self.unit_south)
        ticket.message_subscribe(self.customer_user.partner_id.ids)
        ticket.message_subscribe(self.agent_north.partner_id.ids)
        for user in (self.customer_user, self.agent_north):
            with self.assertRaises(AccessError):
                ticket.with_user(user).read(["name"])

    def test_request_of_an_employee_does_not_open_the_border(self):
        ticket = self.make_request(
            self.unit_south, partner_id=self.agent_north.partner_id.id
        )
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent_north).read(["name"])

    def test_department_sees_its_team_and_nothing_without_a_team(self):
        user = self.make_user("department")
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Design", "user_ids": [Command.set(user.ids)]}
        )
        own = self.make_request(team_id=team.id)
        other = self.make_request()
        self.assertFalse(other.team_id)
        tickets = self.env["helpdesk.ticket"].with_user(user)
        self.assertEqual(tickets.search([]), own)
        team.user_ids = [Command.clear()]
        self.assertFalse(tickets.search([]), "a right that was revoked ends at once")

    def test_department_answers_the_sheets_of_its_team(self):
        user = self.make_user("department")
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Design", "user_ids": [Command.set(user.ids)]}
        )
        own, other = self.make_request(team_id=team.id), self.make_request()
        answer = {
            "body": "A new seal is on its way",
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        }
        message = own.with_user(user).message_post(**answer)
        self.assertEqual(message.author_id, user.partner_id)
        self.assertIn(message, own.message_ids)
        with self.assertRaises(AccessError):
            other.with_user(user).message_post(**answer)

    def test_chatter_and_attachments_of_anothers_request_are_refused(self):
        ticket = self.make_request(self.unit_south)
        message = ticket.message_post(
            body="secret", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        attachment = self.env["ir.attachment"].create(
            {
                "name": "secret.txt",
                "raw": b"secret",
                "res_model": "helpdesk.ticket",
                "res_id": ticket.id,
            }
        )
        for user in (self.customer_user, self.station_north_user, self.agent_north):
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    message.with_user(user).read(["body"])
                with self.assertRaises(AccessError):
                    attachment.with_user(user).read(["raw"])
                with self.assertRaises(AccessError):
                    ticket.with_user(user).message_post(body="I was here")


@tagged("post_install", "-at_install")
class TestRequestPortal(HttpCase, AftersalesCase):
    """The customer's pages, and what a hostile customer tries."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (
            cls.customer_user,
            cls.station_north_user,
            cls.station_south_user,
        ):
            user.password = "portal-pass-1"
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.cancelled = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        cls.rejected = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_rejected")

    def log_in(self, user):
        self.authenticate(user.login, "portal-pass-1")

    def close(self, ticket, stage, **more):
        return self.url_open(
            "/ticket/close",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "ticket_id": ticket if isinstance(ticket, str) else ticket.id,
                "stage_id": stage.id,
                **more,
            },
            allow_redirects=False,
        )

    def test_customer_reads_number_machine_state_and_promise(self):
        ticket = self.make_request()
        self.make_work_order(ticket, planned_date="2030-05-17")
        self.log_in(self.customer_user)
        response = self.url_open("/my/tickets")
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.content)
        text = page.xpath("//div[hasclass('o_aftersales_requests')]")[0].text_content()
        for word in (ticket.number, "Engine 4105", "DX-0001", "In progress", "2030"):
            self.assertIn(word, text)
        response = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertEqual(response.status_code, 200)
        self.assertIn("DX-0001", response.text)
        self.assertIn("Station North", response.text)
        self.assertNotIn(f"(#{ticket.id})", response.text)

    def test_request_of_another_is_not_opened(self):
        ticket = self.make_request(self.unit_south)
        self.log_in(self.customer_user)
        response = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertTrue(response.url.endswith("/my"), response.url)
        self.assertNotIn(ticket.number, response.text)

    def test_customer_cancels_his_request(self):
        ticket = self.make_request()
        self.log_in(self.customer_user)
        response = self.close(ticket, self.cancelled)
        self.assertEqual(response.status_code, 303)
        self.assertEqual(ticket.stage_id, self.cancelled)
        self.assertTrue(ticket.closed_date)

    def test_request_is_not_closed_by_a_link(self):
        ticket = self.make_request()
        self.log_in(self.customer_user)
        response = self.url_open(
            f"/ticket/close?ticket_id={ticket.id}&stage_id={self.cancelled.id}"
        )
        self.assertNotEqual(response.status_code, 200)
        self.assertFalse(ticket.closed)

    def test_request_is_not_closed_without_the_token(self):
        ticket = self.make_request()
        self.log_in(self.customer_user)
        with self.assertLogs("odoo.http", "WARNING"):
            response = self.close(ticket, self.cancelled, csrf_token="forged")
        self.assertEqual(response.status_code, 400)
        self.assertFalse(ticket.closed)

    def test_request_of_another_is_not_closed(self):
        ticket = self.make_request(self.unit_south)
        self.log_in(self.customer_user)
        for number in (ticket, "999999999", "x", "-1", "１"):
            with self.subTest(number):
                response = self.close(number, self.cancelled)
                self.assertEqual(response.status_code, 404)
        self.assertFalse(ticket.closed)

    def test_station_does_not_close_the_customers_request(self):
        ticket = self.make_request()
        self.make_work_order(ticket, state="done")
        self.log_in(self.station_north_user)
        self.assertEqual(self.close(ticket, self.done).status_code, 404)
        self.assertFalse(ticket.closed)

    def test_request_is_not_closed_while_somebody_works_on_it(self):
        ticket = self.make_request()
        self.make_work_order(ticket, state="on_site")
        self.log_in(self.customer_user)
        self.assertEqual(self.close(ticket, self.cancelled).status_code, 404)
        self.assertEqual(self.close(ticket, self.rejected).status_code, 404)
        self.assertFalse(ticket.closed)
        page = self.url_open(f"/my/ticket/{ticket.id}").text
        self.assertNotIn("/ticket/close", page)

    def test_customer_asks_for_service_with_a_serial(self):
        self.log_in(self.customer_user)
        page = self.url_open("/new/ticket")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Serial number", page.text)
        self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "request_type": self.repair.id,
                "serial": "dx 0001",
                "description": "No start <script>",
                "category": "x' OR 1",
                "phone": "123",
            },
        )
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.partner_id, self.customer_user.partner_id)
        self.assertEqual(ticket.unit_id, self.unit_north)
        self.assertEqual(ticket.serial_check_ids.channel, "portal")
        self.assertEqual(ticket.request_type_id, self.repair)
        self.assertNotIn("<script>", ticket.description)

    def test_typing_a_strangers_serial_tells_nothing_of_his_address(self):
        self.unit_south.write(
            {"site_street": "Secret street 5", "site_city_id": self.city_south.id}
        )
        self.log_in(self.customer_user)
        self.url_open(
            "/submitted/ticket",
            data={
                "csrf_token": http.Request.csrf_token(self),
                "request_type": self.repair.id,
                "serial": "DX-0002",
                "description": "x",
            },
        )
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.serial_verdict, "mismatch")
        self.assertNotEqual(ticket.site_street, "Secret street 5")
        self.assertFalse(ticket.owner_id)
        page = self.url_open(f"/my/ticket/{ticket.id}").text
        self.assertIn(ticket.number, page)
        self.assertNotIn("Secret street", page)
        self.assertNotIn("Customer South", page)

    def test_customer_writes_on_his_request(self):
        ticket = self.make_request()
        message = ticket.with_user(self.customer_user).message_post(
            body="When do you come?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.assertIn(message, ticket.message_ids)
