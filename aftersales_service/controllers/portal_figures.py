from odoo import http
from odoo.http import request

from .portal_job import PortalJobs

PARTS = ("answer", "arrive", "fix", "satisfaction")
UNITS = ("%", "%", "%", "")


class PortalFigures(PortalJobs):
    """A station's own figures, beside the mean of all others.

    The station is the user's own: no address and no form field names one.
    """

    @http.route("/my/figures", type="http", auth="user", website=True, readonly=True)
    def portal_my_figures(self, **_kw):
        station = self._get_station()
        # Guard: the user's own station; of others only a mean of several is told.
        figures = station.sudo()._get_own_figures(request.env.company)
        labels = (
            request.env._("Answered in time"),
            request.env._("Arrived in time"),
            request.env._("Fixed at the first visit"),
            request.env._("Satisfaction (1 to 5)"),
        )
        values = self._prepare_portal_layout_values() | {
            "page_name": "figures",
            "months": figures["months"],
            "own": figures["own"],
            "network": figures["network"],
            "parts": list(zip(PARTS, labels, UNITS, strict=True)),
        }
        return request.render("aftersales_service.portal_my_figures", values)
