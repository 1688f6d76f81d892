from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.aftersales_service.controllers.portal_job import PortalJobs

SHOWN = ("published", "archived")


class PortalBulletins(PortalJobs):
    """News on the portal: a station or dealer sees what is addressed to it."""

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["reads_bulletins"] = bool(self._get_bulletin_reader())
        return values

    def _get_bulletin_reader(self):
        """The user's own station or dealer, else an empty record."""
        partner = request.env.user.partner_id
        return partner._get_service_station() or partner._get_dealer()

    def _find_bulletin_rows(self, states, bulletin_id=None):
        """What is addressed to the user's own station or dealer; 404 for others."""
        partner = self._get_bulletin_reader()
        if not partner:
            raise request.not_found()
        domain = Domain("partner_id", "=", partner.id)
        domain &= Domain("bulletin_id.state", "in", states)
        if bulletin_id:
            domain &= Domain("bulletin_id", "=", bulletin_id)
        # Portal has no rights on bulletins: rows of the own partner only.
        rows = request.env["aftersales.bulletin.reader"].sudo()
        return rows.search(domain, order="id desc", limit=100)

    def _get_bulletin_row(self, bulletin_id):
        row = self._find_bulletin_rows(SHOWN, bulletin_id)
        if not row:
            raise request.not_found()
        return row

    @http.route("/my/bulletins", type="http", auth="user", website=True, readonly=True)
    def portal_bulletins(self, archive="", **_kw):
        """The bulletins of the user's station or dealer, unread ones marked."""
        states = ("archived",) if archive else ("published",)
        values = self._prepare_portal_layout_values() | {
            "page_name": "bulletins",
            "rows": self._find_bulletin_rows(states),
            "archive": bool(archive),
        }
        return request.render("aftersales_knowledge.portal_bulletins", values)

    @http.route(
        "/my/bulletins/<int:bulletin_id>", type="http", auth="user", website=True
    )
    def portal_bulletin(self, bulletin_id, **_kw):
        """One bulletin; that it was opened is written down, once."""
        row = self._get_bulletin_row(bulletin_id)
        row._note_read()
        values = self._prepare_portal_layout_values() | {
            "page_name": "bulletin",
            "bulletin": row.bulletin_id,
        }
        return request.render("aftersales_knowledge.portal_bulletin", values)

    @http.route(
        "/my/bulletins/<int:bulletin_id>/files/<int:file_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def portal_bulletin_file(self, bulletin_id, file_id, **_kw):
        """One attachment of a bulletin that is addressed to the user."""
        files = self._get_bulletin_row(bulletin_id).bulletin_id.attachment_ids
        file = files.filtered(lambda kept: kept.id == file_id and kept.type == "binary")
        if not file:
            raise request.not_found()
        # Saved, never shown: no file runs as a page of ours.
        stream = request.env["ir.binary"]._get_stream_from(file)
        return stream.get_response(as_attachment=True)
