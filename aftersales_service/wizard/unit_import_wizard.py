from odoo import fields, models


class AftersalesUnitImportWizard(models.TransientModel):
    """Choose a file of machines; the import itself is a run that can be left."""

    _name = "aftersales.unit.import.wizard"
    _description = "Import machines"

    file = fields.Binary(string="CSV file", required=True)
    file_name = fields.Char()

    def action_import(self):
        """Start the run and show it."""
        self.ensure_one()
        run = self.env["aftersales.run"]._start_unit_import(self.file, self.file_name)
        return run._action_open()

    def action_download_template(self):
        """Download an empty file with the column names in the user's language."""
        suffix = "_zh_CN" if (self.env.lang or "").startswith("zh") else ""
        return {
            "type": "ir.actions.act_url",
            "url": f"/aftersales_service/static/template/machines{suffix}.csv",
            "target": "download",
        }
