from odoo import fields, models


class AftersalesRequestType(models.Model):
    """A kind of request; it is the workflow: steps, evidence and follow-up as data."""

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
    needs_unit = fields.Boolean(
        default=True, help="A request of this type names the machine it is about."
    )
    needs_work_order = fields.Boolean(
        string="Needs a station",
        default=True,
        help="The request cannot be closed before a station has done its job.",
    )
    needs_warranty_decision = fields.Boolean(default=True)
    needs_written_answer = fields.Boolean(
        string="Needs an answer in writing",
        help="The department answers in writing before the request can be closed; it"
        " is chased when that is overdue.",
    )
    answer_days = fields.Integer(
        string="Days to answer", default=3, help="Days the department has."
    )
    is_installation = fields.Boolean(
        help="Done work of this type sets the machine's installation date and"
        " installer."
    )
    stops_machine = fields.Boolean(
        string="Machine stands still",
        help="The days this work takes are added to the warranty, where the policy"
        " says so.",
    )
    is_claimable = fields.Boolean(
        default=True, help="The maker pays the station for this work."
    )
    needs_report_approval = fields.Boolean(
        help="An office person accepts the station's report before the job is done."
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
