from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestSerialFormat(AftersalesCase):
    """Formats as headquarters keeps them, and what a check says with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.serial.format"].search([]).active = False
        cls.format = cls.make_format(
            product_id=cls.engine.id, masks="DX-####\nDY-####", example="DX-0001"
        )

    @classmethod
    def make_format(cls, **vals):
        Format = cls.env["aftersales.serial.format"].with_user(cls.headquarters)
        return Format.create({"name": "Engine numbers", **vals})

    def _check(self, text, product=None):
        lots = self.env["stock.lot"].with_user(self.agent_north)
        return lots._check_serials(
            [{"text": text, "product_id": product and product.id}]
        )

    def test_an_impossible_serial_is_told_the_format_of_its_model(self):
        check = self._check("DX-12", self.engine)
        self.assertEqual(check.verdict, "unknown")
        self.assertEqual(check.reasons, {"reason": "format", "examples": ["DX-0001"]})
        self.assertIn("of this model look like DX-0001", check.answer)
        self.assertIn("look like DX-0001", self._check("?").answer)

    def test_a_possible_serial_is_just_not_registered(self):
        for text in ("dx 9999", "DY-9999"):
            self.assertEqual(
                self._check(text, self.engine).reasons, {"reason": "not_registered"}
            )

    def test_a_wrong_check_digit_is_said(self):
        self.make_format(categ_id=self.categ.id, check_algorithm="vin")
        single = self.engine_single
        check = self._check("1M8GDM9A0KP042788", single)
        self.assertEqual(check.reasons, {"reason": "check_digit"})
        self.assertIn("check digit", check.answer)
        right = self._check("1M8GDM9AXKP042788", single)
        self.assertEqual(right.reasons, {"reason": "not_registered"})

    def test_the_request_shows_the_reason(self):
        ticket = self.make_request(
            unit=self.env["stock.lot"],
            serial_typed="DX-12",
            product_id=self.engine.id,
            partner_id=self.customer_north.id,
        )
        self.assertEqual(ticket.serial_verdict, "unknown")
        self.assertIn("DX-0001", ticket.serial_answer)

    def test_the_wizard_shows_the_reason(self):
        wizard = (
            self.env["aftersales.serial.check.wizard"]
            .with_user(self.agent_north)
            .create({"serial": "DX-12", "claimed_product_id": self.engine.id})
        )
        wizard.action_check()
        self.assertIn("DX-0001", wizard.answer)

    def test_a_change_of_a_format_counts_at_once(self):
        self.assertEqual(self._check("ZZ", self.engine).reasons["reason"], "format")
        self.format.write({"masks": "ZZ", "example": False})
        self.assertEqual(
            self._check("ZZ", self.engine).reasons["reason"], "not_registered"
        )
        self.format.unlink()
        self.assertEqual(
            self._check("Y", self.engine).reasons["reason"], "not_registered"
        )

    def test_formats_of_another_company_do_not_count(self):
        other = self.env["res.company"].create({"name": "Other maker"})
        self.format.sudo().company_id = other
        self.assertEqual(
            self._check("ZZ", self.engine).reasons["reason"], "not_registered"
        )

    def test_a_format_that_cannot_be_is_refused(self):
        for vals in (
            {},
            {"masks": " - "},
            {"masks": "A!"},
            {"masks": "A##", "example": "B12"},
            {"masks": "##!!", "check_algorithm": "luhn"},
            {"check_algorithm": "vin", "example": "1M8GDM9A0KP042788"},
            {"masks": "\n".join(["A#"] * 21)},
        ):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.make_format(**vals)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.make_format(
                masks="A", product_id=self.engine.id, categ_id=self.categ.id
            )
