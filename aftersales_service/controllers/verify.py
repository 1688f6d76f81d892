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
        self._know_company()
        # The layout names it; all hundred columns would be read otherwise.
        company = request.env.company.sudo()
        company.fetch(["name", "phone"])
        typed = self._read_serial(serial)
        values = {"serial": typed, "answer": None, "refusal": None, "till": ""}
        status, headers = 200, dict(HEADERS)
        if serial_rule.normalise(typed):
            answer, refusal = self._answer(typed)
            values["answer"] = answer
            if refusal:
                values["refusal"] = self._get_refusal(refusal)
                status, headers["Retry-After"] = 429, str(refusal.params["retry_after"])
                if refusal.code == "later":
                    # The browser asks again by itself.
                    headers["Refresh"] = headers["Retry-After"]
            elif answer["warranty_end"]:
                values["till"] = format_date(request.env, answer["warranty_end"])
        values |= {"company": company, "page_name": "verify"}
        return request.render(
            "aftersales_service.verify_page", values, headers=headers, status=status
        )

    @http.route("/verify.json", type="http", auth="public", methods=["GET"])
    def verify_json(self, serial=None, **_query):
        """The same answer for apps and partners."""
        self._know_company()
        typed = self._read_serial(serial)
        if not serial_rule.normalise(typed):
            error = request.env._("Name the serial number: ?serial=…")
            return request.make_json_response({"error": error}, HEADERS, status=400)
        answer, refusal = self._answer(typed)
        if refusal:
            seconds = refusal.params["retry_after"]
            return request.make_json_response(
                {"error": self._get_refusal(refusal), "retry_after": seconds},
                {**HEADERS, "Retry-After": str(seconds)},
                status=429,
            )
        return request.make_json_response(answer, HEADERS)

    def _know_company(self):
        """Put the company in the context, as a website does: nobody reads the user."""
        if not request.env.context.get("allowed_company_ids"):
            ids = request.env.user._get_ordered_company_ids()
            request.update_context(allowed_company_ids=ids)

    def _read_serial(self, serial):
        return (serial or "").replace("\0", "").strip()[:MAX_SERIAL]

    def _answer(self, typed):
        """What is told, or nothing and the verdict that sends away for now."""
        key = serial_rule.normalise(typed)
        limiter = request.env["aftersales.public.limiter"]
        verdict = limiter._admit(request.httprequest.remote_addr, key)
        if verdict.blocks:
            return None, verdict
        query = {"text": typed, **self._get_place()}
        return request.env["stock.lot"]._answer_public(query), None

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

    def _get_refusal(self, verdict):
        """One sentence: when to ask again."""
        seconds = verdict.params["retry_after"]
        if verdict.code == "later":
            return request.env._(
                "Many people ask about this serial number just now. Please ask again in"
                " %(seconds)s s.",
                seconds=seconds,
            )
        return request.env._(
            "Too many questions for now. Please ask again in %(minutes)s min.",
            minutes=-(-seconds // 60),
        )
