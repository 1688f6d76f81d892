from odoo import api, fields, models

from ..models.work_order.aftersales_work_order import CODE_KINDS


class AftersalesReportClassify(models.TransientModel):
    """Says what "other" was in a report; only those codes can be changed."""

    _name = "aftersales.report.classify"
    _description = "Classify a report"

    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, readonly=True
    )
    work_text = fields.Text(related="work_order_id.work_text")
    component_id = fields.Many2one(
        "aftersales.fault.code",
        compute="_compute_codes",
        store=True,
        readonly=False,
        domain="[('kind', '=', 'component'), ('is_other', '=', False)]",
    )
    symptom_id = fields.Many2one(
        "aftersales.fault.code",
        compute="_compute_codes",
        store=True,
        readonly=False,
        domain="[('kind', '=', 'symptom'), ('is_other', '=', False)]",
    )
    cause_id = fields.Many2one(
        "aftersales.fault.code",
        compute="_compute_codes",
        store=True,
        readonly=False,
        domain="[('kind', '=', 'cause'), ('is_other', '=', False)]",
    )
    remedy_id = fields.Many2one(
        "aftersales.fault.code",
        compute="_compute_codes",
        store=True,
        readonly=False,
        domain="[('kind', '=', 'remedy'), ('is_other', '=', False)]",
    )
    vague_kinds = fields.Char(compute="_compute_vague_kinds")

    @api.depends("work_order_id")
    def _compute_codes(self):
        for wizard in self:
            for kind in CODE_KINDS:
                code = wizard.work_order_id[f"{kind}_id"]
                wizard[f"{kind}_id"] = code.browse() if code.is_other else code

    @api.depends("work_order_id")
    def _compute_vague_kinds(self):
        for wizard in self:
            wizard.vague_kinds = " ".join(wizard.work_order_id._get_vague_kinds())

    def action_confirm(self):
        self.ensure_one()
        order = self.work_order_id
        order._check_can_classify()
        codes = {kind: self[f"{kind}_id"] for kind in order._get_vague_kinds()}
        order.sudo()._classify(codes)  # guard: _check_can_classify just above
        return {"type": "ir.actions.act_window_close"}
