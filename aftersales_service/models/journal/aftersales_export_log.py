from odoo import api, fields, models

ID_FIELDS = frozenset({"id", ".id"})
NO_PATH = 100
"""Longest list of fields that is written down by name."""


class AftersalesExportLog(models.Model):
    """Who took which list out of the system. Written by the export, by nobody else."""

    _name = "aftersales.export.log"
    _description = "Export"
    _order = "id desc"
    _rec_name = "res_model"

    user_id = fields.Many2one(
        "res.users", required=True, index=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    moment = fields.Datetime(
        string="When", required=True, readonly=True, default=fields.Datetime.now
    )
    res_model = fields.Char(string="List", required=True, readonly=True)
    record_count = fields.Integer(string="Records", readonly=True)
    field_names = fields.Text(string="Fields", readonly=True)

    @api.model
    def _write_down(self, model, count, labels):
        """One row: this user took ``count`` rows of ``model`` with these columns."""
        # Everybody's exports are written down; nobody has rights on the log itself.
        self.sudo().create(
            {
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
                # Said here: a default would be taken from the caller's context.
                "moment": fields.Datetime.now(),
                "res_model": model,
                "record_count": count,
                "field_names": ", ".join(labels[:NO_PATH]),
            }
        )


class Base(models.AbstractModel):
    """Every export of a list by a person is written down."""

    _inherit = "base"

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        if not self.env.su:
            self.env["aftersales.export.log"]._write_down(
                self._name, len(self), self._get_export_labels(fields_to_export)
            )
        return result

    def _get_export_labels(self, paths):
        """What a person calls the columns; ``partner_id/name`` is “Customer/Name”."""
        return [self._get_export_label(path) for path in paths if path != ".id"]

    def _get_export_label(self, path):
        labels, model = [], self
        for name in path.replace(".", "/").split("/"):
            field = model._fields.get(name)
            if field is None or name in ID_FIELDS:
                labels.append(name.upper() if name == "id" else name)
                break
            labels.append(field._description_string(self.env) or name)
            if not field.relational:
                break
            model = self.env[field.comodel_name]
        return "/".join(labels)
