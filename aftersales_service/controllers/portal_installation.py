from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..models.work_order.aftersales_work_order_report import ReportError
from .installation_form import FIELDS, InstallationReader
from .portal_job import MAX_UPLOAD, PortalJobs
from .report_form import get_error_name


class PortalInstallations(PortalJobs):
    """A station registers a machine it installed."""

    @http.route(
        "/my/installations/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_UPLOAD,
    )
    def portal_installation(self, **post):
        station = self._get_station()
        if request.httprequest.method != "POST":
            return self._render_installation(station, post.get("serial"))
        # The user works for this station; the reader takes named fields only.
        env = request.env(su=True)
        reader = InstallationReader(env, request.httprequest.form, station.state_id)
        reader.read()
        orders = env["aftersales.work.order"]
        reader.photo_kinds = orders._get_installation_type().photo_ids
        pictures = self._read_photos(reader)
        if not reader.errors:
            order = self._register(station, reader, pictures)
            if order:
                return request.redirect(f"{order.access_url}?notice=submitted")
        return self._render_installation(station, reader=reader)

    def _register(self, station, reader, pictures):
        """The work order, or nothing and sentences at the fields."""
        vals = reader.prepare(station.sudo()) | {"photos": pictures}
        try:
            with request.env.cr.savepoint():
                # Guard: the station is the user's own, the machine was checked.
                orders = request.env["aftersales.work.order"].sudo()
                return orders._register_installation(vals)
        except ReportError as problem:
            for _order, field, key, sentence in problem.errors:
                reader.errors[get_error_name(field, key)] = sentence
        except UserError as problem:
            reader.errors["form"] = str(problem)
        return None

    def _render_installation(self, station, serial=None, reader=None):
        # Names of places and the steps of the request type, nothing else.
        env = request.env(su=True)
        orders = env["aftersales.work.order"]
        values = dict.fromkeys(FIELDS, "")
        values["serial"] = (serial or "")[:64]
        values["started_on"] = request.env.company._get_today().isoformat()
        values |= reader.typed if reader else {}
        return request.render(
            "aftersales_service.portal_installation",
            self._prepare_portal_layout_values()
            | {
                "page_name": "installation",
                "kind": orders._get_installation_type(),
                "values": values,
                "errors": reader.errors if reader else {},
                "models": reader.models if reader else env["product.product"],
                "cities": env["res.city"].search(
                    [("state_id", "=", station.state_id.id)]
                )
                if station.state_id
                else env["res.city"],
            },
        )
