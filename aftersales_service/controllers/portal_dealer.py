from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .dealer_file import DealerFile
from .dealer_form import FIELDS, MovementReader, get_wait_minutes

KINDS = ("sale", "transfer")
MAX_FILE = 1024 * 1024


class PortalDealer(CustomerPortal):
    """A dealer's machines and parts: on hand, in, out; he registers what leaves.

    A dealer has no rights on stock or machines. Every route first asks whether the
    user works for a dealer, answers 404 if not, and goes on with ``sudo()``, that
    dealer and named fields only.
    """

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["dealer"] = request.env.user.partner_id._get_dealer()
        return values

    def _get_dealer(self):
        dealer = request.env.user.partner_id._get_dealer()
        if not dealer:
            raise request.not_found()
        return dealer.sudo()  # guard: the user's own dealer

    @http.route("/my/stock", type="http", auth="user", website=True)
    def portal_my_stock(self, notice=None, **_other):
        dealer = self._get_dealer()
        values = self._prepare_portal_layout_values() | {
            "page_name": "stock",
            "dealer": dealer,
            "is_registered": notice == "registered",
            **dealer._prepare_dealer_stock(),
        }
        return request.render("aftersales_service.portal_my_stock", values)

    @http.route(
        "/my/stock/<string:kind>/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
    )
    def portal_movement(self, kind, **post):
        dealer = self._get_dealer()
        if kind not in KINDS:
            raise request.not_found()
        if request.httprequest.method != "POST":
            return self._render_movement(dealer, kind, serial=post.get("serial"))
        reader = MovementReader(dealer.env, request.httprequest.form, dealer, kind)
        reader.read()
        if reader.errors and (minutes := self._get_wait_minutes([reader])):
            reader.errors = {
                "serial": request.env._(
                    "Too many questions for now. Please ask again in %(minutes)s min.",
                    minutes=minutes,
                )
            }
        if not reader.errors and self._register_movement(dealer, reader):
            return request.redirect("/my/stock?notice=registered")
        return self._render_movement(dealer, kind, reader)

    @http.route(
        "/my/stock/file",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_FILE + 4096,
    )
    def portal_movement_file(self, **_post):
        """Register a file of movements: all of it, or nothing and the reasons."""
        dealer = self._get_dealer()
        problems, error = [], None
        if request.httprequest.method == "POST":
            upload = request.httprequest.files.get("file")
            content = upload.stream.read(MAX_FILE + 1) if upload else b""
            problems, error = self._register_file(dealer, content)
            if not problems and not error:
                return request.redirect("/my/stock?notice=registered")
        suffix = "_zh_CN" if (request.env.lang or "").startswith("zh") else ""
        return request.render(
            "aftersales_service.portal_movement_file",
            self._prepare_portal_layout_values()
            | {
                "page_name": "stock",
                "kind": "file",
                "problems": problems,
                "error": error,
                "template": f"/aftersales_service/static/template/dealer{suffix}.csv",
            },
        )

    def _register_file(self, dealer, content):
        """([(line, what, why)], one sentence for the whole file or nothing)."""
        if not 0 < len(content) <= MAX_FILE:
            return [], request.env._("Choose a CSV file of at most 1 MB.")
        file = DealerFile(dealer.env, dealer, content)
        try:
            file.read()
            readers = [reader for _row, reader in file.readers]
            if file.problems and (minutes := self._get_wait_minutes(readers)):
                return [], request.env._(
                    "Too many serial numbers of this file are not among your machines."
                    " Check them, and send the file again in %(minutes)s min.",
                    minutes=minutes,
                )
            if not file.problems:
                with request.env.cr.savepoint():
                    file.register()
        except UserError as problem:
            return [], str(problem)
        return file.problems, None

    def _get_wait_minutes(self, readers):
        """Minutes to wait before it is told what is wrong, see ``get_wait_minutes``."""
        return get_wait_minutes(request.env, readers, request.httprequest.remote_addr)

    def _register_movement(self, dealer, reader):
        """Whether it was kept; otherwise a sentence says why not."""
        movements = dealer.env["aftersales.dealer.movement"]
        try:
            with request.env.cr.savepoint():
                movements._register_typed(reader.prepare(), reader.typed)
        except UserError as problem:
            reader.errors["form"] = str(problem)
            return False
        return True

    def _render_movement(self, dealer, kind, reader=None, serial=None):
        values = dict.fromkeys(FIELDS, "")
        values["serial"] = (serial or "")[:64]
        values["moved_on"] = request.env.company._get_today().isoformat()
        values |= {"quantity": "1", "condition": "new"}
        values |= reader.typed if reader else {}
        condition = dealer.env["aftersales.dealer.movement"]._fields["condition"]
        return request.render(
            "aftersales_service.portal_movement",
            self._prepare_portal_layout_values()
            | {
                "page_name": "stock",
                "kind": kind,
                "values": values,
                "errors": reader.errors if reader else {},
                "products": dealer._get_traded_products(),
                "dealers": dealer._get_receiving_dealers(),
                "conditions": condition._description_selection(request.env),
            },
        )
