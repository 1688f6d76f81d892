import io
from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from ..tools import registration
from .portal_common import PortalCase, make_picture

TODAY = date(2026, 6, 1)
GOOD = {
    "today": TODAY,
    "serial_code": "genuine",
    "bought_on": date(2026, 5, 1),
    "produced_on": date(2026, 1, 1),
    "has_photo": True,
}


@tagged("post_install", "-at_install")
class TestRegistrationRule(BaseCase):
    """What a customer may register, and whether the office decides."""

    def test_what_is_missing_or_cannot_be_right(self):
        cases = (
            ("all right", {}, []),
            ("another owner is no mistake", {"owner": "other"}, []),
            ("his already", {"owner": "self"}, [("serial", "own")]),
            ("unknown", {"serial_code": "unknown"}, [("serial", "unknown")]),
            ("void answers alike", {"serial_code": "void"}, [("serial", "unknown")]),
            ("two models", {"serial_code": "ambiguous"}, [("serial", "ambiguous")]),
            ("a component", {"is_component": True}, [("serial", "unknown")]),
            ("no day", {"bought_on": None}, [("bought_on", "missing")]),
            ("tomorrow", {"bought_on": date(2026, 6, 2)}, [("bought_on", "future")]),
            ("today", {"bought_on": TODAY}, []),
            (
                "before it was made",
                {"bought_on": date(2025, 12, 31)},
                [("bought_on", "before_production")],
            ),
            ("no proof", {"has_photo": False}, [("photo", "missing")]),
            ("too many wait", {"open_count": 5}, [("form", "too_many")]),
        )
        for name, facts, expected in cases:
            with self.subTest(name):
                found = registration.check(
                    registration.RegistrationFacts(**{**GOOD, **facts})
                )
                self.assertEqual([(f.field, f.code) for f in found], expected)

    def test_only_a_machine_of_nobody_is_his_at_once(self):
        for facts, expected in (
            ({"owner": "nobody"}, "own"),
            ({"owner": "other"}, "asked"),
            ({"is_known": True}, "asked"),
            ({"was_refused": True}, "asked"),
        ):
            with self.subTest(facts):
                facts = registration.RegistrationFacts(**GOOD, **facts)
                self.assertEqual(registration.decide(facts), expected)


