from odoo import api, fields, models
from odoo.fields import Command

from ...tools import workflow

# Each stored in a column of its own, because rules and reports ask for it.
STEP_FLAGS = {
    "needs_unit": "machine",
    "needs_warranty_decision": "warranty",
    "needs_work_order": "dispatch",
    "needs_report_approval": "report",
    "needs_written_answer": "answer",
    "needs_kind": "classify",
}
# The road of a new type unless something else is said.
USUAL_STEPS = ("machine", "warranty", "dispatch", "callback")


class AftersalesRequestType(models.Model):
    """A kind of request; it is the workflow: steps, evidence and follow-up as data.

    The steps are lines of their own. What other rules ask for (``needs_...``) follows
    from them; writing such a column adds or takes away its step.
    """

    _name = "aftersales.request.type"
    _description = "Request type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team", string="Department", help="Who gets new requests."
    )
    step_ids = fields.One2many(
        "aftersales.request.step", "request_type_id", string="Steps", copy=True
    )
    # Most types ask nobody: then creating a request looks at no step.
    has_marks = fields.Boolean(
        string="Has approvals or tasks", compute="_compute_flags", store=True
    )
    needs_unit = fields.Boolean(
        compute="_compute_flags",
        store=True,
        help="A request of this type names the machine it is about.",
    )
    needs_work_order = fields.Boolean(
        string="Needs a station",
        compute="_compute_flags",
        store=True,
        help="The request cannot be closed before a station has done its job.",
    )
    needs_warranty_decision = fields.Boolean(compute="_compute_flags", store=True)
    needs_written_answer = fields.Boolean(
        string="Needs an answer in writing",
        compute="_compute_flags",
        store=True,
        help="The department answers in writing before the request can be closed; it"
        " is chased when that is overdue.",
    )
    answer_days = fields.Integer(
        string="Days to answer", default=3, help="Days the department has."
    )
    needs_kind = fields.Boolean(
        string="Needs its kind",
        compute="_compute_flags",
        store=True,
        help="Raw material for analysis: the request is closed once its kind is chosen,"
        " where nothing else is asked.",
    )
    is_installation = fields.Boolean(
        string="Is an installation",
        help="Done work of this type sets the machine's installation date and"
        " installer.",
    )
    stops_machine = fields.Boolean(
        string="Machine stands still",
        help="The days this work takes are added to the warranty, where the policy"
        " says so.",
    )
    is_claimable = fields.Boolean(
        string="Can be claimed",
        default=True,
        help="The maker pays the station for this work.",
    )
    needs_report_approval = fields.Boolean(
        compute="_compute_flags",
        store=True,
        help="An office person accepts the station's report before the job is done.",
    )
    requires_reading = fields.Boolean(default=True)
    requires_codes = fields.Boolean(
        string="Requires fault codes",
        default=True,
        help="The report names component, symptom, cause and remedy.",
    )
    requires_photo = fields.Boolean()
    requires_signature = fields.Boolean()

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "This request type already exists."
    )

    @api.depends("step_ids.what")
    def _compute_flags(self):
        for kind in self:
            whats = set(kind.step_ids.mapped("what"))
            kind.has_marks = not whats.isdisjoint({"approve", "task"})
            for flag, what in STEP_FLAGS.items():
                kind[flag] = what in whats

    @api.model_create_multi
    def create(self, vals_list):
        wanted_list = [_pop_flags(vals) for vals in vals_list]
        for vals, wanted in zip(vals_list, wanted_list, strict=True):
            if "step_ids" not in vals:
                vals["step_ids"] = _prepare_usual_steps(wanted)
                wanted.clear()
        kinds = super().create(vals_list)
        for kind, wanted in zip(kinds, wanted_list, strict=True):
            kind._set_steps(wanted)
        return kinds

    def write(self, vals):
        vals = dict(vals)
        wanted = _pop_flags(vals)
        result = super().write(vals)
        self._set_steps(wanted)
        return result

    def _set_steps(self, wanted):
        """Add or take away steps: {what: whether the type has it}."""
        for kind in self if wanted else ():
            for what, is_wanted in wanted.items():
                steps = kind.step_ids.filtered(lambda s, what=what: s.what == what)
                if steps and not is_wanted:
                    steps.unlink()
                elif is_wanted and not steps:
                    kind.step_ids = [_prepare_step_command(what)]


def _pop_flags(vals):
    """Take the columns that follow from steps out of ``vals``: {what: wanted}."""
    return {
        what: bool(vals.pop(flag)) for flag, what in STEP_FLAGS.items() if flag in vals
    }


def _prepare_usual_steps(wanted):
    """Commands that make the usual road, changed by ``wanted``."""
    whats = {what for what in USUAL_STEPS if wanted.get(what, True)}
    whats |= {what for what, is_wanted in wanted.items() if is_wanted}
    if "dispatch" not in whats:
        whats.discard("callback")
    return [_prepare_step_command(what) for what in workflow.WHATS if what in whats]


def _prepare_step_command(what):
    return Command.create(
        {"what": what, "sequence": 10 * (workflow.WHATS.index(what) + 1)}
    )
