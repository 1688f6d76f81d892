from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext

from ...tools import chat

AGENT = "aftersales_service.group_aftersales_agent"
COMMAND = "/request"


class DiscussChannel(models.Model):
    """A chat with a visitor becomes a contact, and a request by a command."""

    _inherit = "discuss.channel"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("livechat_end_dt"):
            self._keep_chats()
        return result

    def _keep_chats(self):
        """Write down those that an agent of ours had, once each.

        Called when a chat ends, by whoever ended it, the visitor too; a chat of
        somebody who takes no requests is none of the service's.

        :return: contacts of these chats, as superuser
        """
        # Whether it is written down; the rest is done with the agent's rights.
        contacts = self.env["aftersales.interaction"].sudo()
        known = contacts.search([("chat_id", "in", self.ids)])
        for channel in (self - known.chat_id.with_env(self.env)).sudo():
            agent = channel._get_chat_agent()
            if agent and channel._get_visitor_messages():
                rights = contacts.with_user(agent).with_company(agent.company_id)
                vals = channel._prepare_contact_vals(agent)
                known |= rights.sudo().create(vals).with_env(contacts.env)
        for contact in known:
            contact.duration_minutes = contact.chat_id._get_chat_minutes()
        return known

    def _get_chat_agent(self):
        """The agent of ours who spoke in this chat, else an empty user."""
        if self.channel_type != "livechat":
            return self.env["res.users"]
        partners = self.livechat_agent_partner_ids or self.livechat_operator_id
        agents = partners.user_ids.filtered(lambda user: user.has_group(AGENT))
        return agents[:1]

    def _get_visitor(self):
        """The one customer among who wrote; empty with a stranger beside."""
        if self.livechat_customer_guest_ids:
            return self.env["res.partner"]
        customers = self.livechat_customer_partner_ids
        public = customers.filtered("is_public")
        return customers if len(customers) == 1 and not public else customers.browse()

    def _get_visitor_messages(self):
        """What was written by who is neither agent nor robot, oldest first."""
        ours = self.livechat_agent_partner_ids | self.livechat_bot_partner_ids
        ours |= self.livechat_operator_id
        return self._get_words().filtered(lambda word: word.author_id not in ours)

    def _get_words(self):
        messages = self.message_ids.filtered(
            lambda message: message.message_type != "notification"
        )
        return messages.sorted("id")

    def _prepare_contact_vals(self, agent):
        """Values of the contact of this chat, with links the agent may read."""
        self.ensure_one()
        visitor = self._get_visitor().with_user(agent)._filtered_access("read")
        guests = self.livechat_customer_guest_ids
        words = self._get_visitor_messages().mapped("body")
        return {
            "chat_id": self.id,
            "kind_id": self.env.ref("aftersales_service.interaction_kind_chat").id,
            "direction": "in",
            "moment": self.create_date,
            "partner_id": visitor.id,
            "number": ", ".join(guests.mapped("name")) or False,
            "user_id": agent.id,
            "summary": chat.summary(html2plaintext(body) for body in words),
        }

    def _get_chat_minutes(self):
        end = self.livechat_end_dt or fields.Datetime.now()
        return (end - self.create_date).total_seconds() / 60

    def _get_chat_transcript(self):
        """The chat as plain text; empty for an empty channel."""
        return chat.transcript(
            (
                message.author_id.name or message.author_guest_id.name or "",
                html2plaintext(message.body or ""),
            )
            for message in self._get_words()
        )

    def execute_command_request(self, **kwargs):
        """Discuss's ``/request``: the chat becomes a request, once."""
        self.ensure_one()
        self.check_access("read")
        takes = self.env.user.has_group(AGENT) and self.is_member
        if not takes or self.channel_type != "livechat":
            raise AccessError(self.env._("You may not make a request of this chat."))
        contact = self._keep_chats()
        if not contact:
            # Nothing would know the request: each command would make another one.
            raise UserError(self.env._("No visitor has written in this chat yet."))
        known = contact.ticket_id
        if not known:
            title = chat.title(COMMAND, html2plaintext(kwargs.get("body") or ""))
            # Written words are the agent's to read: he sits in the chat.
            vals = self.sudo()._prepare_request_vals(title, self.env.user)
            contact.ticket_id = self.env["helpdesk.ticket"].create(vals)
        ticket = contact.ticket_id.with_env(self.env)._filtered_access("read")
        name = ticket._get_html_link() if ticket else ""
        words = (
            self.env._("This chat is request %(name)s already.", name=name)
            if known
            else self.env._("Made request %(name)s of this chat.", name=name)
        )
        self.env.user._bus_send_transient_message(self, words)

    def _prepare_request_vals(self, title, agent):
        """Values of the request of this chat: who, which machine he named, what."""
        self.ensure_one()
        transcript = self._get_chat_transcript()
        tickets = self.env["helpdesk.ticket"]
        visitor = self._get_visitor().with_user(agent)._filtered_access("read")
        letter = tickets.with_user(agent)._prepare_letter_vals(
            {"subject": title, "body": transcript}
        )
        channel = self.env.ref("aftersales_knowledge.helpdesk_ticket_channel_chat")
        return {
            **letter,
            "name": title or chat.summary([transcript]),
            "fault_text": "\n\n".join(filter(None, (title, transcript))),
            "channel_id": channel.id,
            "partner_id": visitor.id,
        }
