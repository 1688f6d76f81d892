from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase
from .test_followup import BAD, GOOD, FollowupCase


@tagged("post_install", "-at_install")
class TestFollowupLink(PortalCase, FollowupCase):
    """A customer answers by the link of his mail: once, in time, and only his own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule.write({"channel": "link", "link_days": 3})
        cls.customer_north.write({"email": "north@example.com", "lang": "en_US"})
        done = cls.make_work_order(state="done")
        done._after_done()
        cls.followup = done.followup_ids

    def setUp(self):
        super().setUp()
        self.url = self.followup._get_link_url()
        # Nobody is logged in; the form has its token all the same.
        self.authenticate(None, None)

    def form(self, answers):
        """Answers by short names → fields of the page."""
        typed = self.typed(answers)
        return {f"question_{key}": str(value) for key, value in typed.items()}

    def text(self, response):
        return " ".join(self.page(response).xpath("//main")[0].text_content().split())

    def test_the_mail_has_the_link_and_nobody_calls_meanwhile(self):
        mail = self.env["mail.mail"].search(
            [("model", "=", self.followup._name), ("res_id", "=", self.followup.id)]
        )
        self.assertEqual(mail.recipient_ids, self.customer_north)
        self.assertIn(self.url, mail.body_html)
        today = self.env.company._get_today()
        self.assertEqual(self.followup.link_until, today + timedelta(days=3))
        self.assertEqual(
            self.env.company._get_day(self.followup.next_try_at),
            today + timedelta(days=4),
        )

    def texts(self):
        return self.env["sms.sms"].search([("partner_id", "=", self.customer_north.id)])

    def test_who_has_a_mobile_and_no_address_gets_the_link_by_sms(self):
        self.assertFalse(self.texts())
        self.customer_north.write({"email": False, "phone": "+86 138 1234 5678"})
        followup = self.make_followup()
        sms = self.texts()
        self.assertEqual(sms.state, "outgoing")
        self.assertIn("1234", sms.number)
        self.assertIn(followup._get_link_url(), sms.body)
        self.assertIn("how did it go", sms.body)
        self.assertTrue(followup.link_token)
        self.assertEqual(followup.next_try_at.date(), followup.link_until)
        self.assertEqual(self.get(followup._get_link_url()).status_code, 200)

    def test_who_has_neither_address_nor_mobile_is_called(self):
        self.customer_north.write({"email": False, "phone": "+86 10 8888 7777"})
        followup = self.make_followup()
        self.assertFalse(followup.link_token)
        self.assertFalse(followup.next_try_at)
        self.assertFalse(self.texts())

    def test_the_page_asks_the_questions_in_the_customers_language(self):
        page = self.page(self.get(self.url))
        names = set(page.xpath("//form//@name")) - {"csrf_token"}
        questions = self.rule.survey_id.question_ids
        self.assertEqual(names, {f"question_{question.id}" for question in questions})
        amount = self.env.ref("aftersales_service.survey_repair_amount")
        yes = self.env.ref("aftersales_service.survey_repair_charged_yes")
        [style] = page.xpath(
            f"//fieldset[@id='question_{amount.id}']/preceding::style[1]"
        )
        self.assertIn(f"#choice_{yes.id}:checked", style.text)
        self.customer_north.lang = "zh_CN"
        page = self.page(self.get(self.url))
        self.assertEqual(page.xpath("/html/@lang"), ["zh-CN"])

    def test_an_answer_is_counted_once(self):
        self.assertIn("Thank you", self.text(self.post(self.url, self.form(GOOD))))
        self.assertEqual(self.followup.state, "done")
        self.assertEqual(self.followup.satisfaction, 5)
        self.assertTrue(self.followup.is_answered_by_link)
        self.assertEqual(self.followup.work_order_id.rating_ids.rating, 5)
        again = self.text(self.post(self.url, self.form(BAD)))
        self.assertIn("Thank you", again)
        self.assertEqual(self.followup.satisfaction, 5)
        self.assertFalse(self.followup.problem_ticket_id)

    def test_a_bad_answer_opens_a_problem_sheet(self):
        text = self.text(self.post(self.url, self.form(BAD)))
        self.assertIn("We take care of it", text)
        self.assertTrue(self.followup.problem_ticket_id)
        self.assertEqual(self.followup.charged_amount, 80)

    def test_what_is_missing_is_told_and_nothing_is_lost(self):
        form = self.form({"satisfaction": 4, "comment": "Soon again"})
        page = self.page(self.post(self.url, form))
        [told] = page.xpath("//*[@role='alert']")
        self.assertIn("Not answered yet", told.text_content())
        self.assertIn("Soon again", page.xpath("//textarea")[0].text_content())
        [checked] = page.xpath("//input[@type='radio'][@checked]/@value")
        self.assertEqual(checked, "4")
        self.assertEqual(self.followup.state, "due")

    def test_a_hostile_form_is_refused_in_a_sentence(self):
        form = self.form(GOOD)
        for name in list(form):
            for value in ("x\0y", "99999999999999999999", "-1", "１", ""):
                with self.subTest(name=name, value=value):
                    page = self.page(self.post(self.url, {**form, name: value}))
                    self.assertEqual(page.xpath("//h1")[0].text, "How did it go?")
            if self.followup.state == "done":
                break

    def test_after_its_days_the_link_is_closed(self):
        yesterday = fields.Date.today() - timedelta(days=2)
        self.followup._write_guarded({"link_until": yesterday})
        for response in (self.get(self.url), self.post(self.url, self.form(GOOD))):
            self.assertIn("no longer open", self.text(response))
        self.assertEqual(self.followup.state, "due")

    @mute_logger("odoo.http")
    def test_a_token_opens_its_own_follow_up_only(self):
        other = self.make_followup()
        unlinked = self.make_followup()
        unlinked._write_guarded({"link_token": False})
        base = self.followup.get_base_url()
        token = self.followup.link_token
        for path in (
            f"{other.id}/{token}",
            f"{unlinked.id}/{token}",
            f"{unlinked.id}/False",
            f"{self.followup.id}/{token[:-1]}",
            f"{self.followup.id}/{token}x",
            f"{self.followup.id}/é",
            f"0/{token}",
            f"99999999999999999999/{token}",
        ):
            with self.subTest(path=path):
                response = self.get(f"{base}/followup/{path}")
                self.assertEqual(response.status_code, 404)

    @mute_logger("odoo.http")
    def test_posting_needs_a_token_of_the_form(self):
        response = self.post(self.url, self.form(GOOD), csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.followup.state, "due")
