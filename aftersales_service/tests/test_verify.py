import re
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.sql_db import db_connect
from odoo.tests import tagged

from odoo.addons.aftersales_service.tools.limiter import get_window

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestVerify(PortalCase):
    """What the public learns about a serial, and how often it may ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.write(
            {
                "verify_limit_address": 50,
                "verify_limit_total": 100,
                "verify_serial_free": 40,
            }
        )
        cls.unit_north.site_street = "Secret road 1"
        cls.began = fields.Datetime.now().replace(minute=1, second=0)
        cls.void = cls.make_unit("DX-0666", void_reason="stolen")

    def setUp(self):
        super().setUp()
        self.enterContext(self._now())

    def _checks(self):
        return self.env["aftersales.serial.check"].search(
            [("channel", "=", "public")], order="id"
        )

    @contextmanager
    def _now(self, **later):
        """The clock stands still, at the beginning of a window or so much later."""
        now = self.began + timedelta(**later)
        with patch.object(fields.Datetime, "now", lambda *args: now):
            yield

    def _text(self, response):
        tree = self.page(response)
        return " ".join(tree.xpath("//main")[0].text_content().split())

    def test_a_genuine_machine_with_model_and_warranty_and_nothing_else(self):
        check = self.env["stock.lot"]._check_serials([{"text": "DX-0001"}])
        for url in ("/verify/DX-0001", "/verify?serial=dx%200001"):
            text = self._text(self.get(url))
            self.assertIn("Genuine", text)
            self.assertIn(self.engine.name, text)
            for secret in (self.customer_north.name, "Secret road", "138 0000"):
                self.assertNotIn(secret, text)
        answer = self.get("/verify.json?serial=DX-0001").json()
        self.assertEqual(
            answer | {"message": ""},
            {
                "serial": "DX-0001",
                "verdict": "genuine",
                "model": self.engine.name,
                "warranty_end": fields.Date.to_string(check.warranty_end) or "",
                "in_warranty": bool(
                    check.warranty_end and check.warranty_end >= fields.Date.today()
                ),
                "message": "",
            },
        )

    def test_unknown_and_void_answer_alike_to_the_byte(self):
        for form in ("/verify/%s", "/verify.json?serial=%s"):
            void, unknown = (
                self.get(form % serial) for serial in ("DX-0666", "DX-0667")
            )
            self.assertEqual(void.status_code, unknown.status_code)
            same = re.sub("csrf_token: .*", "", void.text).replace("DX-0666", "DX-0667")
            self.assertEqual(same, re.sub("csrf_token: .*", "", unknown.text))
            names = set(void.headers) - {"Set-Cookie"}
            self.assertEqual(names, set(unknown.headers) - {"Set-Cookie"})
        self.assertEqual(
            self._checks().mapped("verdict"), ["void", "unknown", "void", "unknown"]
        )

    def test_unknown_and_void_take_the_same_queries(self):
        units = self.env["stock.lot"].with_user(self.env.ref("base.public_user"))

        def count(serial):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            units._answer_public({"text": serial})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count("DX-0001")
        self.assertEqual(count("DX-0666"), count("DX-0667"))
        self.assertEqual(count("DX-0667"), count("DX-0666"))

    def test_a_serial_of_two_models_is_told_so_without_naming_them(self):
        self.make_unit("DX-0001", product=self.engine_single)
        text = self._text(self.get("/verify/DX-0001"))
        self.assertIn("more than one model", text)
        self.assertNotIn(self.engine.name, text)

    def test_every_question_is_a_row_and_the_empty_form_is_none(self):
        before = self._checks()
        self.assertNotIn("alert", self.get("/verify").text.split("<main")[1])
        self.assertEqual(self.get("/verify.json").status_code, 400)
        self.get("/verify/%20-%20")
        self.assertEqual(self._checks(), before)
        self.get("/verify/ZZ/9 %3Cb%3E")
        check = self._checks() - before
        self.assertEqual(check.typed_serial, "ZZ/9 <b>")
        self.assertTrue(check.user_id._is_public())

    def test_what_was_typed_comes_back_harmless(self):
        for url in ("/verify", "/verify.json"):
            response = self.get(url, params={"serial": '"><script>alert(1)</script>'})
            if "html" in response.headers["Content-Type"]:
                self.assertNotIn("<script>alert", response.text)
            else:
                self.assertEqual(
                    response.headers["Content-Type"], "application/json; charset=utf-8"
                )
        self.get("/verify", params={"serial": "x" * 5000})
        self.assertEqual(len(self._checks()[-1].typed_serial), 64)

    def test_the_way_to_service_carries_the_serial(self):
        tree = self.page(self.get("/verify/DX-0001"))
        [link] = tree.xpath("//main//a[starts-with(@href, '/new/ticket')]/@href")
        self.assertEqual(link, "/new/ticket?serial=DX-0001")
        response = self.get(link, allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])
        self.login(self.customer_user)
        self.assertEqual(self.value(self.get(link), "serial"), "DX-0001")

    def test_above_its_limit_an_address_is_sent_away_with_one_sentence(self):
        self.env.company.verify_limit_address = 2
        for _ in range(2):
            self.assertEqual(self.get("/verify/DX-0001").status_code, 200)
        rows = len(self._checks())
        page = self.get("/verify/DX-0001")
        app = self.get("/verify.json?serial=DX-0002")
        for response in (page, app):
            self.assertEqual(response.status_code, 429)
            self.assertTrue(1 <= int(response.headers["Retry-After"]) <= 600)
            self.assertIn("Too many questions", response.text)
            self.assertNotIn(self.engine.name, response.text)
        self.assertEqual(set(app.json()), {"error", "retry_after"})
        self.assertEqual(len(self._checks()), rows)
        self.assertEqual(self.get("/verify").status_code, 200)

    def _admit(self, address, key="K"):
        return self.env["aftersales.public.limiter"]._admit(address, key)

    def test_addresses_do_not_share_a_limit_but_the_total(self):
        self.env.company.write({"verify_limit_address": 2, "verify_limit_total": 3})
        codes = [
            self._admit(address).code
            for address in ("::1", "::1", "::1", "2.2.2.2", "3.3.3.3")
        ]
        self.assertEqual(codes, ["allowed", "allowed", "refused", "allowed", "refused"])

    def test_who_asks_about_a_serial_of_many_questions_comes_back_in_a_moment(self):
        self.env.company.verify_serial_free = 1
        codes = [self._admit(f"10.0.0.{n}").code for n in range(4)]
        self.assertEqual(codes, ["allowed", "later", "later", "later"])
        self.assertEqual(self._admit("10.0.0.9", "ANOTHER").code, "allowed")
        rows = len(self._checks())
        page, app = self.get("/verify/K"), self.get("/verify.json?serial=K")
        for response in (page, app):
            self.assertEqual(response.status_code, 429)
            self.assertEqual(response.headers["Retry-After"], "1")
            self.assertIn("Many people ask", response.text)
        self.assertEqual(page.headers["Refresh"], "1")
        self.assertEqual(len(self._checks()), rows)
        with self._now(seconds=1):
            self.assertEqual(self.get("/verify.json?serial=K").status_code, 200)
        self.assertEqual(len(self._checks()), rows + 1)

    def test_whoever_hammers_a_serial_takes_one_place_while_he_does_not_wait(self):
        self.env.company.verify_serial_free = 1
        self._admit("10.0.0.2")
        codes = {self._admit("10.0.0.1").code for _ in range(9)}
        self.assertEqual(codes, {"later"})
        self.env.cr.execute("SELECT count(*) FROM aftersales_public_question")
        self.assertEqual(self.env.cr.fetchone(), (2,))

    def test_a_place_that_is_just_being_taken_makes_nobody_wait(self):
        self.env.company.verify_limit_address = 1
        # A connection of its own, as another process has.
        with db_connect(self.env.cr.dbname).cursor() as other:
            limiter = self.env["aftersales.public.limiter"]
            start, _left = get_window(fields.Datetime.now(), 600)
            who = limiter._hash_address("10.0.0.1", start)
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"aftersales_public_question {who} 1"],
            )
            verdict = self._admit("10.0.0.1")
        self.assertEqual(verdict.code, "later")
        self.assertEqual(verdict.params, {"retry_after": 1})
        self.assertEqual(self._admit("10.0.0.1").code, "allowed")

    def test_a_new_window_begins_anew(self):
        self.env.company.verify_limit_address = 1
        self.assertEqual(self._admit("::1").code, "allowed")
        self.assertEqual(self._admit("::1").code, "refused")
        with self._now(minutes=10):
            self.assertEqual(self._admit("::1").code, "allowed")

    def test_addresses_are_kept_as_keyed_codes_and_forgotten(self):
        self._admit("203.0.113.7")
        self.env.cr.execute("SELECT * FROM aftersales_public_question")
        rows = self.env.cr.fetchall()
        self.assertEqual(len(rows), 1)
        self.assertNotIn("203.0.113.7", str(rows))
        limiter, start = self.env["aftersales.public.limiter"], rows[0][1]
        code = limiter._hash_address("203.0.113.7", start)
        self.assertEqual(rows[0][0], code)
        self.assertNotEqual(
            limiter._hash_address("203.0.113.7", start + timedelta(minutes=10)), code
        )
        self.env["ir.config_parameter"].set_param("database.secret", "another")
        self.assertNotEqual(limiter._hash_address("203.0.113.7", start), code)
        limiter._gc_questions()
        self.env.cr.execute("SELECT count(*) FROM aftersales_public_question")
        self.assertEqual(self.env.cr.fetchone(), (1,))
        self.env.cr.execute(
            "UPDATE aftersales_public_question SET window_start = %s",
            [fields.Datetime.now() - timedelta(days=2)],
        )
        limiter._gc_questions()
        self.env.cr.execute("SELECT count(*) FROM aftersales_public_question")
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_a_browser_is_answered_in_its_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        response = self.get("/verify", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        self.assertIn('lang="zh-CN"', response.text)

    def test_pages_are_neither_kept_nor_listed(self):
        for url in ("/verify/DX-0001", "/verify.json?serial=DX-0001"):
            headers = self.get(url).headers
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["X-Robots-Tag"], "noindex")
