import io

from lxml import html
from PIL import Image

from odoo import http
from odoo.tests import HttpCase

from .common import AftersalesCase


def make_picture(kind="JPEG", size=(40, 30), **options):
    """Bytes of a small picture."""
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, format=kind, **options)
    return stream.getvalue()


class PortalCase(HttpCase, AftersalesCase):
    """A station at its portal: opens pages, posts forms, reads what they show."""

    def login(self, user):
        self.authenticate(user.login, user.login + "x" * (8 - len(user.login)))

    def get(self, url, **options):
        return self.url_open(url, **options)

    def post(self, url, data=None, files=None, csrf=True, follow=False):
        data = dict(data or {})
        if csrf:
            data["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(
            url, data=data, files=files, method="POST", allow_redirects=follow
        )

    def page(self, response):
        """The page as a tree; it must be a page, not an error."""
        self.assertEqual(response.status_code, 200, response.text[:400])
        return html.fromstring(response.text)

    def sentences(self, response):
        """Field → the sentence shown at it."""
        found = {}
        for node in self.page(response).xpath(
            "//*[contains(@class,'invalid-feedback')]"
        ):
            fields = node.xpath("preceding::*[@name][1]/@name")
            found[fields[0]] = " ".join(node.text_content().split())
        return found

    def value(self, response, name):
        """What the field holds on the page."""
        (field,) = self.page(response).xpath(f"//*[@name='{name}']")
        if field.tag == "select":
            return next(iter(field.xpath(".//option[@selected]/@value")), "")
        return field.text if field.tag == "textarea" else field.get("value")
