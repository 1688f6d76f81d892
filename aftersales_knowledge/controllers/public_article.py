from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.aftersales_service.controllers.form_reader import clean

from ..tools import search_text

HEADERS = {"Referrer-Policy": "no-referrer"}


class PublicArticles(http.Controller):
    """Articles for everybody: a list, a search, a page; without a log-in."""

    @http.route(
        ["/help-articles", "/help-articles/<int:article_id>"],
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        multilang=False,
        sitemap=False,
    )
    def public_articles(self, article_id=None, q="", **_kw):
        """What is published for everybody; nothing else is there."""
        articles = request.env["aftersales.article"].sudo()
        values = {"page_name": "help", "article": None, "articles": articles}
        values |= {"typed": clean(q, search_text.MAX_QUERY), "refusal": None}
        # Without a log-in: only what is published for everybody is searched.
        domain = (
            Domain("state", "=", "published")
            & Domain("audience", "=", "public")
            & Domain("company_id", "in", [False, request.env.company.id])
        )
        if article_id:
            values["article"] = articles.search(domain & Domain("id", "=", article_id))
            if not values["article"]:
                raise request.not_found()
        else:
            values["refusal"] = self._limit_questions(values["typed"])
            if not values["refusal"]:
                values["articles"] = articles._find(values["typed"], domain)
        return request.render(
            "aftersales_knowledge.public_articles",
            values,
            headers=HEADERS,
            status=429 if values["refusal"] else 200,
        )

    def _limit_questions(self, typed):
        """A sentence that sends away who asks too often; the plain list is free."""
        if not typed:
            return None
        verdict = request.env["aftersales.public.limiter"]._admit(
            request.httprequest.remote_addr, f"help {typed[:40]}"
        )
        if not verdict.blocks:
            return None
        return request.env._(
            "Too many questions for now. Please ask again in %(minutes)s min.",
            minutes=-(-verdict.params["retry_after"] // 60),
        )
