from odoo import api, fields, models


class AftersalesDeadlineAlert(models.Model):
    """A deadline somebody was warned of or that was escalated, each once."""

    _name = "aftersales.deadline.alert"
    _description = "Deadline alert"
    _order = "id desc"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        [
            ("answer_warning", "To be answered soon"),
            ("answer_late", "Answer is late"),
            ("resolve_warning", "To be solved soon"),
            ("resolve_late", "Solution is late"),
            ("repair_warning", "Legal limit of the repair is near"),
            ("repair_late", "Repair took too long: an exchange may be asked for"),
        ],
        required=True,
        readonly=True,
    )
    deadline = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Told", readonly=True, index="btree_not_null"
    )
    territory_id = fields.Many2one("aftersales.territory", readonly=True, index=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)

    # Each is told once; a deadline that moved is another deadline.
    _told_once = models.UniqueIndex("(ticket_id, kind, deadline)")

    @api.depends("kind", "ticket_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            alert.display_name = f"{words[alert.kind]}: {alert.ticket_id.number}"

    def _tell(self):
        """An activity on the request and a mail, in the language of who is told."""
        told = self.filtered("user_id")
        model_id = self.env["ir.model"]._get_id("helpdesk.ticket")
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "aftersales_service.mail_activity_type_deadline"
        )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": type_id,
                    "summary": alert.with_context(
                        lang=alert.user_id.lang or self.env.lang
                    )._get_summary(),
                    "automated": True,
                    "date_deadline": alert.ticket_id._get_local_date(alert.deadline),
                    "res_model_id": model_id,
                    "res_id": alert.ticket_id.id,
                    "user_id": alert.user_id.id,
                }
                for alert in told
            ]
        )
        self.env.ref("aftersales_service.mail_template_deadline_alert").send_mail_batch(
            told.ids
        )

    def _get_summary(self):
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env))[self.kind]
