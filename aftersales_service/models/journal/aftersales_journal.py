from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

CORE = ("helpdesk.ticket", "stock.lot", "res.partner", "product.template")
"""Models of others whose changes the journal tells, beside our own."""
FOUND = 1000
"""So many documents of a kind are found by their name."""


class AftersalesJournal(models.Model):
    """Who did what on which day: changes, exports, log-ins. For administrators only.

    A view of the database over what is kept anyhow: the tracked changes of the
    chatter, the log of exports and Odoo's log of log-ins. A row belongs to the company
    of who did it.
    """

    _name = "aftersales.journal"
    _description = "Journal"
    _auto = False
    _log_access = True
    _order = "moment desc, id desc"
    _rec_name = "kind"

    moment = fields.Datetime(string="When", readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    kind = fields.Selection(
        [("change", "Change"), ("export", "Export"), ("login", "Log-in")],
        string="What",
        readonly=True,
    )
    res_model = fields.Char(readonly=True)
    res_id = fields.Integer(readonly=True)
    model_name = fields.Char(string="List", readonly=True)
    document = fields.Char(
        compute="_compute_document",
        search="_search_document",
        help="As it is called now; empty where you may not read it.",
    )
    field_names = fields.Char(string="Fields", readonly=True)
    old_value = fields.Char(string="Before", readonly=True)
    new_value = fields.Char(string="After", readonly=True)
    record_count = fields.Integer(string="Records", readonly=True)

    @property
    def _table_query(self):
        lang = self.env.lang or "en_US"
        return SQL(
            """
            SELECT t.id::bigint * 4 AS id, t.create_uid, t.create_date, t.write_uid,
                   t.write_date, m.date AS moment, m.create_uid AS user_id,
                   u.company_id, 'change' AS kind, m.model AS res_model, m.res_id,
                   COALESCE(k.name->>%(lang)s, k.name->>'en_US') AS model_name,
                   COALESCE(t.field_info->>'desc', f.field_description->>%(lang)s,
                            f.field_description->>'en_US') AS field_names,
                   %(old)s AS old_value, %(new)s AS new_value,
                   1 AS record_count
              FROM mail_tracking_value t
              JOIN mail_message m ON m.id = t.mail_message_id
         LEFT JOIN ir_model_fields f ON f.id = t.field_id
         LEFT JOIN ir_model k ON k.model = m.model
         LEFT JOIN res_users u ON u.id = m.create_uid
             WHERE m.model IN %(models)s
         UNION ALL
            SELECT e.id::bigint * 4 + 1, e.create_uid, e.create_date, e.write_uid,
                   e.write_date, e.moment, e.user_id, e.company_id, 'export',
                   e.res_model, NULL::int,
                   COALESCE(k.name->>%(lang)s, k.name->>'en_US', e.res_model),
                   e.field_names, NULL, NULL, e.record_count
              FROM aftersales_export_log e
         LEFT JOIN ir_model k ON k.model = e.res_model
         UNION ALL
            SELECT l.id::bigint * 4 + 2, l.create_uid, l.create_date, l.create_uid,
                   l.create_date, l.create_date, l.create_uid, u.company_id, 'login',
                   NULL, NULL::int, NULL, NULL, NULL, NULL, NULL::int
              FROM res_users_log l
              JOIN res_users u ON u.id = l.create_uid
            """,
            lang=lang,
            models=tuple(self._get_journal_models()),
            old=self._get_value("old"),
            new=self._get_value("new"),
        )

    @api.model
    def _get_journal_models(self):
        """Names of the models whose changes are told; may be overridden."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if "message_ids" in model._fields
            and not model._abstract
            and (name.startswith("aftersales.") or name in CORE)
        )

    def _get_value(self, side):
        """The value before or after a change as text, as SQL."""
        columns = {
            kind: SQL.identifier("t", f"{side}_value_{kind}")
            for kind in ("char", "text", "integer", "float", "datetime")
        }
        yes, no = self.env._("Yes"), self.env._("No")
        return SQL(
            """
            CASE COALESCE(t.field_info->>'type', f.ttype)
                 WHEN 'boolean' THEN CASE WHEN %(integer)s = 1 THEN %(yes)s
                                          ELSE %(no)s END
                 WHEN 'integer' THEN %(integer)s::text
                 WHEN 'float' THEN %(float)s::text
                 WHEN 'monetary' THEN %(float)s::text
                 WHEN 'date' THEN %(datetime)s::date::text
                 WHEN 'datetime' THEN to_char(
                      %(datetime)s AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s,
                      'YYYY-MM-DD HH24:MI')
                 WHEN 'text' THEN %(text)s
                 ELSE %(char)s END
            """,
            **columns,
            yes=str(yes),
            no=str(no),
            zone=self.env.user.tz or "UTC",
        )

    @api.depends("res_model", "res_id")
    def _compute_document(self):
        self.document = False
        for model, rows in self.grouped("res_model").items():
            rows = rows.filtered("res_id")
            if not rows or model not in self.env:
                continue
            records = self.env[model].browse(set(rows.mapped("res_id"))).exists()
            names = {
                record.id: record.display_name
                for record in records._filtered_access("read")
            }
            for row in rows:
                row.document = names.get(row.res_id)

    @api.model
    def _search_document(self, operator, value):
        if operator not in ("=", "ilike"):
            return NotImplemented
        return Domain.OR(
            Domain("res_model", "=", model)
            & Domain(
                "res_id",
                "in",
                self.env[model]
                .search(Domain("display_name", operator, value), limit=FOUND)
                .ids,
            )
            for model in self._get_journal_models()
            if self.env[model]._rec_name and self.env[model].has_access("read")
        )

    def action_open_record(self):
        """Open what was changed."""
        self.ensure_one()
        if not self.res_id:
            return False
        return self.env[self.res_model].browse(self.res_id).get_formview_action()
