import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

# States in which the cron takes a run, and those it can still be stopped in.
OPEN_STATES = ("queued", "running")
STOPPABLE_STATES = ("draft", "queued", "running", "failed")


class AftersalesRun(models.Model):
    """A long job that can be left, killed and continued.

    What: kind, parameters, how far it is, what it refused.
    How to use: ``_start(kind, params, ...)`` queues it; an addon adds a kind by
    ``selection_add`` and a method ``_work_<kind>()``, which does one batch and
    returns how many items are left. It runs as the user who started the run, in the
    run's company. Where the work stands is kept by ``_save_checkpoint()``; it never
    commits. ``_finish_<kind>()``, if there is one, clears up after the last batch
    and after a cancellation.
    How it works: a cron takes queued runs one batch after the other, commits after
    each and so continues after a kill where the last commit stood. A batch that
    fails is rolled back; the run says why and waits to be continued.
    """

    _name = "aftersales.run"
    _description = "Run"
    _inherit = ["mail.thread", "aftersales.state.mixin", "aftersales.territory.mixin"]
    _order = "id desc"

    TRANSITIONS = {
        "draft": ("queued", "cancelled"),
        "queued": ("running", "failed", "cancelled"),
        "running": ("done", "failed", "cancelled", "running"),
        "failed": ("queued", "cancelled"),
        "done": (),
        "cancelled": (),
    }
    # The work is done in the name of `user_id`, from `params` and `checkpoint`: none
    # of them may come from outside.
    _guarded_fields = (
        "state",
        "done_count",
        "total_count",
        "refused_count",
        "user_id",
        "params",
        "checkpoint",
        "log",
        "refused_file",
        "refused_name",
        "started_at",
        "ended_at",
    )

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
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Started by",
        default=lambda self: self.env.user,
        readonly=True,
        copy=False,
    )
    params = fields.Json(readonly=True)
    checkpoint = fields.Json(
        readonly=True, copy=False, help="Where the work stands after the last batch."
    )
    done_count = fields.Integer(string="Done", readonly=True, copy=False)
    total_count = fields.Integer(string="Total", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", help="Share done, in percent.")
    refused_count = fields.Integer(string="Refused", readonly=True, copy=False)
    started_at = fields.Datetime(string="Started at", readonly=True, copy=False)
    ended_at = fields.Datetime(string="Ended at", readonly=True, copy=False)
    log = fields.Text(readonly=True, copy=False)
    source_file = fields.Binary(string="File", attachment=True, copy=False)
    source_name = fields.Char(string="File name")
    refused_file = fields.Binary(
        string="Refused rows", attachment=True, readonly=True, copy=False
    )
    refused_name = fields.Char(readonly=True, copy=False)
    can_cancel = fields.Boolean(compute="_compute_can")
    can_continue = fields.Boolean(compute="_compute_can")

    @api.depends("done_count", "total_count", "state")
    def _compute_progress(self):
        for run in self:
            full = 100.0 if run.state == "done" else 0.0
            run.progress = (
                100.0 * run.done_count / run.total_count if run.total_count else full
            )

    @api.depends("state")
    def _compute_can(self):
        for run in self:
            run.can_cancel = run.state in STOPPABLE_STATES
            run.can_continue = run.state == "failed"

    # Actions

    def action_cancel(self):
        """Stop for good; what was committed stays."""
        for run in self:
            run._update_state("cancelled", ended_at=fields.Datetime.now())
            run._write_log(self.env._("Cancelled by %s.", self.env.user.name))
            run._call_kind("_finish_")

    def action_continue(self):
        """Queue failed runs again; they go on where the last batch ended."""
        self._update_state("queued", ended_at=False)
        self._trigger_work()

    def action_refresh(self):
        """Nothing: the client reads the record again after a button."""
        return True

    def _action_open(self):
        """Window action on this run."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }

    # Starting

    @api.model
    def _start(self, kind, params=None, **vals):
        """Queue a run of ``kind`` and wake the cron.

        :param kind: a key of the field ``kind``
        :param params: JSON values that ``_work_<kind>`` reads from ``params``
        :param vals: further values, e.g. name, territory_id, total_count, source_file
        :return: the run, in state queued

        The caller has checked that the user may start it.
        """
        labels = dict(self._fields["kind"]._description_selection(self.env))
        vals = {"name": labels[kind], "user_id": self.env.uid, **vals}
        run = self._unguarded().create({**vals, "kind": kind, "params": params or {}})
        run = run._guarded_again()
        run._update_state("queued")
        run._trigger_work()
        return run

    def _trigger_work(self):
        # Waking the worker of runs is part of having been allowed to queue one.
        self.env.ref("aftersales_service.ir_cron_run_work").sudo()._trigger()

    def _read_source(self):
        """The file as it lies there; as a field it would be held in base64, too."""
        self.ensure_one()
        # The file is the run's, which the user was allowed to start.
        files = self.env["ir.attachment"].sudo()
        found = files.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "source_file"),
                ("res_id", "=", self.id),
            ],
            limit=1,
        )
        return found.raw or b""

    # Working

    @api.model
    def _cron_work(self):
        """Work all open runs, in turn, one batch each, until done or out of time."""
        cron = self.env["ir.cron"]
        runs = self.search([("state", "in", OPEN_STATES)], order="id")
        seconds = cron._commit_progress(remaining=len(runs))
        while runs and seconds > 0:
            for run in runs:
                if not run._work_batch():
                    runs -= run
                seconds = cron._commit_progress(1, remaining=len(runs))
                if seconds <= 0:
                    break

    def _work_to_end(self):
        """Work this run in the caller's process, committing after each batch."""
        while self._work_batch():
            self.env["ir.cron"]._commit_progress()

    def _work_batch(self):
        """Do one batch of this run; tell whether it is worth coming back.

        The caller commits. Another worker's run, a cancelled or finished one is left
        alone.
        """
        self.ensure_one()
        # The lock is the first look at the row after a commit: it is up to date.
        run = self.try_lock_for_update(allow_referencing=True)
        run.invalidate_recordset(["state"])
        if run.state not in OPEN_STATES:
            return False
        try:
            left = run._call_kind("_work_")
            run._note_progress(left)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return False  # still open: the cron's next turn tries again
        except Exception as error:
            self.env.cr.rollback()
            self._fail(error)
            return False
        return bool(left)

    def _call_kind(self, prefix):
        """Call ``<prefix><kind>`` as the user who started the run, if it exists."""
        self.ensure_one()
        user = self.user_id
        run = self.with_user(user).with_company(self.company_id)
        run = run.with_context(lang=user.lang, tz=user.tz)
        method = getattr(run, prefix + self.kind, None)
        if not method and prefix == "_work_":
            raise UserError(self.env._("The addon that works this run is missing."))
        return method and method()

    def _note_progress(self, left):
        """Write how far the run is after a batch that leaves ``left`` items."""
        self.ensure_one()
        # Progress is the system's to write, after the work itself was allowed.
        run = self.sudo()
        total = max(run.total_count, run.done_count + left)
        vals = {"done_count": total - left, "total_count": total}
        if not run.started_at:
            vals["started_at"] = fields.Datetime.now()
        if left and run.state == "running":
            run._write_guarded(vals)
            return
        if run.state == "queued":
            run._update_state("running", **vals)
        if not left:
            run._update_state("done", ended_at=fields.Datetime.now(), **vals)
            run._call_kind("_finish_")
            run._notify_user("success")

    def _fail(self, error):
        """Stop with one sentence that says why; the run can be continued."""
        self.ensure_one()
        env = self.with_context(lang=self.user_id.lang).env
        if isinstance(error, UserError):
            reason = str(error)
        else:
            _logger.exception("Run %s (%s) stopped", self.id, self.kind)
            reason = env._(
                "An unexpected error stopped the work (%(error)s). Nothing of the last"
                " batch was kept; details are in the server's log.",
                error=type(error).__name__,
            )
        self._update_state("failed", ended_at=fields.Datetime.now())
        self._write_log(reason)
        self._notify_user("danger")

    def _save_checkpoint(self, **vals):
        """Merge ``vals`` (JSON values) into what the next batch starts from."""
        self.ensure_one()
        # Written by the work itself, which the user was allowed to start.
        run = self.sudo()
        run._write_guarded({"checkpoint": {**(run.checkpoint or {}), **vals}})

    def _write_log(self, sentence):
        """Add one line with the time to the log."""
        self.ensure_one()
        # The log is the system's; see the callers for who may cause a line.
        run = self.sudo().with_context(tz=self.user_id.tz)
        now = fields.Datetime.context_timestamp(run, fields.Datetime.now())
        line = f"{now:%Y-%m-%d %H:%M} {sentence}"
        run._write_guarded({"log": "\n".join(filter(None, [run.log, line]))})

    def _notify_user(self, kind):
        """Tell the user who left the screen that the run has ended."""
        env = self.with_context(lang=self.user_id.lang).env
        labels = dict(self._fields["state"]._description_selection(env))
        message = labels[self.state]
        if self.refused_count:
            message = env._(
                "%(state)s, %(count)s rows refused",
                state=message,
                count=self.refused_count,
            )
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": self.name,
                "message": message,
                "type": kind,
                "sticky": kind == "danger",
            },
        )
