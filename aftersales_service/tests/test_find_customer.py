from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestFindCustomer(AftersalesCase):
    """A typed customer is a known one where name and phone both fit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partners = cls.env["res.partner"]
        cls.known = cls.make_customer("Zhao", cls.north, phone="+86 139 (1234) 0000")

    def test_a_number_is_compared_as_core_compares_it(self):
        for phone in (
            *("+8613912340000", "0086 139-1234-0000", "+86 139 1234 0000"),
            *("13912340000", "86 139 1234 0000", "+86 139 1234 0001"),
        ):
            with self.subTest(phone):
                core = self.partners.search(
                    [("phone_mobile_search", "=", phone), ("name", "=", "Zhao")]
                )
                self.assertEqual(self.partners._find_customer("Zhao", phone), core)

    def test_name_and_phone_must_both_fit(self):
        told = [
            ("Zhao", "+86 139 1234 0000"),
            ("Qian", "+86 139 1234 0000"),
            ("Zhao", None),
            (None, None),
        ]
        found = self.partners._find_customers(told)
        self.assertEqual(list(found), told)
        self.assertEqual(
            [bool(partner) for partner in found.values()], [True, False, False, False]
        )
        self.assertEqual(found[told[0]], self.known)

    def test_a_dealer_of_that_name_is_no_customer(self):
        self.known.aftersales_role = "dealer"
        self.assertFalse(self.partners._find_customer("Zhao", "+86 139 1234 0000"))

    def test_half_a_number_is_told(self):
        with self.assertRaisesRegex(UserError, "whole phone number"):
            self.partners._find_customer("Zhao", "13")

    def test_many_are_found_by_one_query(self):
        told = [(f"Customer {n}", f"+86 139 1111 {n:04}") for n in range(50)]
        for name, phone in told:
            self.make_customer(name, self.north, phone=phone)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            found = self.partners._find_customers(told)
        self.assertTrue(all(found.values()))
