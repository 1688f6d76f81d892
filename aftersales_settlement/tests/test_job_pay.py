from lxml import html

from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common import SettlementCase


class JobPayCase(SettlementCase):
    """An open job of the northern station, nothing reported yet."""

    def make_open_job(self, result="covered", station=None, **vals):
        unit = self.make_unit(f"J-{self._next()}", owner=self.customer_north)
        ticket = self.make_request(unit)
        if result:
            self.make_decision(ticket, result, **vals.pop("decision", {}))
        return self.make_work_order(ticket, station, **{"state": "on_site", **vals})

    def plain(self, text):
        return " ".join(text.replace("\N{NO-BREAK SPACE}", "").split())


@tagged("post_install", "-at_install")
class TestJobPay(JobPayCase):
    """The rules of the claim run dry before it is there."""

    def test_the_preview_is_what_the_claim_becomes(self):
        for vals in ({}, {"decision": {"share_percent": 50}}, {"result": None}):
            with self.subTest(vals):
                order = self.make_done_order(**vals)
                order._write_guarded({"state": "on_site"})
                pay = order._preview_pay()
                order._write_guarded({"state": "done"})
                claim = order._make_claims()
                self.assertFalse(pay["is_guess"])
                self.assertEqual(pay["total"], claim.amount)
                self.assertEqual(
                    pay["lines"],
                    [(line.display_name, line.why) for line in claim.line_ids],
                )

    def test_nothing_is_written(self):
        models = ("aftersales.claim", "aftersales.claim.line", "ir.sequence")
        counts = [self.env[name].search_count([]) for name in models]
        order = self.make_open_job()
        order._preview_pay()
        self.env.flush_all()
        self.assertFalse(order.claim_ids)
        self.assertEqual([self.env[name].search_count([]) for name in models], counts)

    def test_before_the_report_an_hour_and_the_way_stand_for_it(self):
        order = self.make_open_job(state="accepted")
        self.station_north.write({"partner_latitude": 36.0, "partner_longitude": 117.0})
        order.ticket_id.write({"site_latitude": 36.1, "site_longitude": 117.0})
        pay = order._preview_pay()
        self.assertTrue(pay["is_guess"])
        # 11.1 km by the crow: 29 km of road there and back, the first 10 free.
        sentences = [self.plain(sentence) for _name, sentence in pay["lines"]]
        self.assertIn("1 h", sentences[0])
        self.assertIn("29 km driven", sentences[1])
        self.assertEqual(pay["total"], 80.0 + 28.5)

    def test_a_report_that_came_is_not_guessed(self):
        pay = self.make_open_job(state="reported")._preview_pay()
        self.assertEqual((pay["lines"], pay["is_guess"]), ([], False))

    def test_the_audit_is_told_before(self):
        order = self.make_open_job(result=None)
        kind = order.request_type_id
        kind.write({"requires_photo": True, "requires_signature": True})
        self.rate_card.rate_ids.filtered(lambda rate: rate.kind == "labor").unlink()
        told = " ".join(order._preview_pay()["sentences"])
        self.assertIn("photo", told)
        self.assertIn("signature", told)
        self.assertIn("No rate fits", told)
        order._save_report({"signed_by": "Mr Li"})
        self.assertNotIn("signature", " ".join(order._preview_pay()["sentences"]))

    def test_a_repair_above_the_limit_is_told_before(self):
        self.rate_card.authorisation_limit = 400.0
        order = self.make_done_order()
        order._write_guarded({"state": "on_site"})
        self.assertIn("prior authorisation", order._preview_pay()["sentences"][0])
        consent = order._ask_authorisation(434.0, "Crankshaft", is_waiting=False)
        consent.with_user(self.auditor).action_grant()
        self.assertEqual(order._preview_pay()["sentences"], [])

    def test_where_the_customer_pays_us_the_whole_job_is_paid(self):
        self.env["aftersales.charge.rule"].create({"earner": "maker", "sequence": 0})
        for result in ("chargeable", "covered"):
            with self.subTest(result):
                order = self.make_done_order(result=result)
                order._write_guarded({"state": "on_site"})
                order.charge_line_ids = [Command.create({"amount": 90.0})]
                pay = order._preview_pay()
                order._write_guarded({"state": "done"})
                order._after_done()
                self.assertTrue(order.claim_ids.is_chargeable)
                self.assertEqual(pay["total"], order.claim_ids.amount)

    def test_before_anybody_asks_what_is_not_covered_is_the_customers(self):
        self.env["aftersales.charge.rule"].create({"earner": "maker", "sequence": 0})
        order = self.make_open_job(result="chargeable")
        self.assertGreater(order._preview_pay()["total"], 0)

    def test_who_is_not_paid_by_a_claim_sees_nothing(self):
        self.assertIsNone(self.make_open_job(result="chargeable")._preview_pay())
        self.assertIsNone(self.make_done_order()._preview_pay())
        order = self.make_open_job()
        self.station_north.is_internal_team = True
        self.assertIsNone(order._preview_pay())


