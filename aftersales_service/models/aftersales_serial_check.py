from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesSerialCheck(models.Model):
    """One query "is this serial genuine?", whoever asked; never changed afterwards."""

    _name = "aftersales.serial.check"
    _description = "Authenticity check"
    _inherit = ["aftersales.territory.mixin"]
    _order = "id desc"
    _rec_name = "typed_serial"

    typed_serial = fields.Char(string="Serial as typed", required=True, readonly=True)
    serial_key = fields.Char(readonly=True, index=True)
    verdict = fields.Selection(
        [
            ("genuine", "Genuine"),
            ("unknown", "Unknown serial"),
            ("ambiguous", "Several models have it"),
            ("mismatch", "Model or buyer differs"),
            ("void", "Scrapped or stolen"),
        ],
        required=True,
        readonly=True,
    )
    is_suspect = fields.Boolean(
        string="Counterfeit suspect", readonly=True, help="Unknown or void serial."
    )
    reasons = fields.Json(readonly=True)
    channel = fields.Selection(
        [
            ("office", "Office"),
            ("station", "Station"),
            ("portal", "Customer portal"),
            ("public", "Public page"),
            ("import", "Import"),
        ],
        required=True,
        default="office",
        readonly=True,
    )
    unit_id = fields.Many2one("stock.lot", readonly=True, index="btree_not_null")
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    ticket_id = fields.Many2one(
        "helpdesk.ticket", readonly=True, index="btree_not_null"
    )
    partner_id = fields.Many2one("res.partner", string="Asked by", readonly=True)
    user_id = fields.Many2one(
        "res.users", readonly=True, default=lambda self: self.env.user
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, default=lambda self: self.env.company, index=True
    )

    @api.model
    def _log(self, queries, facts, verdicts, channel):
        """Write one row per query and return the rows in the same order."""
        # The log belongs to the system: nobody may write it, whoever asks is logged.
        territory = self.env.user._get_default_territory()
        checks = self.sudo().create(
            [
                {
                    "typed_serial": (query["text"] or "")[:64] or "-",
                    "serial_key": fact.key,
                    "verdict": verdict.code,
                    "is_suspect": verdict.is_counterfeit_suspect,
                    "reasons": verdict.params,
                    "channel": channel,
                    "unit_id": verdict.unit_id,
                    "product_id": self._get_product_id(query, fact, verdict),
                    "ticket_id": query.get("ticket_id"),
                    "partner_id": query.get("partner_id"),
                    "user_id": self.env.uid,
                    "company_id": self.env.company.id,
                    "territory_id": query.get("territory_id") or territory.id,
                }
                for query, fact, verdict in zip(queries, facts, verdicts, strict=True)
            ]
        )
        return checks.with_env(self.env)

    def _get_product_id(self, query, fact, verdict):
        """The model of the unit found, else the model claimed."""
        found = {unit.unit_id: unit.product_id for unit in fact.candidates}
        return found.get(verdict.unit_id, query.get("product_id"))

    def write(self, vals):
        # A request that is saved after the query is linked to it, nothing else moves.
        if not self.env.su or vals.keys() - {"ticket_id", "territory_id"}:
            raise UserError(
                self.env._("Authenticity checks are a log and stay as they are.")
            )
        return super().write(vals)
