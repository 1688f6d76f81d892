from odoo import http
from odoo.http import request

from ..models.partner.aftersales_station_skill import WARNING_DAYS
from .portal_job import PortalJobs


class PortalCertificates(PortalJobs):
    """A station's certificates: who passed what, and what ends soon.

    The station is the user's own: no address and no form field names one.
    """

    @http.route(
        "/my/certificates", type="http", auth="user", website=True, readonly=True
    )
    def portal_my_certificates(self, **_kw):
        station = self._get_station()
        # Guard: the user's own station, and nobody else's people.
        own = station.sudo()._get_own_certificates(request.env.company)
        rows = [*own["certificates"], *own["skills"]]
        ended, ending = (
            sum(standing == wanted for _row, standing in rows)
            for wanted in ("ended", "ending")
        )
        values = self._prepare_portal_layout_values() | {
            "page_name": "certificates",
            **own,
            "ended": ended
            and request.env._(
                "Ended: %(count)s. You get no jobs by a skill that has ended.",
                count=ended,
            ),
            "ending": ending
            and request.env._(
                "Ending within %(days)s days: %(count)s. Ask your office for a course"
                " in time.",
                days=WARNING_DAYS,
                count=ending,
            ),
        }
        return request.render("aftersales_service.portal_my_certificates", values)