@tagged("post_install", "-at_install")
class TestPortalJobPay(JobPayCase, HttpCase):
    """The station reads on its job what it will be paid, and asks before."""

    def setUp(self):
        super().setUp()
        self.rate_card.authorisation_limit = 400.0
        self.job = self.make_open_job()
        self.url = f"/my/jobs/{self.job.id}"
        self.authenticate(*[self.station_north_user.login] * 2)

    def _page(self, url):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return self.plain(html.fromstring(response.text).text_content())

    def _ask(self, url=None, **data):
        token = Request.csrf_token(self)
        return self.url_open(
            f"{url or self.url}/authorise", data={"csrf_token": token, **data}
        )

    def test_the_job_tells_what_it_pays(self):
        text = self._page(self.url)
        self.assertIn("What this job pays", text)
        self.assertIn("1 h × ", text)
        self.assertIn("Ask before an expensive repair", text)

    def test_the_report_tells_pay_and_what_is_missing(self):
        self.job.request_type_id.requires_signature = True
        self.job._save_report({"labor_hours": 2.0})
        text = self._page(f"{self.url}/report")
        self.assertIn("What this report pays", text)
        self.assertIn("160.00", text)
        self.assertIn("Missing: ", text)

    def test_the_form_is_counted_as_it_is_saved(self):
        data = {
            "csrf_token": Request.csrf_token(self),
            "action": "save",
            "labor_hours": "3",
        }
        response = self.url_open(f"{self.url}/report", data=data)
        self.assertIn("240.00", self.plain(response.text))

    def test_the_station_asks_and_the_job_waits(self):
        self._ask(amount="1 500,50", reason="Crankshaft broken", wait="1")
        consent = self.job.authorisation_ids
        self.assertEqual((consent.asked_amount, consent.state), (1500.5, "asked"))
        self.assertEqual(consent.asked_by_id, self.station_north_user)
        self.assertEqual(self.job.wait_reason, "authorisation")
        text = self._page(self.url)
        self.assertIn("Wait for the answer", text)
        self.assertNotIn("Ask before an expensive repair", text)
        consent.with_user(self.auditor).action_grant()
        self.assertIn("Authorised", self._page(self.url))

    def test_it_may_go_on_with_the_job_meanwhile(self):
        self._ask(amount="900", reason="Gear box")
        self.assertEqual(self.job.state, "on_site")

    def test_nonsense_is_answered_with_a_sentence(self):
        for data in (
            {"amount": "much", "reason": "Gear box"},
            {"amount": "-5", "reason": "Gear box"},
            {"amount": "900", "reason": " "},
            {"amount": "0", "reason": "Gear box"},
            {"amount": "nan", "reason": "Gear box"},
            {},
        ):
            with self.subTest(data):
                response = self._ask(**data)
                self.assertEqual(response.status_code, 200)
                self.assertIn("Enter the amount", response.text)
                self.assertFalse(self.job.authorisation_ids)

    def test_asking_twice_is_told(self):
        self._ask(amount="900", reason="Gear box")
        self.assertIn("already", self._ask(amount="950", reason="Again").text)
        self.assertEqual(len(self.job.authorisation_ids), 1)

    def test_only_the_own_station_asks(self):
        foreign = self.make_open_job(station=self.station_south)
        response = self._ask(f"/my/jobs/{foreign.id}", amount="900", reason="Gear box")
        self.assertEqual(response.status_code, 404)
        self.assertFalse(foreign.authorisation_ids)
