import base64
import io
from urllib.parse import quote

import qrcode

from odoo import api, fields, models


class StockLot(models.Model):
    """The unit's label: a code that leads whoever scans it to the public page."""

    _inherit = "stock.lot"

    verify_url = fields.Char(
        string="Public page",
        compute="_compute_verify_url",
        groups="base.group_user",
        help="Tells everybody whether the machine is genuine; printed on its label.",
    )
    verify_qr = fields.Binary(
        string="QR code",
        compute="_compute_verify_qr",
        groups="base.group_user",
        help="Leads to the public page of this machine.",
    )

    @api.depends("name")
    def _compute_verify_url(self):
        for unit in self:
            serial = quote(unit.name or "", safe="")
            unit.verify_url = f"{unit.get_base_url()}/verify/{serial}"

    @api.depends("name")
    def _compute_verify_qr(self):
        for unit in self:
            unit.verify_qr = unit._get_verify_qr()

    def _get_verify_qr(self):
        """The picture of `verify_url` that a phone reads: PNG, base64."""
        self.ensure_one()
        stream = io.BytesIO()
        # Level M is read when a seventh of the label is worn off.
        qrcode.make(
            self.verify_url,
            border=2,
            error_correction=qrcode.constants.ERROR_CORRECT_M,
        ).save(stream)
        return base64.b64encode(stream.getvalue())

    def _get_label_rows(self, columns=3):
        """These units in rows of as many labels as stand beside each other."""
        return [self[start : start + columns] for start in range(0, len(self), columns)]
