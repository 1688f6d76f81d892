import time

from odoo import http
from odoo.http import request
from odoo.tools import format_date

from ..tools import serial as serial_rule

MAX_SERIAL = 64
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


class VerifySerial(http.Controller):
    """The public asks whether a machine is genuine: a page, and JSON for apps."""

    @http.route(
        ["/verify", "/verify/<path:serial>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def verify_page(self, serial=None, **_query):
        """The page behind the QR code of a machine; without a serial only the form."""
        typed = self._read_serial(serial)
        values = {"serial": typed, "answer": None, "refusal": None, "till": ""}
        status, headers = 200, dict(HEADERS)
        if serial_rule.normalise(typed):
            answer, retry_after = self._answer(typed)
            values["answer"] = answer
            if retry_after:
                values["refusal"] = self._get_refusal(retry_after)
                status, headers["Retry-After"] = 429, str(retry_after)
            elif answer["warranty_end"]:
                values["till"] = format_date(request.env, answer["warranty_end"])
        values |= {"company": request.env.company.sudo(), "page_name": "verify"}
        return request.render(
            "aftersales_service.verify_page", values, headers=headers, status=status
        )

    @http.route("/verify.json", type="http", auth="public", methods=["GET"])
    def verify_json(self, serial=None, **_query):
        """The same answer for apps and partners."""
        typed = self._read_serial(serial)
        if not serial_rule.normalise(typed):
            error = request.env._("Name the serial number: ?serial=…")
            return request.make_json_response({"error": error}, HEADERS, status=400)
        answer, retry_after = self._answer(typed)
        if retry_after:
            return request.make_json_response(
                {"error": self._get_refusal(retry_after), "retry_after": retry_after},
                {**HEADERS, "Retry-After": str(retry_after)},
                status=429,
            )
        return request.make_json_response(answer, HEADERS)

    def _read_serial(self, serial):
        return (serial or "").replace("\0", "").strip()[:MAX_SERIAL]

    def _answer(self, typed):
        """What is told, or nothing and the seconds until one may ask again."""
        key = serial_rule.normalise(typed)
        limiter = request.env["aftersales.public.limiter"]
        verdict = limiter._admit(request.httprequest.remote_addr, key)
        if verdict.blocks:
            return None, verdict.params["retry_after"]
        time.sleep(verdict.params["delay"])
        # The public has no right on the log; the limiter let this question pass.
        units = request.env["stock.lot"]
        query = {"text": typed, **self._get_place()}
        [check] = units._check_serials([query], channel="public")
        return check.sudo()._prepare_public_answer(), 0

    def _get_place(self):
        """About where the asker's network is, where the server knows such places."""
        # Without the library of places Odoo's own object cannot even be asked.
        geoip = request.geoip if http.geoip2 else None
        if not geoip or geoip.location.latitude is None:
            return {}
        place = {
            "latitude": round(geoip.location.latitude, 1),
            "longitude": round(geoip.location.longitude, 1),
        }
        # Codes of countries and provinces are no secret.
        env = request.env(su=True)
        country = env["res.country"].search([("code", "=", geoip.country_code)])
        code = geoip.subdivisions[0].iso_code if geoip.subdivisions else None
        state = country.state_ids.filtered(lambda state: state.code == code)
        [territory] = env["aftersales.territory.area"]._match_addresses(
            [
                {
                    "country_id": country.id,
                    "province_id": state[:1].id or None,
                    "city_id": None,
                    "postcode": None,
                }
            ]
        )
        return {"place": place, "territory_id": territory and territory.id}

    def _get_refusal(self, seconds):
        return request.env._(
            "Too many questions for now. Please ask again in %(minutes)s min.",
            minutes=-(-seconds // 60),
        )
