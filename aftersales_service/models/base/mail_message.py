from odoo import models


class MailMessage(models.Model):
    """Messages are found by their day."""

    _inherit = "mail.message"

    # The journal of a week does not read the messages of all years; as they come in
    # the order of their days, this costs next to nothing.
    _journal_idx = models.Index("USING brin (date) WITH (autosummarize = on)")
