from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestExchange(KnowledgeCase):
    """Offices and headquarters exchange in a channel that nobody else reads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel = cls.env.ref("aftersales_knowledge.channel_exchange")
        cls.office = cls.env.ref("aftersales_service.group_aftersales_office")
        cls.hq_group = cls.env.ref("aftersales_service.group_aftersales_headquarters")

    def is_member(self, user):
        self.env.invalidate_all()
        return user.partner_id in self.channel.channel_partner_ids

    def test_offices_and_headquarters_are_in_it_and_exchange(self):
        for user in (self.office_north, self.office_south, self.headquarters):
            with self.subTest(user=user.login):
                self.assertTrue(self.is_member(user))
                self.channel.with_user(user).message_post(
                    body=f"From {user.login}", subtype_xmlid="mail.mt_comment"
                )
        door = self.env["mail.message"].with_user(self.office_south)
        bodies = door.search(
            [("model", "=", "discuss.channel"), ("res_id", "=", self.channel.id)]
        ).mapped("body")
        self.assertIn("From office-t-n", "".join(bodies))

    def test_who_gets_the_role_comes_in_and_who_loses_it_leaves(self):
        agent = self.agent_north
        self.assertFalse(self.is_member(agent))
        changes = [
            (agent, [Command.link(self.office.id)], True),
            (agent, [Command.unlink(self.office.id)], False),
            (agent, [Command.link(self.hq_group.id)], True),
            (agent, [Command.set(self.agent_south.group_ids.ids)], False),
        ]
        for user, command, expected in changes:
            user.write({"group_ids": command})
            with self.subTest(command=command):
                self.assertEqual(self.is_member(user), expected)
        for command, expected in ((Command.link, True), (Command.unlink, False)):
            self.office.write({"user_ids": [command(agent.id)]})
            with self.subTest(command=command, by="group"):
                self.assertEqual(self.is_member(agent), expected)
        self.assertTrue(self.is_member(self.office_north))
        self.hq_group.implied_ids = [Command.unlink(self.office.id)]
        self.assertFalse(self.is_member(self.headquarters))

    def test_who_leaves_the_company_leaves_the_channel(self):
        self.office_north.active = False
        self.assertFalse(self.is_member(self.office_north))

    def test_nobody_else_sees_it(self):
        message = self.channel.message_post(
            body="For offices", subtype_xmlid="mail.mt_comment"
        )
        strangers = (
            *(self.agent_north, self.quality, self.editor),
            *(self.station_north_user, self.customer_user),
            self.env.ref("base.public_user"),
        )
        for user in strangers:
            self.env.invalidate_all()
            channel = self.channel.with_user(user)
            with self.subTest(user=user.login):
                self.assertFalse(self.is_member(user))
                self.assertFalse(channel.search([("id", "=", channel.id)]))
                with self.assertRaises(AccessError):
                    channel.read(["name"])
                with self.assertRaises(AccessError):
                    message.with_user(user).read(["body"])
                with self.assertRaises(AccessError):
                    channel.message_post(body="From outside")
                with self.assertRaises(AccessError):
                    channel.channel_member_ids.create(
                        {"channel_id": channel.id, "partner_id": user.partner_id.id}
                    )

    def test_a_stranger_is_not_invited(self):
        channel = self.channel.with_user(self.office_north)
        thread = channel._create_sub_channel(name="Oil in winter")
        for user in (self.station_north_user, self.agent_north):
            for door in (channel, thread):
                with self.subTest(user=user.login, door=door.name):
                    with self.assertRaises(ValidationError) as refused:
                        door.add_members(partner_ids=user.partner_id.ids)
                    self.assertIn("Only offices", str(refused.exception))
                    self.assertFalse(self.is_member(user))
        guest = self.env["mail.guest"].create({"name": "Visitor"})
        with self.assertRaises(ValidationError):
            channel.add_members(guest_ids=guest.ids)

    def test_who_lost_the_role_leaves_the_threads_too(self):
        thread = self.channel.with_user(self.office_north)._create_sub_channel(
            name="Oil in winter"
        )
        thread = thread.sudo()
        self.assertIn(self.office_north.partner_id, thread.channel_partner_ids)
        self.office_north.write({"group_ids": [Command.unlink(self.office.id)]})
        self.env.invalidate_all()
        self.assertNotIn(self.office_north.partner_id, thread.channel_partner_ids)
        with self.assertRaises(AccessError):
            thread.with_user(self.office_north).read(["name"])

    def test_a_member_does_not_open_it_to_others(self):
        everybody = self.env.ref("base.group_user")
        door = self.channel.with_user(self.office_north)
        for vals in (
            {"group_public_id": False},
            {"group_public_id": everybody.id},
            {"group_ids": [Command.link(everybody.id)]},
            {"active": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                door.write(vals)
        door.description = "Oil in winter"
