from odoo import api, fields, models
from odoo.tools import SQL

# What a person wrote or sent; what the system notes of itself is no contact.
TALK = ("comment", "email", "email_outgoing", "sms")


class AftersalesTimeline(models.Model):
    """Everything that was said and written: interactions, and messages on records.

    A view of the database, nothing is stored twice: an SMS, a mail and a note stay the
    message on the request, machine or customer that they are. A row lies where its
    interaction or record lies.
    """

    _name = "aftersales.timeline"
    _description = "Said and written"
    _auto = False
    _log_access = True
    _order = "moment desc, id desc"
    _rec_name = "moment"

    moment = fields.Datetime(string="When", readonly=True)
    medium = fields.Selection(
        selection=lambda self: self._get_media(), string="Goes by", readonly=True
    )
    direction = fields.Selection(
        [("in", "They to us"), ("out", "We to them")], readonly=True
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    unit_id = fields.Many2one("stock.lot", string="Machine", readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", string="Request", readonly=True)
    author_id = fields.Many2one("res.partner", string="Written by", readonly=True)
    interaction_id = fields.Many2one("aftersales.interaction", readonly=True)
    message_id = fields.Many2one("mail.message", readonly=True)
    summary = fields.Text(compute="_compute_summary", string="What it was about")
    territory_id = fields.Many2one("aftersales.territory", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)

    def _get_media(self):
        """Ways of contact, and what a message can be beside."""
        media = self.env["aftersales.interaction.kind"]._fields["medium"]
        comment, note = self.env._("Public comment"), self.env._("Note")
        ways = media._description_selection(self.env)
        return [*ways, ("message", comment), ("note", note)]

    @property
    def _table_query(self):
        columns = SQL("d.territory_id, d.company_id")
        return SQL(" UNION ALL ").join(
            [
                self._select_interactions(),
                self._select_messages(
                    "helpdesk.ticket",
                    SQL("%s, d.partner_id, d.unit_id, d.id AS ticket_id", columns),
                    SQL("d.partner_id"),
                ),
                self._select_messages(
                    "stock.lot",
                    SQL("%s, d.owner_id, d.id, NULL::int", columns),
                    SQL("d.owner_id"),
                ),
                self._select_messages(
                    "res.partner",
                    SQL("%s, d.id, NULL::int, NULL::int", columns),
                    SQL("d.id"),
                ),
            ]
        )

    def _select_interactions(self):
        return SQL(
            """
            SELECT i.id::bigint * 2 AS id, i.create_uid, i.create_date, i.write_uid,
                   i.write_date, i.moment, k.medium, i.direction,
                   i.territory_id, i.company_id, i.partner_id, i.unit_id, i.ticket_id,
                   u.partner_id AS author_id, i.id AS interaction_id,
                   NULL::int AS message_id
              FROM aftersales_interaction i
              JOIN aftersales_interaction_kind k ON k.id = i.kind_id
              LEFT JOIN res_users u ON u.id = i.user_id
            """
        )

    def _select_messages(self, model, columns, customer):
        """Messages on the records of a model, as SQL.

        :param SQL columns: where it lies, customer, machine and request of a record
        :param SQL customer: whose own words go from them to us
        """
        return SQL(
            """
            SELECT m.id::bigint * 2 + 1, m.create_uid, m.create_date, m.write_uid,
                   m.write_date, m.date,
                   CASE WHEN m.message_type = 'sms' THEN 'sms'
                        WHEN m.message_type <> 'comment' THEN 'email'
                        WHEN m.is_internal OR s.id IS NULL OR s.internal THEN 'note'
                        ELSE 'message' END,
                   CASE WHEN m.message_type = 'email' OR m.author_id = %(customer)s
                        THEN 'in' ELSE 'out' END,
                   %(columns)s, m.author_id, NULL::int, m.id
              FROM %(table)s d
              JOIN mail_message m ON m.model = %(model)s AND m.res_id = d.id
              LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
             WHERE m.message_type IN %(talk)s
            """,
            customer=customer,
            columns=columns,
            table=SQL.identifier(self.env[model]._table),
            model=model,
            talk=TALK,
        )

    @api.depends("interaction_id.summary", "message_id.body")
    def _compute_summary(self):
        """In a few words; empty where the reader may not read the message itself."""
        readable = self.message_id._filtered_access("read")
        previews = {message.id: message.preview for message in readable}
        for row in self:
            text = previews.get(row.message_id.id)
            row.summary = row.interaction_id.summary or text

    def action_open_record(self):
        """Open the contact, else the record the message stands on."""
        self.ensure_one()
        record = self.interaction_id or self.ticket_id or self.unit_id
        return (record or self.partner_id).get_formview_action()

    def action_write_down(self):
        """Write down a contact with the customer whose timeline is open."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Write down a contact"),
            "res_model": "aftersales.interaction",
            "view_mode": "form",
            "views": [(False, "form")],
        }