@tagged("post_install", "-at_install")
class TestRegistration(PortalCase):
    """A customer scans the label and says: this is my machine."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.north.manager_id = cls.office_north
        cls.free = cls.make_unit("DX-0100", sale_date=False)
        cls.free.territory_id = cls.north
        cls.new_user = cls.make_portal_user(
            cls.env["res.partner"].create({"name": "Newcomer"}), "newcomer"
        )
        cls.new_user.partner_id.parent_id = False
        cls.newcomer = cls.new_user.partner_id
        cls.bought = fields.Date.today() - timedelta(days=3)

    def register(self, serial, photo=True, **data):
        photo = make_picture() if photo is True else photo
        files = {"photo": ("p.jpg", io.BytesIO(photo), "image/jpeg")} if photo else {}
        data = {"serial": serial, "bought_on": self.bought.isoformat(), **data}
        response = self.post("/my/machines/register", data, files)
        self.env.invalidate_all()
        return response

    def rows(self):
        return self.env["aftersales.unit.registration"].search([])

    def test_the_label_leads_to_the_form(self):
        page = self.page(self.get("/verify/DX-0100"))
        [link] = page.xpath("//a[contains(@href, '/my/machines/register')]/@href")
        self.assertIn("serial=DX-0100", link)
        self.assertIn("/web/login", self.get(link).url)
        self.make_unit("DX-0666", void_reason="stolen")
        for serial in ("NOBODY-1", "DX-0666"):
            self.assertNotIn(
                "/my/machines/register", self.get(f"/verify/{serial}").text
            )
        self.login(self.new_user)
        self.assertEqual(self.value(self.get(link), "serial"), "DX-0100")

    def test_nobodys_machine_is_his_at_once_and_the_office_looks(self):
        self.login(self.new_user)
        response = self.register("dx 0100", shop="Market <b>12</b>")
        self.assertEqual(response.status_code, 303)
        self.assertEqual(self.free.owner_id, self.newcomer)
        self.assertEqual(self.newcomer.aftersales_role, "customer")
        self.assertEqual(self.newcomer.territory_id, self.north)
        row = self.rows()
        self.assertEqual((row.state, row.bought_on), ("own", self.bought))
        self.assertTrue(row.photo)
        self.assertEqual(row.activity_ids.user_id, self.office_north)
        self.assertFalse(self.free.sale_date, "warranty waits for the proof")
        page = self.get("/my/machines")
        self.assertIn("DX-0100", page.text)
        self.assertEqual(self.free.owner_period_ids.mapped("date_from"), [self.bought])
        row.with_user(self.office_north).action_confirm()
        self.assertEqual(self.free.sale_date, self.bought)
        self.assertEqual(row.state, "confirmed")
        self.assertFalse(row.activity_ids)
        self.assertIn("DX-0100", row.message_ids[:1].body)

    def test_a_machine_of_another_is_for_the_office_to_decide(self):
        self.login(self.new_user)
        self.register("DX-0001")
        row = self.rows()
        self.assertEqual(row.state, "asked")
        self.assertEqual(self.unit_north.owner_id, self.customer_north)
        self.assertEqual(self.newcomer.aftersales_role, "contact", "no customer yet")
        page = self.get("/my/machines").text
        self.assertNotIn(self.customer_north.name, page)
        second = self.register("DX-0001")
        self.assertEqual(len(self.rows()), 1, "asked once")
        self.assertEqual(second.status_code, 200)
        row.with_user(self.office_north).action_confirm()
        self.assertEqual(self.unit_north.owner_id, self.newcomer)
        self.assertEqual(len(self.unit_north.owner_period_ids), 2)

    def test_the_office_says_since_when_a_machine_of_another_is_his(self):
        yesterday = fields.Date.today() - timedelta(days=1)
        before = self.make_customer("Zhang", self.north)
        self.unit_north._with_change(day=yesterday).owner_id = before
        self.login(self.new_user)
        self.register("DX-0001")
        row = self.rows().with_user(self.office_north)
        with self.assertRaisesRegex(UserError, "choose a later day"):
            row.action_confirm()
        row.owner_since = fields.Date.today()
        row.action_confirm()
        self.assertEqual(self.unit_north.owner_id, self.newcomer)

    def test_a_machine_that_somebody_knows_is_for_the_office_to_decide(self):
        city = self.env["res.city"].search([], limit=1)
        dealer = self.make_customer("Dealer", self.north, aftersales_role="dealer")
        known = (
            {"site_street": "Quiet road 7"},
            {"site_city_id": city.id},
            {"installation_date": "2026-02-01"},
            {"selling_partner_id": dealer.id},
        )
        units = self.env["stock.lot"]
        for number, vals in enumerate(known):
            units |= self.make_unit(f"DX-02{number:02}", sale_date=False, **vals)
        self.make_request(self.free, partner_id=self.customer_north.id)
        self.login(self.new_user)
        for unit in units | self.free:
            with self.subTest(unit.name):
                self.register(unit.name)
                row = self.rows().filtered(lambda row, unit=unit: row.unit_id == unit)
                self.assertEqual(row.state, "asked")
                self.assertFalse(unit.owner_id)
        self.assertNotIn("Quiet road", self.get("/my/machines").text)
        row.with_user(self.office_north).action_confirm()
        self.assertEqual(self.free.owner_id, self.newcomer)

    def test_who_was_refused_is_not_the_owner_at_once_again(self):
        self.login(self.new_user)
        self.register("DX-0100")
        row = self.rows().with_user(self.office_north)
        row.refusal = "No invoice"
        row.action_refuse()
        self.register("DX-0100")
        self.assertEqual(self.rows()[0].state, "asked")
        self.assertFalse(self.free.owner_id)

    def test_a_confirmation_takes_no_machine_from_a_later_owner(self):
        self.login(self.new_user)
        self.register("DX-0100")
        self.register("DX-0001")
        asked, own = self.rows().with_user(self.office_north)
        later = self.make_customer("Later", self.north)
        (self.free | self.unit_north).owner_id = later
        own.action_confirm()
        self.assertEqual(self.free.owner_id, later)
        self.assertEqual(self.free.sale_date, self.bought, "his proof was good")
        with self.assertRaisesRegex(UserError, "another owner"):
            asked.action_confirm()
        self.assertEqual(self.unit_north.owner_id, later)
        self.assertEqual(asked.state, "asked")

    def test_a_refusal_has_a_reason_and_takes_the_machine_back(self):
        self.login(self.new_user)
        self.register("DX-0100")
        row = self.rows().with_user(self.office_north)
        with self.assertRaises(UserError):
            row.action_refuse()
        row.refusal = "The invoice names somebody else"
        row.action_refuse()
        self.assertFalse(self.free.owner_id)
        self.assertIn("somebody else", row.sudo().message_ids[:1].body)
        with self.assertRaises(UserError):
            row.action_confirm()

    def test_hostile_input_changes_nothing(self):
        self.make_unit("DX-0666", void_reason="stolen")
        self.login(self.new_user)
        unknown = self.sentences(self.register("NOBODY-1"))
        self.assertEqual(self.sentences(self.register("DX-0666")), unknown)
        tomorrow = (fields.Date.today() + timedelta(days=2)).isoformat()
        cases = (
            ("bought_on", {"bought_on": tomorrow}),
            ("bought_on", {"bought_on": "1; DROP"}),
            ("bought_on", {"bought_on": "2020-01-01"}),
            ("photo", {"photo": None}),
            ("photo", {"photo": b"<svg onload=alert(1)>"}),
        )
        for name, data in cases:
            with self.subTest(data=data):
                self.assertIn(name, self.sentences(self.register("DX-0100", **data)))
        forged = {"partner_id": str(self.customer_north.id), "state": "confirmed"}
        self.register("DX-0100", owner_id="1", **forged)
        self.assertEqual(self.rows().state, "own")
        self.assertEqual(self.rows().partner_id, self.newcomer)

    def test_the_questions_are_counted(self):
        self.env.company.write({"verify_limit_address": 2, "verify_limit_total": 100})
        self.login(self.new_user)
        for number in range(2):
            self.register(f"NOBODY-{number}")
        self.assertIn("Too many", self.sentences(self.register("DX-0100"))["serial"])
        self.assertFalse(self.rows())

    def test_nobody_decides_over_rpc(self):
        self.login(self.new_user)
        self.register("DX-0001")
        row = self.rows()
        for user in (self.new_user, self.agent_north, self.office_south):
            with self.assertRaises(AccessError):
                row.with_user(user).action_confirm()
        with self.assertRaises(AccessError):
            row.with_user(self.office_north).state = "confirmed"

    def test_staff_is_sent_to_the_file(self):
        self.login(self.office_north)
        response = self.url_open("/my/machines/register", allow_redirects=False)
        self.assertEqual(response.status_code, 303)
