from odoo import fields, models


class AftersalesUnitImportWizard(models.TransientModel):
    """Choose a file of what there was before; the import is a run that can be left."""

    _name = "aftersales.unit.import.wizard"
    _description = "Import a file"

    what = fields.Selection(
        [
            ("unit_import", "Machines"),
            ("customer_import", "Customers"),
            ("station_import", "Stations"),
            ("order_import", "Past work orders"),
        ],
        string="What the file holds",
        required=True,
        default="unit_import",
    )
    file = fields.Binary(string="CSV file", required=True)
    file_name = fields.Char()

    def action_import(self):
        """Start the run and show it."""
        self.ensure_one()
        runs = self.env["aftersales.run"]
        if self.what == "unit_import":
            run = runs._start_unit_import(self.file, self.file_name)
        else:
            run = runs._start_table_import(self.what, self.file, self.file_name)
        return run._action_open()

    def action_download_template(self):
        """Download an empty file with the column names in the user's language."""
        name = {
            "unit_import": "machines",
            "customer_import": "customers",
            "station_import": "stations",
            "order_import": "past_work_orders",
        }[self.what]
        suffix = "_zh_CN" if (self.env.lang or "").startswith("zh") else ""
        return {
            "type": "ir.actions.act_url",
            "url": f"/aftersales_service/static/template/{name}{suffix}.csv",
            "target": "download",
        }
