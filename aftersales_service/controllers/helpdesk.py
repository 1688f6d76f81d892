from datetime import datetime, timedelta

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request
from odoo.tools import plaintext2html

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController
from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk

# Longest texts a portal form may send, in characters.
MAX_LINE = 200
MAX_TEXT = 5000

MAX_WISH = timedelta(days=366)
"""Nobody wishes for a day later than that."""


def _to_id(text):
    """An id from a form, 0 for anything else."""
    return int(text) if (text or "").isascii() and (text or "").isdigit() else 0


def _get_own_phone():
    """The user's own phone, else that of his company."""
    partner = request.env.user.partner_id
    # His own company's number is no secret to him.
    return partner.phone or partner.sudo().commercial_partner_id.phone


def _now_here():
    """The company's time, as forms show it: without a zone."""
    zone = request.env.company._get_service_zone()
    return datetime.now(zone).replace(tzinfo=None)


def _to_wished_time(text):
    """A coming time of the company's zone, as stored; False for anything else."""
    try:
        wished = datetime.fromisoformat((text or "")[:16])
    except ValueError:
        return False
    now = _now_here()
    if wished.tzinfo or not now < wished < now + MAX_WISH:
        return False
    return request.env.company._get_moment(wished.date(), wished.time())


class HelpdeskTicketHardened(HelpdeskTicketController):
    """Portal forms of requests: checked, and with the words of a service request."""

    @http.route(methods=["POST"], website=True)
    def support_ticket_close(self, **kw):
        """Close the customer's own request, where nothing is open."""
        ticket = request.env["helpdesk.ticket"].browse(_to_id(kw.get("ticket_id")))
        try:
            ticket.exists().ensure_one().check_access("read")
        except (AccessError, MissingError, ValueError):
            raise request.not_found() from None
        stage = ticket._get_portal_close_stages(request.env.user).filtered(
            lambda stage: stage.id == _to_id(kw.get("stage_id"))
        )
        if not stage:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                # Readable for him, he is its customer, and the stage is one he may use.
                ticket.sudo().stage_id = stage
        except UserError:
            return request.redirect(f"/my/ticket/{ticket.id}?not_closed=1")
        return request.redirect(f"/my/ticket/{ticket.id}")

    def _get_create_new_ticket_values(self, **kw):
        values = super()._get_create_new_ticket_values(**kw)
        return {
            **values,
            # Names of request types only; portal users have no right on the model.
            "request_types": request.env["aftersales.request.type"]
            .sudo()
            .search([("company_id", "in", [False, request.env.company.id])]),
            "phone": _get_own_phone(),
            "wished_from": f"{_now_here():%Y-%m-%dT%H:%M}",
        }

    def _prepare_submit_ticket_vals(self, **kw):
        categories = request.env["helpdesk.ticket.category"].search(
            [
                ("id", "=", _to_id(kw.get("category"))),
                ("show_in_portal", "=", True),
            ]
        )
        kw = {
            **kw,
            "category": categories.id,
            "team": str(_to_id(kw.get("team"))),
            "description": (kw.get("description") or "")[:MAX_TEXT],
            "subject": (kw.get("subject") or "").strip()[:MAX_LINE],
        }
        vals = super()._prepare_submit_ticket_vals(**kw)
        # Names of request types only, see above.
        request_type = (
            request.env["aftersales.request.type"]
            .sudo()
            .search(
                [
                    ("id", "=", _to_id(kw.get("request_type"))),
                    ("company_id", "in", [False, request.env.company.id]),
                ]
            )
        )
        text = "\n".join(filter(None, [kw["subject"], kw["description"]]))
        vals |= {
            "request_type_id": request_type.id,
            "serial_typed": (kw.get("serial") or "").strip()[:MAX_LINE] or False,
            "wished_at": _to_wished_time(kw.get("wished_at")),
            "fault_text": text,
            "description": plaintext2html(text),
            "contact_phone": (kw.get("phone") or "").strip()[:MAX_LINE]
            or _get_own_phone(),
        }
        if request_type or not kw["subject"]:
            # The title follows from type and model.
            vals.pop("name")
        return vals


class CustomerPortalRequests(CustomerPortalHelpdesk):
    """Request pages of the portal."""

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        if not request.env.user.tz:
            # Whoever comes by the link tells no time zone: the company's own is meant.
            zone = ticket.company_id.sudo()._get_service_zone()
            request.update_context(tz=str(zone))
        # With a token but without a log-in nobody closes anything.
        return {
            **values,
            "closed_stages": ticket._get_portal_close_stages(request.env.user),
            "not_closed": bool(kwargs.get("not_closed")),
            "photos_left_out": bool(kwargs.get("photos_left_out")),
        }
