from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.tests.portal_common import PortalCase

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestPortalDiagnosis(PortalCase, KnowledgeCase):
    """A station is led through a guide on its job's page, up to its report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guide = cls.make_guide()
        cls.fuel, cls.turns = cls.guide.question_ids
        cls.has_fuel, cls.no_fuel = cls.fuel.answer_ids
        cls.job = cls.make_work_order(cls.make_request(), state="on_site")

    def open(self, query="", job=None, user=None):
        self.login(user or self.station_north_user)
        return self.get(f"/my/jobs/{(job or self.job).id}/diagnosis{query}")

    def test_a_station_goes_from_its_job_to_the_end(self):
        self.login(self.station_north_user)
        job = self.page(self.get(f"/my/jobs/{self.job.id}"))
        [link] = job.xpath("//*[@id='guided_diagnosis']/a/@href")
        page = self.page(self.get(link))
        self.assertEqual(page.xpath("string(//*[@id='question'])"), "Is there fuel?")
        yes, no = page.xpath("//*[@id='answers']/a")
        further = self.page(self.get(yes.get("href")))
        self.assertEqual(further.xpath("string(//*[@id='question'])"), "Does it turn?")
        self.assertIn("Is there fuel?", further.xpath("string(//*[@id='road'])"))
        [back] = further.xpath("//a[normalize-space()='Back']/@href")
        again = self.page(self.get(back))
        self.assertEqual(again.xpath("string(//*[@id='question'])"), "Is there fuel?")
        end = self.page(self.get(no.get("href")))
        words = end.xpath("string(//*[@id='end'])")
        self.assertIn("Fuel system", words)
        self.assertIn("Bleed the line", words)
        last = self.page(self.get(further.xpath("//*[@id='answers']/a/@href")[1]))
        self.assertIn("Fuel system", last.xpath("string(//*[@id='end'])"))

    def begin_report(self, road, job=None, user=None, **data):
        self.login(user or self.station_north_user)
        address = f"/my/jobs/{(job or self.job).id}/diagnosis/report"
        return self.post(address, {"guide": self.guide.id, "road": road} | data)

    def test_the_report_begins_with_what_the_guide_led_to(self):
        page = self.page(self.open(f"?road={self.no_fuel.id}"))
        [form] = page.xpath("//*[@id='end']//form")
        data = {name: form.fields[name] for name in ("guide", "road")}
        answer = self.post(form.get("action"), data)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith(f"{self.job.id}/report"))
        self.job.invalidate_recordset()
        self.assertEqual(self.job.component_id, self.component)
        self.assertEqual(self.job.symptom_id, self.symptom)
        self.assertEqual(self.job.cause_id, self.cause)
        self.assertEqual(self.job.ticket_id.diagnosis_end_id, self.no_fuel)
        self.assertIn("Is there fuel?", self.job.message_ids[0].body)
        page = self.page(self.open(f"?road={self.no_fuel.id}"))
        self.assertFalse(page.xpath("//*[@id='end']//form"), "Nothing left to fill.")
        count = len(self.job.message_ids)
        self.begin_report(self.no_fuel.id)
        self.job.invalidate_recordset()
        self.assertEqual(len(self.job.message_ids), count)

    def test_what_was_reported_or_found_out_before_stays(self):
        other = self.component.copy({"name": "Gearbox", "code": "GEAR"})
        self.job.component_id = other
        self.job.ticket_id.sudo().diagnosis_end_id = self.turns.answer_ids[0]
        self.begin_report(self.no_fuel.id)
        self.job.invalidate_recordset()
        self.assertEqual(self.job.component_id, other)
        self.assertEqual(self.job.symptom_id, self.symptom)
        self.assertEqual(self.job.ticket_id.diagnosis_end_id, self.turns.answer_ids[0])

    def test_a_code_that_does_not_go_with_the_report_is_left_out(self):
        other = self.component.copy({"name": "Gearbox", "code": "GEAR"})
        self.symptom.fits_ids = self.component
        self.job.component_id = other
        self.begin_report(self.no_fuel.id)
        self.job.invalidate_recordset()
        self.assertFalse(self.job.symptom_id)

    def test_no_report_is_begun_without_an_end_or_by_others(self):
        page = self.page(self.begin_report(self.has_fuel.id))
        self.assertIn("Answer the questions", page.xpath("string(//*[@role='alert'])"))
        accepted = self.make_work_order(self.make_request(), state="accepted")
        page = self.page(self.open(f"?road={self.no_fuel.id}", job=accepted))
        self.assertEqual(bool(page.xpath("//form//button")), accepted._can("report"))
        for user in (self.station_south_user, self.customer_user):
            with self.subTest(user=user.login):
                answer = self.begin_report(self.no_fuel.id, user=user)
                self.assertEqual(answer.status_code, 404)
        self.assertEqual(self.begin_report("1", guide="9").status_code, 404)
        self.login(self.station_north_user)
        address = f"/my/jobs/{self.job.id}/diagnosis/report"
        with mute_logger("odoo.http"):
            data = {"guide": self.guide.id, "road": self.no_fuel.id}
            self.assertEqual(self.post(address, data, csrf=False).status_code, 400)
        self.job.invalidate_recordset()
        self.assertFalse(self.job.component_id)

    def test_a_report_handed_in_is_not_begun_again(self):
        self.job._write_guarded({"state": "reported"})
        page = self.page(self.open(f"?road={self.no_fuel.id}"))
        self.assertFalse(page.xpath("//*[@id='end']//form"))
        answer = self.begin_report(self.no_fuel.id)
        self.assertTrue(answer.headers["Location"].endswith("notice=moved"))
        self.job.invalidate_recordset()
        self.assertFalse(self.job.component_id)

    def test_no_report_is_begun_of_a_job_that_is_only_offered(self):
        offered = self.make_work_order(self.make_request(), state="offered")
        self.assertFalse(offered._can("report"))
        answer = self.begin_report(self.no_fuel.id, job=offered)
        self.assertTrue(answer.headers["Location"].endswith("notice=moved"))
        offered.invalidate_recordset()
        self.assertFalse(offered.component_id)
        self.assertFalse(offered.ticket_id.diagnosis_end_id)

    def test_an_article_for_our_own_staff_is_not_named(self):
        self.no_fuel.article_id._write_guarded({"audience": "internal"})
        page = self.open(f"?road={self.no_fuel.id}")
        self.assertNotIn("Bleed the line", page.text)

    def test_a_station_is_shown_guides_for_stations_and_its_machine_only(self):
        hidden = [
            self.make_guide(is_for_stations=False),
            self.make_guide(state="draft"),
            self.make_guide(product_ids=[Command.set(self.engine_single.ids)]),
        ]
        hidden.append(self.make_guide())
        hidden[-1]._write_guarded(
            {"company_id": self.env["res.company"].create({"name": "Other"}).id}
        )
        for guide in hidden:
            with self.subTest(guide=guide.id):
                self.assertEqual(self.open(f"?guide={guide.id}").status_code, 404)
        second = self.make_guide(name="Smokes")
        page = self.page(self.open())
        names = page.xpath("//*[@id='guides']/a/text()")
        self.assertEqual(names, [self.guide.name, second.name])
        self.assertEqual(self.open(f"?guide={second.id}").status_code, 200)
        foreign = second.question_ids[0].answer_ids[1]
        page = self.page(self.open(f"?guide={self.guide.id}&road={foreign.id}"))
        self.assertFalse(page.xpath("//*[@id='end']"))

    def test_strangers_find_nothing(self):
        for user in (self.station_south_user, self.customer_user):
            with self.subTest(user=user.login):
                self.assertEqual(self.open(user=user).status_code, 404)
        self.authenticate(None, None)
        page = self.get(f"/my/jobs/{self.job.id}/diagnosis", allow_redirects=False)
        self.assertEqual(page.status_code, 303)

    def test_what_a_stranger_types_does_no_harm(self):
        for road in (
            *("1' OR 1=1--", "<script>", "-1", "9" * 30, "1-" * 3000, "%00"),
            *("９", "[]", "1e9"),
        ):
            with self.subTest(road=road[:20]):
                answer = self.open(f"?guide={self.guide.id}&road={road}")
                page = self.page(answer)
                self.assertTrue(page.xpath("//*[@id='question']"))
                self.assertNotIn('<script>"', answer.text)
        for guide in ("x", "-1", "9" * 30, "1;2"):
            with self.subTest(guide=guide):
                self.assertEqual(self.open(f"?guide={guide}").status_code, 404)

    def test_no_guide_no_button_nor_for_a_finished_or_another_job(self):
        done = self.make_work_order(self.make_request(), state="done")
        other = self.make_work_order(
            self.make_request(request_type_id=self.installation.id)
        )
        for job in (done, other):
            with self.subTest(job=job.name):
                self.assertEqual(self.open(job=job).status_code, 404)
        self.guide.with_user(self.approver).action_retire()
        self.login(self.station_north_user)
        page = self.page(self.get(f"/my/jobs/{self.job.id}"))
        self.assertFalse(page.xpath("//*[@id='guided_diagnosis']"))
