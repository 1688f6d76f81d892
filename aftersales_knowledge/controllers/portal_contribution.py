from odoo import http
from odoo.fields import Command
from odoo.http import request

from odoo.addons.aftersales_service.controllers.form_reader import (
    MAX_TEXT,
    FormReader,
)

from .portal_article import PortalArticles

FIELDS = ("name", "symptom", "cause", "remedy")
FINISHED = ("reported", "done")
MAX_FORM = 64 * 1024


class PortalContributions(PortalArticles):
    """A station writes down what a repair taught, for the editors.

    What it sends is plain text, becomes a draft without an owner, and is shown to
    nobody before an approver has published it.
    """

    @http.route(
        "/my/articles/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        max_content_length=MAX_FORM,
    )
    def portal_contribute(self, job=None, article=None, **_post):
        station = self._get_station()
        order = self._get_finished_job(job)
        known = self._get_article(_as_id(article)) if article else None
        if request.httprequest.method != "POST":
            typed = order._prepare_article_vals() if order else {}
            if known:
                typed = {"name": known.name}
            return self._render_contribution(order, known, typed, {})
        reader = FormReader(request.env(su=True), request.httprequest.form)
        self._read_contribution(reader)
        if not reader.errors:
            self._limit_contribution(reader, station)
        if reader.errors:
            return self._render_contribution(order, known, reader.typed, reader.errors)
        self._keep_contribution(reader, order, known)
        return request.render(
            "aftersales_knowledge.portal_contribution_thanks",
            self._prepare_portal_layout_values() | {"page_name": "contribution"},
        )

    def _get_finished_job(self, job):
        """The station's own job, when its work is over; 404 for any other."""
        orders = request.env["aftersales.work.order"].sudo()  # nothing is read yet
        if not job:
            return orders
        order = self._get_job(_as_id(job))
        if order.state not in FINISHED:
            raise request.not_found()
        return order

    def _read_contribution(self, reader):
        reader.text("name", 120)
        for name in FIELDS[1:]:
            reader.text(name, MAX_TEXT)
        for name in ("name", "remedy"):
            if not reader.vals.get(name):
                reader.errors[name] = request.env._("This is needed.")

    def _limit_contribution(self, reader, station):
        """One form more from here, or the minutes to wait."""
        verdict = request.env["aftersales.public.limiter"]._admit(
            request.httprequest.remote_addr, f"article {station.id}"
        )
        if verdict.blocks:
            reader.errors["form"] = request.env._(
                "Too many forms for now. Please send it again in %(minutes)s min.",
                minutes=-(-verdict.params["retry_after"] // 60),
            )

    def _keep_contribution(self, reader, order, known):
        vals = {name: reader.vals.get(name) for name in FIELDS}
        links = {"company_id": (order.company_id or request.env.company).id}
        if order:
            # The job is the station's own; codes come from it, not from the form.
            prefilled = order._prepare_article_vals()
            for name in ("fault_code_ids", "product_ids", "part_ids", "operation_ids"):
                vals[name] = [Command.set(prefilled[name])]
            links["source_order_id"] = order.id
        if known:
            links["corrects_id"] = known.id
        request.env["aftersales.article"]._contribute(vals, **links)

    def _render_contribution(self, order, known, typed, errors):
        return request.render(
            "aftersales_knowledge.portal_contribution",
            self._prepare_portal_layout_values()
            | {
                "page_name": "contribution",
                "source": order,
                "known": known,
                "values": {name: typed.get(name) or "" for name in FIELDS},
                "errors": errors,
            },
        )


def _as_id(text):
    """The number a parameter means; 0, which no record has, for anything else."""
    short = (text or "")[:9]
    return int(short) if short.isascii() and short.isdigit() else 0
