from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.portal.controllers.portal import CustomerPortal

from . import photo

MAX_PHOTOS = 6
MAX_MACHINES = 200


class PortalCustomerMachines(CustomerPortal):
    """A customer's day: his machines, and what he says of the work done."""

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        partner = request.env.user.partner_id
        # Whether the user himself owns a machine.
        values["has_machines"] = bool(
            request.env["stock.lot"]
            .sudo()
            .search_count(partner._get_own_units_domain(), limit=1)
        )
        return values

    @http.route("/my/machines", type="http", auth="user", website=True)
    def portal_my_machines(self, notice=None, **_query):
        partner = request.env.user.partner_id
        # Only machines whose owner is the user's own company or himself.
        units = (
            request.env["stock.lot"]
            .sudo()
            .search(partner._get_own_units_domain(), limit=MAX_MACHINES)
        )
        values = self._prepare_portal_layout_values() | {
            "page_name": "machines",
            "machines": units._prepare_portal_machines(),
            "registrations": partner._prepare_portal_registrations(),
            "is_registered": notice == "registered",
        }
        return request.render("aftersales_service.portal_my_machines", values)

    @http.route(
        [
            "/my/ticket/<int:ticket_id>/rate",
            "/my/ticket/<int:ticket_id>/<string:access_token>/rate",
        ],
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_rate_request(self, ticket_id, access_token=None, **post):
        try:
            # The user may read it, or holds the link that was sent to the customer.
            ticket = self._document_check_access(
                "helpdesk.ticket", ticket_id, access_token=access_token
            )
        except (AccessError, MissingError):
            raise request.not_found() from None
        stars = post.get("stars") or ""
        if (
            stars in ("1", "2", "3", "4", "5")
            and ticket._can_portal_rate()
            and (access_token or ticket._is_portal_customer(request.env.user))
        ):
            ticket._rate_from_portal(int(stars), (post.get("words") or "")[:1000])
        return request.redirect(ticket.get_portal_url())


class HelpdeskTicketPhotos(HelpdeskTicketController):
    """Photos with a request: decoded and written anew, never as they were sent."""

    @http.route()
    def submit_ticket(self, **kw):
        kw.pop("attachment", None)
        response = super().submit_ticket(**kw)
        ticket_id = int(response.location.rpartition("/")[2])
        uploads = request.httprequest.files.getlist("attachment")
        files = [upload for upload in uploads if upload.filename]
        vals_list = []
        for upload in files[:MAX_PHOTOS]:
            try:
                data = photo.reencode(upload.stream.read(photo.MAX_BYTES + 1))
            except photo.PhotoError:
                continue
            vals_list.append(
                {
                    "name": f"photo{len(vals_list) + 1}.jpg",
                    "raw": data,
                    "mimetype": "image/jpeg",
                    "res_model": "helpdesk.ticket",
                    "res_id": ticket_id,
                }
            )
        # Files of the request this very call has made.
        request.env["ir.attachment"].sudo().create(vals_list)
        if len(vals_list) < len(files):
            return request.redirect(f"/my/ticket/{ticket_id}?photos_left_out=1")
        return response
