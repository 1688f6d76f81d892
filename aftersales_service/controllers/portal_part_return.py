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
        """(due, others) of the failed parts of the user's station.

        All that are due, and as many of the others as a page shows.
        """
        # guard: the station is the user's own
        parts = request.env["aftersales.part.return"].sudo()
        jobs = request.env["aftersales.work.order"]._get_station_domain(station)
        mine = Domain("work_order_id", "any", jobs)
        is_due = Domain("state", "=", "due")
        return (
            parts.search(mine & is_due, order="id desc"),
            parts.search(mine & ~is_due, order="id desc", limit=MAX_PARTS),
        )

    def _get_chosen_parts(self):
        """Those of them that were ticked, none where nothing was; 404 for others'."""
        wanted = request.httprequest.values.getlist("part_id")[:MAX_PARTS]
        due, others = self._get_part_returns(self._get_station())
        chosen = (due | others).filtered(lambda part: str(part.id) in wanted)
        if wanted and not chosen:
            raise request.not_found()
        return chosen

    @http.route("/my/returns", type="http", auth="user", website=True)
    def portal_my_returns(self, notice=None, **_kw):
        return self._render_returns(is_sent=notice == "sent")

    def _render_returns(self, is_sent=False, error=None):
        due, others = self._get_part_returns(self._get_station())
        values = self._prepare_portal_layout_values() | {
            "page_name": "returns",
            "due": due,
            "others": others,
            "today": request.env.company._get_today(),
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
        """Labels of what was ticked, else of all that is due."""
        parts = self._get_chosen_parts()
        if not parts:
            due, _others = self._get_part_returns(self._get_station())
            parts = due[:MAX_PARTS]
        if not parts:
            raise request.not_found()
        return self._show_report(
            parts,
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
                parts = self._get_chosen_parts()
                if not parts:
                    raise UserError(request.env._("Tick the parts that you send."))
                parts._send()
        except UserError as problem:
            return self._render_returns(error=str(problem))
        return request.redirect("/my/returns?notice=sent")
