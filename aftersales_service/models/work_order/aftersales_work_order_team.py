from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesWorkOrder(models.Model):
    """The job in the web client: own teams find what stations have on the portal."""

    _inherit = "aftersales.work.order"

    contact_phone = fields.Char(
        string="Caller's phone",
        related="ticket_id.contact_phone",
        groups="base.group_user",
    )
    told_symptom_id = fields.Many2one(
        string="Symptom told",
        related="ticket_id.symptom_id",
        groups="base.group_user",
    )
    fault_text = fields.Text(
        string="In the caller's words",
        related="ticket_id.fault_text",
        groups="base.group_user",
    )
    wished_at = fields.Datetime(related="ticket_id.wished_at", groups="base.group_user")
    who_pays = fields.Char(
        string="Who pays",
        compute="_compute_before_trip",
        groups="base.group_user",
        help="What the warranty covers, as it is known before the trip.",
    )
    report_needs = fields.Text(
        string="The report needs",
        compute="_compute_before_trip",
        groups="base.group_user",
        help="What has to be brought back from the customer.",
    )
    scan_text = fields.Char(
        string="Scan or type a part",
        compute="_compute_scan_text",
        inverse="_inverse_scan_text",
        groups="base.group_user",
        help="Barcode, part number, or the serial number of a part. It becomes a line.",
    )

    @api.depends("request_type_id", "unit_id", "warranty_decision_id")
    @api.depends_context("lang")
    def _compute_before_trip(self):
        for order in self:
            order.who_pays = order._get_warranty_sentence()
            order.report_needs = "\n".join(order._get_evidence_list())

    def _compute_scan_text(self):
        self.scan_text = False

    def _inverse_scan_text(self):
        """Each code becomes a line of the parts, or a sentence."""
        for order in self.filtered("scan_text"):
            text = order.scan_text.strip()
            product, serial = order._find_scanned(text)
            if not product:
                raise UserError(
                    self.env._(
                        "No part has the code %(code)s. Enter it as on the label.",
                        code=text,
                    )
                )
            commands = order._add_scanned([], product, serial)
            if not commands:
                raise UserError(self.env._("This part is on the report already."))
            order.part_line_ids = commands

    def action_add_scanned(self):
        """Saving the form has added the line; stay on it."""
        return False

    def action_open_map(self):
        """Show the way to the customer."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._get_map_url()}
