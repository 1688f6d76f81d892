from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestChat(KnowledgeCase):
    """A chat with a visitor becomes a contact once, and a request by a command."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        livechat = cls.env.ref("im_livechat.im_livechat_group_user")
        for agent in (cls.agent_north, cls.agent_south):
            agent.group_ids = [Command.link(livechat.id)]
        cls.contacts = cls.env["aftersales.interaction"]

    def make_chat(self, *words, agent=None, visitor=None, guest="Visitor"):
        """A chat as the widget makes it: an agent and a visitor, who speaks."""
        agent = agent or self.agent_north
        channel = (
            self.env["discuss.channel"]
            .with_user(agent)
            .sudo()
            .create(
                {
                    "name": "Chat",
                    "channel_type": "livechat",
                    "livechat_operator_id": agent.partner_id.id,
                    "channel_member_ids": [
                        Command.create(
                            {
                                "partner_id": agent.partner_id.id,
                                "livechat_member_type": "agent",
                            }
                        )
                    ],
                }
            )
        )
        member = {"livechat_member_type": "visitor"}
        if visitor:
            author = {"author_id": visitor.id}
            member["partner_id"] = visitor.id
        else:
            guest = self.env["mail.guest"].create({"name": guest})
            author = {"author_guest_id": guest.id, "author_id": False}
            member["guest_id"] = guest.id
        channel.channel_member_ids = [Command.create(member)]
        for text in words:
            channel.message_post(body=text, message_type="comment", **author)
        return channel.with_env(self.env)

    def close(self, channel):
        channel.sudo().livechat_end_dt = fields.Datetime.now()
        return self.contacts.search([("chat_id", "=", channel.id)])

    def test_a_closed_chat_of_a_known_visitor_becomes_a_contact(self):
        channel = self.make_chat("It smokes", "badly", visitor=self.customer_north)
        contact = self.close(channel)
        self.assertEqual(contact.partner_id, self.customer_north)
        self.assertEqual(contact.territory_id, self.north)
        self.assertEqual(contact.user_id, self.agent_north)
        self.assertEqual(contact.summary, "It smokes")
        self.assertEqual(contact.kind_id.code, "chat")
        reader = contact.with_user(self.office_north)
        self.assertEqual(
            reader.chat_text, f"{self.customer_north.name}: It smokes\nbadly"
        )
        Form(reader)

    def test_a_stranger_is_named_as_he_named_himself(self):
        contact = self.close(self.make_chat("Hello", guest="Wang"))
        self.assertFalse(contact.partner_id)
        self.assertEqual(contact.number, "Wang")
        self.assertEqual(contact.territory_id, self.north)

    def test_it_is_written_down_once(self):
        channel = self.make_chat("Hello")
        self.assertEqual(self.close(channel), self.close(channel))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.contacts.create({"chat_id": channel.id})

    def test_a_visitor_closes_it_without_rights_of_his_own(self):
        channel = self.make_chat("Hello", visitor=self.station_north_user.partner_id)
        channel.with_user(self.station_north_user)._close_livechat_session()
        self.assertTrue(self.contacts.search([("chat_id", "=", channel.id)]))

    def test_a_silent_or_foreign_chat_is_none_of_ours(self):
        self.assertFalse(self.close(self.make_chat()))
        seller = self.env["res.users"].create(
            {
                "name": "Seller",
                "login": "seller",
                "group_ids": [Command.set([self.env.ref("base.group_user").id])],
            }
        )
        self.assertFalse(self.close(self.make_chat("Hello", agent=seller)))
        group = self.env["discuss.channel"].create(
            {"name": "Team", "channel_type": "channel"}
        )
        group._keep_chats()
        self.assertFalse(self.contacts.search([("chat_id", "=", group.id)]))

    def test_a_customer_behind_the_border_is_not_linked(self):
        contact = self.close(self.make_chat("Hello", visitor=self.customer_south))
        self.assertFalse(contact.partner_id)
        self.assertEqual(contact.territory_id, self.north)

    def test_nobody_names_a_chat_himself(self):
        channel = self.make_chat("Secret", agent=self.agent_south)
        contacts = self.contacts.with_user(self.agent_north)
        with self.assertRaises(AccessError):
            contacts.create({"chat_id": channel.id})
        own = contacts.with_context(default_chat_id=channel.id).create({})
        self.assertFalse(own.chat_text)
        with self.assertRaises(AccessError):
            own.chat_id = channel

    def test_the_command_makes_one_request_with_the_words(self):
        channel = self.make_chat(
            "My machine DX-0001 smokes", visitor=self.customer_north
        )
        door = channel.with_user(self.agent_north)
        door.execute_command_request(body="/request Smokes badly")
        contact = self.contacts.search([("chat_id", "=", channel.id)])
        ticket = contact.ticket_id
        self.assertEqual(ticket.partner_id, self.customer_north)
        self.assertEqual(ticket.unit_id, self.unit_north)
        self.assertEqual(ticket.channel_id.name, "Chat")
        self.assertIn("Smokes badly", ticket.fault_text)
        self.assertIn("DX-0001 smokes", ticket.fault_text)
        door.execute_command_request(body="/request Again")
        self.assertEqual(contact.ticket_id, ticket)
        self.assertEqual(self.close(channel), contact)
        tickets = self.env["helpdesk.ticket"]
        found = tickets.search([("interaction_ids.chat_id", "=", channel.id)])
        self.assertEqual(found, ticket)

    def test_a_silent_chat_makes_no_request(self):
        door = self.make_chat().with_user(self.agent_north)
        tickets = self.env["helpdesk.ticket"]
        before = tickets.search_count([])
        with self.assertRaisesRegex(UserError, "No visitor"):
            door.execute_command_request(body="/request Smokes")
        self.assertEqual(tickets.search_count([]), before)

    def test_words_of_a_visitor_stay_words(self):
        channel = self.make_chat("<img src=x onerror=alert(1)>")
        channel.with_user(self.agent_north).execute_command_request(body="/request")
        contact = self.contacts.search([("chat_id", "=", channel.id)])
        self.assertNotIn("<img", str(contact.ticket_id.description))

    def test_who_takes_no_requests_or_sits_elsewhere_makes_none_of_a_chat(self):
        """Livechat lets every operator read every chat."""
        channel = self.make_chat("Hello", visitor=self.station_north_user.partner_id)
        for user in (self.station_north_user, self.editor, self.agent_south):
            door = channel.with_user(user)
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                door.execute_command_request(body="/request")
        team = self.env["discuss.channel"].create({"name": "Team"})
        with self.assertRaises(AccessError):
            team.with_user(self.agent_north).execute_command_request(body="/request")
