from odoo import api, fields, models


class AftersalesRun(models.Model):
    """A long job that can be left, killed and continued.

    What: kind, parameters, how far it is, what it refused.
    How to use: ``_start(kind, params, ...)`` queues it; an addon adds a kind by
    ``selection_add`` and a method ``_work_<kind>()``, which does one batch and
    returns how many items are left.
    How it works: a cron takes queued runs one batch after the other, commits after
    each and so continues after a kill where the last commit stood.
    """

    _name = "aftersales.run"
    _description = "Run"
    _inherit = ["mail.thread", "aftersales.state.mixin", "aftersales.territory.mixin"]
    _order = "id desc"

    TRANSITIONS = {
        "draft": ("queued", "cancelled"),
        "queued": ("running", "cancelled"),
        "running": ("done", "failed", "cancelled", "running"),
        "failed": ("queued", "cancelled"),
        "done": (),
        "cancelled": (),
    }
    _guarded_fields = ("state", "done_count", "total_count")

    name = fields.Char(required=True)
    kind = fields.Selection(
        [("unit_import", "Import of machines")], required=True, readonly=True
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("queued", "Queued"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Started by",
        default=lambda self: self.env.user,
        readonly=True,
    )
    params = fields.Json(readonly=True)
    done_count = fields.Integer(string="Done", readonly=True, copy=False)
    total_count = fields.Integer(string="Total", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", help="Share done, in percent.")
    refused_count = fields.Integer(string="Refused", readonly=True, copy=False)
    log = fields.Text(readonly=True, copy=False)
    source_file = fields.Binary(attachment=True, copy=False)
    source_name = fields.Char()
    refused_file = fields.Binary(attachment=True, readonly=True, copy=False)
    refused_name = fields.Char(readonly=True, copy=False)

    @api.depends("done_count", "total_count")
    def _compute_progress(self):
        for run in self:
            run.progress = 100.0 * run.done_count / (run.total_count or 1)
