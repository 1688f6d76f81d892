import base64

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools import registration as registration_rule
from ..tools import serial as serial_rule
from . import photo
from .form_reader import FormReader
from .portal_job import PortalJobs

MAX_UPLOAD = 12 * 1024 * 1024
FIELDS = ("serial", "bought_on", "shop")


class PortalRegistration(PortalJobs):
    """A customer says that a machine is his.

    Only portal users, for their own partner. What the register knows of the machine is
    not told: an unknown and a void serial answer alike, and the questions are counted.
    """

    @http.route(
        "/my/machines/register",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_UPLOAD,
    )
    def portal_register_machine(self, **post):
        if not request.env.user.share:
            # Staff writes the machine's file itself.
            return request.redirect("/odoo/machines")
        if request.httprequest.method != "POST":
            typed = {"serial": (post.get("serial") or "")[:64]}
            return self._render_registration(typed, {})
        # The user's own partner; the reader takes named fields only.
        reader = FormReader(request.env(su=True), request.httprequest.form)
        self._read_registration(reader)
        if not reader.errors and self._keep_registration(reader):
            return request.redirect("/my/machines?notice=registered")
        return self._render_registration(reader.typed, reader.errors)

    def _read_registration(self, reader):
        reader.text("serial", 64)
        reader.day("bought_on")
        reader.text("shop", 120)
        uploads = request.httprequest.files.getlist("photo")
        if uploads and uploads[0].filename:
            try:
                data = photo.reencode(uploads[0].stream.read(photo.MAX_BYTES + 1))
                reader.vals["photo"] = base64.b64encode(data)
            except photo.PhotoError as problem:
                reader.errors["photo"] = self._get_photo_sentence(
                    request.env._("The photo"), problem.code
                )

    def _keep_registration(self, reader):
        """Whether it was kept; otherwise sentences say why not."""
        registrations = reader.env["aftersales.unit.registration"]
        partner = request.env.user.partner_id.sudo()  # the user himself
        unit, code, refusal = self._ask_registered(reader)
        if refusal:
            reader.errors["serial"] = refusal
            return False
        facts = registrations._prepare_registration_facts(
            unit, partner, code, reader.vals
        )
        for finding in registration_rule.check(facts):
            sentence = registrations._get_registration_sentence(finding)
            reader.errors.setdefault(finding.field, sentence)
        if reader.errors:
            return False
        vals = {name: reader.vals.get(name) for name in ("bought_on", "shop", "photo")}
        try:
            with request.env.cr.savepoint():
                registrations._keep(unit, partner, facts, vals)
        except UserError as problem:
            reader.errors["form"] = str(problem)
            return False
        return True

    def _ask_registered(self, reader):
        """(machine, verdict, sentence that refuses the question or nothing)."""
        typed = reader.typed.get("serial") or ""
        units = reader.env["stock.lot"]
        if not typed:
            return units, "unknown", ""
        limiter = request.env["aftersales.public.limiter"]
        verdict = limiter._admit(
            request.httprequest.remote_addr, serial_rule.normalise(typed)
        )
        if verdict.blocks:
            minutes = -(-verdict.params["retry_after"] // 60)
            return (
                units,
                "unknown",
                request.env._(
                    "Too many questions for now. Please ask again in %(minutes)s min.",
                    minutes=minutes,
                ),
            )
        # Every question is logged, whatever comes of it.
        (check,) = units._check_serials([{"text": typed}], channel="portal")
        check = check.sudo()  # verdict only; the log is not readable for customers
        is_told = check.verdict in ("genuine", "mismatch")
        return check.unit_id if is_told else units, check.verdict, ""

    def _render_registration(self, typed, errors):
        return request.render(
            "aftersales_service.portal_register_machine",
            self._prepare_portal_layout_values()
            | {
                "page_name": "machines",
                "values": dict.fromkeys(FIELDS, "") | typed,
                "errors": errors,
            },
        )
