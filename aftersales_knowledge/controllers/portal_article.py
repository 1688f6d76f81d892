from odoo import http
from odoo.http import request

from odoo.addons.aftersales_service.controllers.portal_job import THUMBNAIL
from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.aftersales_article import PORTAL_AUDIENCES

# No type that a browser could run as a page of ours.
PICTURE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")


class PortalArticles(CustomerPortal):
    """Articles on the station's portal."""

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
        if not request.env.user.partner_id._get_service_station():
            raise request.not_found()
        companies = [False, *request.env.user.company_ids.ids]
        # A station has no right to articles: exactly what it may read is searched.
        article = (
            request.env["aftersales.article"]
            .sudo()
            .search(
                [
                    ("id", "=", article_id),
                    ("state", "=", "published"),
                    ("audience", "in", PORTAL_AUDIENCES),
                    ("company_id", "in", companies),
                ]
            )
        )
        if not article:
            raise request.not_found()
        return article
