from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

PAGE_SIZE = 20
DECIDED = ("approved", "rejected", "settled")


class PortalClaim(CustomerPortal):
    """A station's claims: what is paid and why, what is asked for, appeals.

    Which claims a user sees is a record rule; what a claim's page tells beyond the
    claim's own fields is read past the rules only for a claim found by them.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "claim_count" in counters:
            Claim = request.env["aftersales.claim"]
            values["claim_count"] = (
                Claim.search_count(self._get_claim_domain("todo"))
                if Claim.has_access("read")
                else 0
            )
        return values

    def _get_claim_domain(self, name="all"):
        """The station's own claims that were handed in, filtered by the list's name."""
        user = request.env.user
        station = user.partner_id._get_service_station()
        today = request.env.company._get_today()
        own = Domain("station_id", "=", station.id) & Domain("state", "!=", "draft")
        appeal = (
            Domain("appeal_by", ">=", today)
            & Domain("appealed_at", "=", False)
            & Domain("state", "in", ("approved", "rejected"))
        )
        return own & {
            "todo": Domain("state", "=", "returned") | appeal,
            "open": Domain("state", "in", ("submitted", "review")),
            "decided": Domain("state", "in", DECIDED),
        }.get(name, Domain.TRUE)

    @http.route(
        ["/my/claims", "/my/claims/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_my_claims(self, page=1, filterby="all", **_kwargs):
        """List of the station's claims, newest first."""
        Claim = request.env["aftersales.claim"]
        domain = self._get_claim_domain(filterby)
        total = Claim.search_count(domain)
        pager = portal_pager(
            url="/my/claims",
            url_args={"filterby": filterby},
            total=total,
            page=page,
            step=PAGE_SIZE,
        )
        claims = Claim.search(
            domain,
            limit=PAGE_SIZE,
            offset=pager["offset"],
            order="work_date desc, id desc",
        )
        values = self._prepare_portal_layout_values() | {
            "page_name": "claims",
            "claims": claims,
            # Titles of the jobs of the user's own claims, found above.
            "jobs": {claim.id: claim.sudo().work_order_id for claim in claims},
            "pager": pager,
            "filterby": filterby,
            "filters": {
                "all": request.env._("All"),
                "todo": request.env._("To answer"),
                "open": request.env._("Being checked"),
                "decided": request.env._("Decided"),
            },
        }
        return request.render("aftersales_settlement.portal_my_claims", values)

    @http.route("/my/claims/<int:claim_id>", type="http", auth="user", website=True)
    def portal_my_claim(self, claim_id, message=None, **_kwargs):
        """One claim: its amounts, what was decided and what is asked for."""
        claim = self._get_own_claim(claim_id)
        if not claim:
            return request.redirect("/my/claims")
        return self._render_claim(claim, message=message)

    @http.route(
        "/my/claims/<int:claim_id>/appeal",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_appeal_claim(self, claim_id, reason="", **_kwargs):
        """The station appeals against a decision that pays less than it claimed."""
        claim = self._get_own_claim(claim_id)
        if not claim:
            return request.redirect("/my/claims")
        try:
            # The claim was found among the user's own above.
            claim.sudo()._appeal(request.env.user, reason)
        except UserError as error:
            return self._render_claim(claim, error=str(error), reason=reason)
        return request.redirect(f"{claim.access_url}?message=appealed")

    def _get_own_claim(self, claim_id):
        """The claim if it is the user's station's and handed in, else nothing."""
        domain = self._get_claim_domain() & Domain("id", "=", claim_id)
        return request.env["aftersales.claim"].search(domain)

    def _render_claim(self, claim, message=None, error=None, reason=""):
        """The page of one claim."""
        # Job, audit and the appeal's rule of a claim found among the user's own.
        inside = claim.sudo()
        job = inside.work_order_id
        obstacle = inside._get_appeal_obstacle()
        sheets = request.env["aftersales.settlement"].search(
            [("id", "in", inside.line_ids.settlement_id.ids)]
        )
        values = self._prepare_portal_layout_values() | {
            "page_name": "claims",
            "claim": claim,
            "job": job,
            "report_url": f"{job.access_url}/report" if job._can("report") else None,
            "findings": inside.finding_ids._tell_station(),
            "is_reduced": inside._is_reduced() and claim.state in DECIDED,
            "can_appeal": not obstacle,
            "obstacle": obstacle and inside._tell_appeal_obstacle(obstacle),
            "sheets": {sheet.id: sheet for sheet in sheets},
            "decisions": dict(
                claim.line_ids._fields["decision"]._description_selection(request.env)
            ),
            "message": message if message == "appealed" else None,
            "error": error,
            "reason": reason,
        }
        return request.render("aftersales_settlement.portal_my_claim", values)
