import re
from datetime import date

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE_SIZE = 20
MESSAGES = ("confirmed", "disputed", "invoiced")
FILE_TYPES = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


class PortalSettlement(CustomerPortal):
    """A station's settlements: look, confirm, dispute single lines."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "settlement_count" in counters:
            Sheet = request.env["aftersales.settlement"]
            values["settlement_count"] = (
                Sheet.search_count(self._get_settlement_domain())
                if Sheet.has_access("read")
                else 0
            )
        return values

    def _get_settlement_domain(self):
        """The station's own; what it may see at all is a record rule."""
        station = request.env.user.partner_id._get_service_station()
        return [("station_id", "=", station.id)]

    @http.route(
        ["/my/settlements", "/my/settlements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_settlements(self, page=1, **_kwargs):
        """List of the station's sheets, newest first."""
        Sheet = request.env["aftersales.settlement"]
        domain = self._get_settlement_domain()
        total = Sheet.search_count(domain)
        pager = portal_pager(
            url="/my/settlements", total=total, page=page, step=PAGE_SIZE
        )
        sheets = Sheet.search(domain, limit=PAGE_SIZE, offset=pager["offset"])
        return request.render(
            "aftersales_settlement.portal_my_settlements",
            {
                "sheets": sheets,
                "pager": pager,
                "page_name": "settlement",
                "default_url": "/my/settlements",
            },
        )

    @http.route(
        "/my/settlements/<int:settlement_id>", type="http", auth="user", website=True
    )
    def portal_my_settlement(self, settlement_id, message=None, **_kwargs):
        """One sheet with every line's explanation."""
        sheet = self._get_own_settlement(settlement_id)
        if not sheet:
            return request.redirect("/my/settlements")
        return self._render_settlement(sheet, message=message)

    @http.route(
        "/my/settlements/<int:settlement_id>/confirm",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_confirm_settlement(self, settlement_id, **_kwargs):
        """The station agrees with the sheet as it stands."""
        sheet = self._get_own_settlement(settlement_id)
        if not sheet:
            return request.redirect("/my/settlements")
        try:
            # The sheet was found among the user's own above.
            sheet.sudo()._confirm(request.env.user)
        except UserError as error:
            return self._render_settlement(sheet, error=str(error))
        return request.redirect(f"{sheet.access_url}?message=confirmed")

    @http.route(
        "/my/settlements/<int:settlement_id>/lines/<int:line_id>/dispute",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_dispute_line(self, settlement_id, line_id, reason="", **_kwargs):
        """The station disputes one line; the rest of the sheet stays."""
        sheet = self._get_own_settlement(settlement_id)
        if not sheet:
            return request.redirect("/my/settlements")
        line = sheet.line_ids.filtered(lambda row: row.id == line_id)
        if not line:
            return request.redirect(sheet.access_url)
        try:
            # The line was found on one of the user's own sheets above.
            line.sudo()._dispute(reason)
        except UserError as error:
            return self._render_settlement(sheet, error=str(error))
        return request.redirect(f"{sheet.access_url}?message=disputed")

    @http.route(
        "/my/settlements/<int:settlement_id>/invoice",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_settlement_invoice(self, settlement_id, **posted):
        """The station hands in the invoice it wrote for this sheet."""
        sheet = self._get_own_settlement(settlement_id)
        if not sheet:
            return request.redirect("/my/settlements")
        try:
            # The sheet was found among the user's own above.
            sheet.sudo()._take_invoice(
                posted.get("number"),
                self._read_invoice_date(posted.get("date")),
                self._read_invoice_amount(posted.get("amount")),
            )
        except UserError as error:
            return self._render_settlement(sheet, error=str(error), posted=posted)
        return request.redirect(f"{sheet.access_url}?message=invoiced")

    def _read_invoice_date(self, text):
        """A day as browsers send it, None for anything else."""
        try:
            return date.fromisoformat((text or "").strip())
        except ValueError:
            return None

    def _read_invoice_amount(self, text):
        """An amount as people type it; what is none matches no sheet."""
        text = (text or "").strip().replace(",", "")
        return float(text) if AMOUNT.fullmatch(text) else 0.0

    @http.route(
        "/my/settlements/<int:settlement_id>/sheet.<string:ending>",
        type="http",
        auth="user",
        website=True,
    )
    def portal_settlement_file(self, settlement_id, ending, **_kwargs):
        """The sheet to keep, as PDF or CSV."""
        sheet = self._get_own_settlement(settlement_id)
        if not sheet or ending not in FILE_TYPES:
            return request.redirect("/my/settlements")
        # The sheet was found among the user's own above.
        content = sheet.sudo()._make_file(ending)
        name = content_disposition(f"{sheet._get_file_name()}.{ending}")
        headers = [("Content-Type", FILE_TYPES[ending]), ("Content-Disposition", name)]
        return request.make_response(content, headers)

    def _get_own_settlement(self, settlement_id):
        """The sheet if it is the user's station's and was sent, else nothing."""
        try:
            sheet = self._document_check_access("aftersales.settlement", settlement_id)
        except (AccessError, MissingError):
            return None
        domain = self._get_settlement_domain()
        # Without the document's elevated rights: rules hold for what is shown.
        return request.env["aftersales.settlement"].search(
            [*domain, ("id", "=", sheet.id)]
        )

    def _render_settlement(self, sheet, message=None, error=None, posted=None):
        """The page of one sheet."""
        lines = sheet.line_ids
        values = self._get_page_view_values(
            sheet,
            None,
            {
                "page_name": "settlement",
                "sheet": sheet,
                "bill_url": self._get_bill_url(sheet),
                "groups": lines.grouped("kind"),
                "kinds": dict(lines._fields["kind"]._description_selection(lines.env)),
                "message": message if message in MESSAGES else None,
                "error": error,
                "posted": posted or {},
            },
            "my_settlements_history",
            False,
        )
        return request.render("aftersales_settlement.portal_my_settlement", values)

    def _get_bill_url(self, sheet):
        """The page of the sheet's own bill, if the user may read it."""
        # Only the link; the bill's page asks for the user's right again.
        bill = sheet.sudo().bill_id.with_env(sheet.env)
        return bill.access_url if bill.has_access("read") else None
