from odoo import api, fields, models
from odoo.exceptions import AccessError


class AftersalesInteraction(models.Model):
    """A chat with a visitor; the words stay where they were written."""

    _inherit = "aftersales.interaction"

    chat_id = fields.Many2one(
        "discuss.channel", readonly=True, copy=False, ondelete="set null"
    )
    chat_text = fields.Text(string="What was written", compute="_compute_chat_text")

    # A chat is told once, however often it is closed.
    _chat_uniq = models.UniqueIndex(
        "(chat_id) WHERE chat_id IS NOT NULL", "This chat is written down already."
    )

    @api.depends("chat_id.message_ids")
    def _compute_chat_text(self):
        for interaction in self:
            # Who reads the contact reads what was said in it; he needs no seat in
            # the chat.
            interaction.chat_text = interaction.chat_id.sudo()._get_chat_transcript()

    @api.model
    def _get_guarded_names(self):
        return super()._get_guarded_names() | {"chat_id"}

    @api.model
    def _check_guarded(self, names):
        super()._check_guarded(names)
        if not self.env.su and "chat_id" in names:
            raise AccessError(self.env._("A contact belongs to the chat it was."))
