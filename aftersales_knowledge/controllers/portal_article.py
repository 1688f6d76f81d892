from odoo import http
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.aftersales_service.controllers.form_reader import clean
from odoo.addons.aftersales_service.controllers.portal_job import (
    THUMBNAIL,
    PortalJobs,
)

from ..models.article.aftersales_article import PORTAL_AUDIENCES
from ..tools.search_text import MAX_QUERY

# No type that a browser could run as a page of ours.
PICTURE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")


class PortalArticles(PortalJobs):
    """Articles on the station's portal."""

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["reads_articles"] = bool(
            request.env.user.partner_id._get_service_station()
        )
        return values

    @http.route("/my/articles", type="http", auth="user", website=True, readonly=True)
    def portal_articles(self, q="", **_kw):
        """What a station may read, found by any word."""
        self._check_reads_articles()
        values = self._prepare_portal_layout_values() | {
            "page_name": "articles",
            "typed": clean(q, MAX_QUERY),
            # Exactly what a station may read is searched.
            "articles": request.env["aftersales.article"]
            .sudo()
            ._find(clean(q, MAX_QUERY), self._get_article_domain()),
        }
        return request.render("aftersales_knowledge.portal_articles", values)

    @http.route(
        "/my/jobs/<int:job_id>/articles/<int:article_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_use_article(self, job_id, article_id, used="", **_post):
        """The station says that an article helped with its job, or that it did not."""
        job = self._get_job(job_id)
        job._note_article(self._get_article(article_id), bool(used))
        return request.redirect(f"{job.access_url}#known_faults")

    @http.route(
        "/my/articles/<int:article_id>",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_article(self, article_id, **_kw):
        values = self._prepare_portal_layout_values() | {
            "page_name": "article",
            "article": self._get_article(article_id),
        }
        return request.render("aftersales_knowledge.portal_article", values)

    @http.route(
        "/my/articles/<int:article_id>/pictures/<int:picture_id>",
        type="http",
        auth="user",
        readonly=True,
    )
    def portal_article_picture(self, article_id, picture_id, size=0, **_kw):
        """One picture of an article the station may read."""
        pictures = self._get_article(article_id).picture_ids
        picture = pictures.filtered(
            lambda kept: kept.id == picture_id and kept.mimetype in PICTURE_TYPES
        )
        if not picture:
            raise request.not_found()
        side = THUMBNAIL if size else 0
        # The picture is one of an article the user may read.
        stream = request.env["ir.binary"]._get_image_stream_from(
            picture, width=side, height=side
        )
        return stream.get_response()

    def _get_article(self, article_id):
        """The article, if it is published to stations and a station asks; else 404.

        A wrong number, a draft and an internal article are answered alike.
        """
        self._check_reads_articles()
        # A station has no right to articles: exactly what it may read is searched.
        article = (
            request.env["aftersales.article"]
            .sudo()
            .search(self._get_article_domain() & Domain("id", "=", article_id))
        )
        if not article:
            raise request.not_found()
        return article

    def _check_reads_articles(self):
        if not request.env.user.partner_id._get_service_station():
            raise request.not_found()

    def _get_article_domain(self):
        """What is published to stations, of the user's companies."""
        companies = [False, *request.env.user.company_ids.ids]
        return (
            Domain("state", "=", "published")
            & Domain("audience", "in", PORTAL_AUDIENCES)
            & Domain("company_id", "in", companies)
        )
