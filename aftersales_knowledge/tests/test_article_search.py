from lxml.html import fromstring

from odoo.fields import Domain
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestArticleSearch(KnowledgeCase):
    """Found by any word of any language, through the index."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.smoke = cls.make_article("Black smoke")
        cls.smoke.with_context(lang="zh_CN")._write_guarded({"name": "带负荷冒黑烟"})
        cls.water = cls.make_article("Water pump leaks", remedy="<p>换水封</p>")

    def _search(self, text, user=None):
        articles = self.env["aftersales.article"].with_user(user or self.agent_north)
        return articles.search([("text_search", "ilike", text)])

    def test_words_of_every_language_find_an_article(self):
        table = [
            ("黑烟", self.smoke),
            ("SMOKE", self.smoke),
            ("smo", self.smoke),
            ("black 负荷", self.smoke),
            ("水封", self.water),
            ("封", self.water),
            ("黑水", self.smoke.browse()),
            ("'; -- & !", self.smoke | self.water),
            (self.symptom.name, self.smoke | self.water),
        ]
        both = self.smoke | self.water
        for text, expected in table:
            with self.subTest(text):
                self.assertEqual(self._search(text) & both, expected)

    def test_a_change_is_found_at_once(self):
        draft = self.make_article("Draft", "draft")
        draft.cause = "<p>曲轴</p>"
        self.assertEqual(self._search("曲轴", self.editor), draft)
        self.assertFalse(self._search("曲轴"))

    def test_the_plan_uses_the_index(self):
        self.env.flush_all()
        for path in ("seqscan", "indexscan"):
            # Among few rows no index would pay.
            self.env.cr.execute(f"SET LOCAL enable_{path} = off")
        query = self.env["aftersales.article"]._search(
            [("text_search", "ilike", "黑烟")], order="id"
        )
        self.env.cr.execute(query.select())
        sql = self.env.cr.query.decode()
        self.env.cr.execute("EXPLAIN " + sql.replace("%", "%%"))
        plan = "\n".join(row[0] for row in self.env.cr.fetchall())
        self.assertIn("search_words_idx", plan)

    def test_a_request_is_offered_articles_while_it_is_typed(self):
        ticket = self.env["helpdesk.ticket"].with_user(self.agent_north)
        typed = ticket.new({"fault_text": "带负荷时冒黑烟，很浓"})
        titles = [item["title"] for item in typed._get_suggestions()]
        self.assertEqual(titles[:1], [self.smoke.with_user(self.agent_north).name])

    def test_jobs_prove_articles(self):
        other = self.make_article("Other smoke")
        good = self.make_work_order(state="done")
        bad_ticket = self.make_request()
        bad = self.make_work_order(bad_ticket, state="done")
        again = self.make_work_order(bad_ticket, state="accepted")
        again._write_guarded({"accepted_at": good.create_date})
        for _again in range(2):
            good._note_article(other, True)
            bad._note_article(self.smoke, True)
        self.assertEqual(other._count_proofs(), {other.id: (1, 1)})
        self.assertEqual(self.smoke._count_proofs(), {self.smoke.id: (1, 0)})
        found = self.smoke._find("smoke", Domain("id", "in", (other | self.smoke).ids))
        self.assertEqual(found, other | self.smoke)


@tagged("post_install", "-at_install")
class TestArticlePages(KnowledgeCase, HttpCase):
    """Stations search what is for stations, the public what is for everybody."""

    def setUp(self):
        super().setUp()
        self.make_article("Ours drips", audience="internal")
        self.station = self.make_article("Station drips")
        self.public = self.make_article("Public drips", audience="public")
        self.make_article("Draft drips", "draft", audience="public")

    def _titles(self, url):
        page = fromstring(self.url_open(url).content)
        links = page.xpath("//div[@id='articles']/a/text()")
        return {text.strip() for text in links if text.strip()}

    def _login(self, user):
        user.password = user.login
        self.authenticate(user.login, user.login)

    def test_a_station_finds_what_is_for_stations(self):
        self._login(self.station_north_user)
        found = self._titles("/my/articles?q=drips")
        self.assertEqual(found, {"Station drips", "Public drips"})
        self.assertEqual(self._titles("/my/articles?q=drips%27%29+nothing"), set())
        self._login(self.customer_user)
        self.assertEqual(self.url_open("/my/articles").status_code, 404)

    def test_the_public_finds_what_is_for_everybody(self):
        self.assertEqual(self._titles("/help-articles?q=drips"), {"Public drips"})
        page = self.url_open(f"/help-articles/{self.public.id}")
        self.assertIn("Bleed the fuel line.", page.text)
        hidden = self.url_open(f"/help-articles/{self.station.id}")
        self.assertEqual(hidden.status_code, 404)

    def test_the_public_does_not_ask_without_end(self):
        self.env.company.verify_limit_address = 1
        first, second = (self.url_open("/help-articles?q=drips") for _ in range(2))
        self.assertEqual((first.status_code, second.status_code), (200, 429))

    def test_a_station_says_what_helped_with_its_own_job(self):
        order = self.make_work_order()
        foreign = self.make_work_order(
            station=self.make_station("Elsewhere", self.south)
        )
        self._login(self.station_north_user)
        data = {"csrf_token": Request.csrf_token(self), "used": "1"}
        url = f"/my/jobs/{order.id}/articles/{self.station.id}"
        for _again in range(2):
            self.assertEqual(self.url_open(url, data=data).status_code, 200)
        self.assertEqual(order.article_ids, self.station)
        self.assertIn("Used on this job", self.url_open(order.access_url).text)
        self.url_open(url, data={**data, "used": ""})
        self.assertFalse(order.article_ids)
        hidden = self.make_article(audience="internal")
        for job, article in ((foreign, self.station), (order, hidden)):
            url = f"/my/jobs/{job.id}/articles/{article.id}"
            with self.subTest(url):
                self.assertEqual(self.url_open(url, data=data).status_code, 404)
