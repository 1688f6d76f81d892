from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from .portal_job import PortalJobs

MAX_PARTS = 200
"""Parts sent or printed at once."""


class PortalPartReturns(PortalJobs):
    """Failed parts of a station: labels to print, parts to send.

    As with its jobs, the station has no rights on them: every route asks for the
    user's own station first and goes on with ``sudo()`` and its own parts only.
    """

    def _get_part_returns(self, station):
        """Failed parts that the user's station has or had to send back."""
        # guard: the station is the user's own
        parts = request.env["aftersales.part.return"].sudo()
        jobs = request.env["aftersales.work.order"]._get_station_domain(station)
        return parts.search(
            Domain("work_order_id", "any", jobs), order="id desc", limit=MAX_PARTS
        )

    def _get_chosen_parts(self):
        """Those of them that were ticked; 404 when none was."""
        wanted = request.httprequest.values.getlist("part_id")[:MAX_PARTS]
        parts = self._get_part_returns(self._get_station())
        chosen = parts.filtered(lambda part: str(part.id) in wanted)
        if not chosen and not wanted:
            chosen = parts.filtered(lambda part: part.state == "due")
        if not chosen:
            raise request.not_found()
        return chosen

    @http.route("/my/returns", type="http", auth="user", website=True)
    def portal_my_returns(self, notice=None, **_kw):
        return self._render_returns(is_sent=notice == "sent")

    def _render_returns(self, is_sent=False, error=None):
        parts = self._get_part_returns(self._get_station())
        due = parts.filtered(lambda part: part.state == "due")
        values = self._prepare_portal_layout_values() | {
            "page_name": "returns",
            "due": due,
            "others": parts - due,
            "today": request.env["aftersales.work.order"]._get_today_of(
                request.env.company
            ),
            "is_sent": is_sent,
            "error": error,
        }
        return request.render("aftersales_service.portal_my_returns", values)

    @http.route(
        "/my/returns/labels",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_return_labels(self, **_kw):
        return self._show_report(
            self._get_chosen_parts(),
            "pdf",
            "aftersales_service.action_report_part_return_label",
            download=True,
        )

    @http.route(
        "/my/returns/send", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_return_send(self, **_kw):
        try:
            with request.env.cr.savepoint():
                self._get_chosen_parts()._send()
        except UserError as problem:
            return self._render_returns(error=str(problem))
        return request.redirect("/my/returns?notice=sent")
