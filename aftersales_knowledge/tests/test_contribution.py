from lxml.html import fromstring

from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import Form, HttpCase, tagged

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestContribution(KnowledgeCase):
    """Staff hands a text to the editors; nobody reads it before it is published."""

    def _open(self, action, user):
        contributions = self.env[action["res_model"]].with_user(user)
        return Form(contributions.with_context(**action["context"]))

    def test_an_agent_hands_in_a_draft_without_an_owner(self):
        articles = self.env["aftersales.article"].with_user(self.agent_north)
        form = self._open(articles.action_contribute(), self.agent_north)
        form.name = "Hums when warm"
        form.remedy = "Turn <b>off</b>\nand wait"
        form.save().action_confirm()
        article = self.env["aftersales.article"].search([("name", "=", form.name)])
        self.assertEqual(article.state, "draft")
        self.assertFalse(article.owner_id)
        self.assertEqual(article.contributor_id, self.agent_north)
        self.assertEqual(article.last_editor_id, self.agent_north)
        self.assertNotIn("<b>", article.remedy)
        self.assertFalse(articles.search([("id", "=", article.id)]))
        article.with_user(self.editor).action_take_on()
        self.assertEqual(article.owner_id, self.editor)

    def test_a_finished_job_fills_in_its_codes_and_nothing_of_the_customer(self):
        order = self.make_work_order(
            state="done",
            symptom_id=self.symptom.id,
            component_id=self.component.id,
            work_text="Bled the line",
        )
        order = order.with_user(self.agent_north)
        form = self._open(order.action_write_article(), self.agent_north)
        self.assertEqual(form.fault_code_ids[:], self.symptom | self.component)
        self.assertEqual(form.product_ids[:], order.product_id)
        self.assertIn("Bled the line", form.remedy)
        filled = " ".join(str(form[name]) for name in ("name", "symptom", "remedy"))
        self.assertNotIn(order.partner_id.name, filled)
        form.save().action_confirm()
        article = self.env["aftersales.article"].search(
            [("source_order_id", "=", order.id)]
        )
        self.assertEqual(article.fault_code_ids, self.symptom | self.component)

    def test_a_job_of_elsewhere_is_not_linked(self):
        order = self.make_work_order(state="done")
        wizard = (
            self.env["aftersales.article.contribution"]
            .with_user(self.agent_south)
            .create({"name": "X", "remedy": "Y", "work_order_id": order.id})
        )
        with self.assertRaises(AccessError):
            wizard.action_confirm()
        with self.assertRaises(AccessError):
            order.with_user(self.agent_south).action_write_article()


@tagged("post_install", "-at_install")
class TestPortalContribution(KnowledgeCase, HttpCase):
    """A station's form: plain text, its own finished job, not too often."""

    def setUp(self):
        super().setUp()
        for user in (self.station_north_user, self.customer_user):
            user.password = user.login
        self.job = self.make_work_order(state="done", symptom_id=self.symptom.id)
        self.authenticate(self.station_north_user.login, self.station_north_user.login)

    def _send(self, **data):
        data = {"name": "Hums", "remedy": "Wait", **data}
        data["csrf_token"] = Request.csrf_token(self)
        return self.url_open("/my/articles/new", data=data)

    def _find(self, name="Hums"):
        return self.env["aftersales.article"].search([("name", "=", name)])

    def test_a_station_writes_down_its_own_job(self):
        page = fromstring(self.url_open(f"/my/jobs/{self.job.id}").content)
        [link] = page.xpath("//a[@id='write_article']")
        self.assertEqual(self.url_open(link.get("href")).status_code, 200)
        answer = self._send(job=self.job.id, cause="<script>steal()</script>")
        self.assertIn("Thank you", answer.text)
        article = self._find()
        self.assertEqual(article.state, "draft")
        self.assertEqual(article.audience, "internal")
        self.assertEqual(article.fault_code_ids, self.symptom)
        self.assertEqual(article.source_order_id, self.job)
        self.assertNotIn("<script>", article.cause)

    def test_the_form_sets_nothing_but_its_texts(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._send(state="published", audience="public", company_id=other.id)
        article = self._find()
        self.assertEqual((article.state, article.audience), ("draft", "internal"))
        self.assertEqual(article.company_id, self.env.company)

    def test_what_is_not_its_own_is_not_found(self):
        running = self.make_work_order(state="accepted")
        foreign = self.make_work_order(
            state="done", station=self.make_station("Elsewhere", self.south)
        )
        hidden = self.make_article(audience="internal")
        table = [
            {"job": running.id},
            {"job": foreign.id},
            {"job": "x"},
            {"article": hidden.id},
        ]
        for data in table:
            with self.subTest(**data):
                self.assertEqual(self._send(**data).status_code, 404)
        self.assertFalse(self._find())
        self.authenticate(self.customer_user.login, self.customer_user.login)
        self.assertEqual(self.url_open("/my/articles/new").status_code, 404)

    def test_what_is_missing_is_said_and_what_was_typed_is_kept(self):
        page = fromstring(self._send(remedy=" ").content)
        self.assertIn("This is needed.", page.text_content())
        self.assertEqual(page.xpath("//input[@id='name']/@value"), ["Hums"])
        self.assertFalse(self._find())

    def test_forms_are_counted(self):
        self.env.company.verify_limit_address = 2
        found = [self._send(name=f"Hums {number}") for number in range(3)]
        self.assertIn("Thank you", found[1].text)
        self.assertIn("Too many forms", found[2].text)
        self.assertFalse(self._find("Hums 2"))
