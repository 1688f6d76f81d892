from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import dictionary


class AftersalesFaultCode(models.Model):
    """An entry of the fault dictionary that headquarters keeps."""

    _name = "aftersales.fault.code"
    _description = "Fault code"
    _inherit = ["aftersales.cached.mixin"]
    _parent_store = True
    _order = "kind, code, id"
    _rec_names_search = ["code", "name"]

    kind = fields.Selection(
        [
            ("component", "Component"),
            ("symptom", "Symptom"),
            ("cause", "Cause"),
            ("remedy", "Remedy"),
        ],
        required=True,
        index=True,
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(
        default=True,
        help="Codes retire, they are never deleted: old reports keep them.",
    )
    company_id = fields.Many2one("res.company", index=True)
    parent_id = fields.Many2one(
        "aftersales.fault.code", index=True, domain="[('kind', '=', kind)]"
    )
    parent_path = fields.Char(index=True)
    component_class = fields.Selection(
        [("main", "Main part"), ("wearing", "Wearing part"), ("other", "Other part")],
        default="other",
        help="Warranty lines may differ for main and wearing parts.",
    )
    is_misuse = fields.Boolean(
        string="Owner's fault",
        help="A cause such as wrong fuel or missing oil, which warranty excludes.",
    )
    is_other = fields.Boolean(
        string="Means “other”",
        help="A report with this code is classified within 7 days: headquarters or"
        " quality choose a code that says what it was.",
    )
    kind_before = fields.Char(compute="_compute_kind_before")
    fits_ids = fields.Many2many(
        "aftersales.fault.code",
        "aftersales_fault_code_fit_rel",
        "code_id",
        "before_id",
        string="Only with",
        domain="[('kind', '=', kind_before)]",
        help="A report offers this code only after one of these: a symptom after its"
        " components, a cause after its symptoms, a remedy after its causes. A group"
        " stands for everything in it. Empty means after every one.",
    )
    part_ids = fields.Many2many(
        "product.product",
        "aftersales_fault_code_part_rel",
        string="Usual parts",
        domain="[('is_storable', '=', True)]",
        help="Parts a repair of this component or symptom usually takes. Dispatch"
        " prefers stations that have them on hand.",
    )

    _code_uniq = models.UniqueIndex(
        "(kind, code, COALESCE(company_id, 0))", "This code already exists."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for fault in self:
            fault.display_name = f"{fault.code} {fault.name}"

    @api.depends("kind")
    def _compute_kind_before(self):
        for fault in self:
            fault.kind_before = fault.kind and dictionary.before(fault.kind)

    @api.constrains("fits_ids", "kind")
    def _check_fits_ids(self):
        for fault in self:
            if set(fault.fits_ids.mapped("kind")) - {fault.kind_before}:
                raise ValidationError(
                    self.env._(
                        "%(code)s can only go with codes of the step before:"
                        " component, symptom, cause, remedy.",
                        code=fault.code,
                    )
                )

    @api.constrains("parent_id", "kind")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A fault code cannot be part of itself."))
        for fault in self:
            if fault.parent_id and fault.parent_id.kind != fault.kind:
                raise ValidationError(
                    self.env._(
                        "%(code)s and its group must be of one kind.", code=fault.code
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Fault codes are archived, not deleted."))

    def _prepare_code_facts(self):
        """This code as ``tools.dictionary`` takes it."""
        self.ensure_one()
        return dictionary.Code(path=self._get_path_ids(), fits=tuple(self.fits_ids.ids))

    def _get_path_ids(self):
        """Ids from this code up to its topmost group; empty for no code."""
        if not self:
            return ()
        return tuple(int(part) for part in reversed(self.parent_path.split("/")[:-1]))
