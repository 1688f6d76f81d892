from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import split_every

from ...tools import sheet_file

# Sheets printed between two commits: a PDF takes most of a second.
FILE_BATCH = 10
ENDINGS = ("pdf", "csv")


class AftersalesSettlement(models.Model):
    """The sheet as PDF and CSV on its bill: what the station and its bank may keep."""

    _inherit = "aftersales.settlement"

    is_attached = fields.Boolean(
        string="Sheet on the bill",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The sheet lies on its bill as PDF and CSV.",
    )

    def _get_file_name(self):
        """Name of the sheet's files, without their ending."""
        self.ensure_one()
        return f"{self.name.replace('/', '-')} {self.period}"

    def _write_csv(self):
        """The sheet as CSV in its reader's language: every line with its sentence."""
        self.ensure_one()
        _ = self.env._
        kinds = dict(self.line_ids._fields["kind"]._description_selection(self.env))
        titles = [
            _("Settlement"),
            _("Month"),
            _("Line"),
            _("Kind"),
            _("Claim"),
            _("Job"),
            _("How it comes about"),
            _("Amount"),
            _("Currency"),
        ]
        # The numbers of claims, of a sheet the caller may read.
        claims = {line.id: line.claim_id.name for line in self.sudo().line_ids}
        rows = (
            [
                self.name,
                self.period,
                line.display_name,
                kinds[line.kind],
                claims[line.id],
                line.job,
                line.why,
                line._get_decimal(),
                line.currency_id.name,
            ]
            for line in self.line_ids.sorted()
        )
        return sheet_file.write(titles, rows)

    @api.model
    def _get_to_attach_domain(self):
        """Sheets whose posted bill does not carry them yet."""
        return Domain(
            [
                ("is_attached", "=", False),
                ("bill_id.state", "=", "posted"),
            ]
        )

    @api.model
    def _cron_attach(self):
        """Lay sheets on their posted bills, in committed batches."""
        cron = self.env["ir.cron"]
        sheets = self.search(self._get_to_attach_domain(), order="id")
        cron._commit_progress(remaining=len(sheets))
        for batch in split_every(FILE_BATCH, sheets.ids):
            self.browse(batch)._attach_to_bill()
            if not cron._commit_progress(len(batch)):
                break

    def _attach_to_bill(self):
        """Lay these sheets on their bills as PDF and CSV, each once."""
        todo = self.filtered(lambda sheet: sheet.bill_id and not sheet.is_attached)
        todo = todo.try_lock_for_update()
        vals_list = []
        for sheet in todo:
            vals_list += [
                {
                    "name": f"{sheet._get_file_name()}.{ending}",
                    "raw": sheet._make_file(ending),
                    "res_model": "account.move",
                    "res_id": sheet.bill_id.id,
                    "company_id": sheet.company_id.id,
                }
                for ending in ENDINGS
            ]
        files = self.env["ir.attachment"].create(vals_list)
        todo._write_guarded({"is_attached": True})
        return files

    def _get_files(self):
        """The sheets' files on their bills."""
        names = [
            f"{sheet._get_file_name()}.{ending}" for sheet in self for ending in ENDINGS
        ]
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", self.bill_id.ids),
                ("name", "in", names),
            ]
        )

    def _make_file(self, ending):
        """Content of this sheet's file: ``pdf`` or ``csv``. May be extended."""
        self.ensure_one()
        sheet = self.with_context(lang=self.station_id.lang or self.env.lang)
        if ending == "csv":
            return sheet._write_csv()
        report = "aftersales_settlement.action_report_settlement"
        return sheet.env["ir.actions.report"]._render_qweb_pdf(report, self.ids)[0]
