import base64

from lxml.html import fromstring

from odoo.tests import HttpCase, tagged

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestPortalArticle(KnowledgeCase, HttpCase):
    """A station reads what is published for stations; everything else is not there."""

    def _status(self, article, user):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/my/articles/{article.id}").status_code

    def setUp(self):
        super().setUp()
        for user in (self.station_north_user, self.customer_user, self.agent_north):
            user.password = user.login

    def test_a_station_reads_a_published_article(self):
        article = self.make_article("Pump leaks")
        self.assertEqual(self._status(article, self.station_north_user), 200)
        page = self.url_open(f"/my/articles/{article.id}").text
        self.assertIn("Pump leaks", page)
        self.assertIn("Bleed the fuel line.", page)

    def test_pictures_are_shown_with_their_article_only(self):
        data = base64.b64decode(self._get_png())
        picture, page = self.env["ir.attachment"].create(
            [
                {"name": "pump.png", "raw": data},
                {"name": "evil.svg", "raw": b"<svg/>", "mimetype": "image/svg+xml"},
            ]
        )
        shown, hidden = self.make_article(), self.make_article(audience="internal")
        (shown | hidden)._write_guarded({"picture_ids": [(6, 0, picture.ids)]})
        shown._write_guarded({"picture_ids": [(4, page.id)]})
        self.assertEqual(self._status(shown, self.station_north_user), 200)
        table = [(shown, picture, 200), (hidden, picture, 404), (shown, page, 404)]
        for article, file, status in table:
            url = f"/my/articles/{article.id}/pictures/{file.id}?size=1"
            with self.subTest(article=article.audience, file=file.name):
                self.assertEqual(self.url_open(url).status_code, status)

    def _get_png(self):
        return (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
            "awAAAABJRU5ErkJggg=="
        )

    def test_what_is_not_for_the_reader_is_not_found(self):
        station = self.station_north_user
        foreign = self.make_article()
        foreign._write_guarded(
            {"company_id": self.env["res.company"].create({"name": "Other"}).id}
        )
        gone = self.make_article(state="draft")
        table = [
            (self.make_article(state="draft"), station),
            (self.make_article(state="retired"), station),
            (self.make_article(audience="internal"), station),
            (foreign, station),
            (self.make_article(), self.customer_user),
            (self.make_article(), self.agent_north),
        ]
        for article, user in table:
            with self.subTest(state=article.state, user=user.login):
                self.assertEqual(self._status(article, user), 404)
        number = gone.id
        gone.unlink()
        self.authenticate(station.login, station.login)
        self.assertEqual(self.url_open(f"/my/articles/{number}").status_code, 404)

    def test_the_job_page_offers_known_faults_until_the_report_is_in(self):
        article = self.make_article("Pump leaks")
        self.make_article("Not for stations", audience="internal")
        order = self.make_work_order(self.make_request())
        station = self.station_north_user
        self.authenticate(station.login, station.login)
        page = fromstring(self.url_open(f"/my/jobs/{order.id}").content)
        links = page.xpath("//div[@id='known_faults']//li/a")
        self.assertEqual([a.text_content().strip() for a in links], ["Pump leaks"])
        self.assertEqual(links[0].get("href"), f"/my/articles/{article.id}")
        order._write_guarded({"state": "done"})
        page = fromstring(self.url_open(f"/my/jobs/{order.id}").content)
        self.assertFalse(page.xpath("//div[@id='known_faults']"))

    def test_the_public_is_sent_to_the_log_in(self):
        article = self.make_article(audience="public")
        answer = self.url_open(f"/my/articles/{article.id}", allow_redirects=False)
        self.assertIn(answer.status_code, (302, 303))
