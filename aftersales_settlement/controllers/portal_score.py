from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE_SIZE = 24


class PortalScore(CustomerPortal):
    """A station's scores: its months, its place, and what it could still reach."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "score_count" in counters:
            station = request.env.user.partner_id._get_service_station()
            # A new station sees its running month before it has a score.
            values["score_count"] = int(bool(station)) and max(
                request.env["aftersales.station.score"].search_count(
                    self._get_score_domain(station)
                ),
                1,
            )
        return values

    def _get_score_domain(self, station):
        """The station's own; what it may see at all is a record rule."""
        return [("station_id", "=", station.id)]

    @http.route(
        ["/my/score", "/my/score/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_scores(self, page=1, **_kwargs):
        """The running month and the months that were scored, newest first."""
        station = request.env.user.partner_id._get_service_station()
        if not station:
            return request.redirect("/my")
        Score = request.env["aftersales.station.score"]
        domain = self._get_score_domain(station)
        total = Score.search_count(domain)
        pager = portal_pager(url="/my/score", total=total, page=page, step=PAGE_SIZE)
        company = station.sudo().company_id or request.env.company
        running = Score._prepare_running(company, station)[station]
        verdict = running["verdict"]
        values = {
            "scores": Score.search(domain, limit=PAGE_SIZE, offset=pager["offset"]),
            "pager": pager,
            "page_name": "score",
            "default_url": "/my/score",
            "running": verdict if page == 1 else None,
            "running_month": f"{running['month']:%Y-%m}",
            "running_lines": [
                {
                    "label": self._get_measure_labels()[line.code],
                    "sentence": Score._tell_measure(
                        line.code, line.numerator, line.denominator
                    ),
                    "points": line.points,
                }
                for line in verdict.measures
            ],
            "chances": [
                Score._tell_chance(chance, verdict.multiplier)
                for chance in running["chances"]
            ],
        }
        return request.render("aftersales_settlement.portal_my_scores", values)

    @http.route("/my/score/<int:score_id>", type="http", auth="user", website=True)
    def portal_my_score(self, score_id, **_kwargs):
        """One month with its parts."""
        score = self._get_own_score(score_id)
        if not score:
            return request.redirect("/my/score")
        values = self._get_page_view_values(
            score,
            None,
            {"page_name": "score", "score": score},
            "my_scores_history",
            False,
        )
        return request.render("aftersales_settlement.portal_my_score", values)

    def _get_own_score(self, score_id):
        """The score if it is the user's station's, else nothing."""
        try:
            self._document_check_access("aftersales.station.score", score_id)
        except (AccessError, MissingError):
            return None
        station = request.env.user.partner_id._get_service_station()
        # Without the document's elevated rights: rules hold for what is shown.
        return request.env["aftersales.station.score"].search(
            [*self._get_score_domain(station), ("id", "=", score_id)]
        )

    def _get_measure_labels(self):
        """{code: name} of the measures in the reader's language."""
        lines = request.env["aftersales.station.score.line"]
        return dict(lines._fields["code"]._description_selection(lines.env))
