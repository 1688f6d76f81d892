from odoo.tests import BaseCase, tagged

from ..tools import phone


@tagged("post_install", "-at_install")
class TestPhoneRule(BaseCase):
    """Every spelling of a number is the same number."""

    def test_spellings_of_one_number_are_the_same(self):
        table = {
            "+8613800138000": (
                "13800138000",
                "138 0013 8000",
                "138-0013-8000",
                "(138) 0013.8000",
                "+86 138 0013 8000",
                "0086 138 0013 8000",
                "86 13800138000",
                "013800138000",
                "１３８００１３８０００",
                " +86-138-0013-8000 ",
            ),
            "+861088887777": (
                "010-88887777",
                "(010) 8888 7777",
                "+86 10 8888 7777",
                "01088887777",
                "010-88887777转12",
                "010-88887777 ext. 12",
                "010-88887777#12",
                "010-88887777分机12",
            ),
            "+864006001234": ("400-600-1234", "4006001234"),
            "+16502530000": ("+1 650-253-0000", "001 650 253 0000"),
        }
        for key, spellings in table.items():
            for text in spellings:
                with self.subTest(text):
                    self.assertEqual(phone.read(text).key, key)

    def test_the_country_reads_what_has_no_code(self):
        self.assertEqual(phone.read("650 253 0000", "US").key, "+16502530000")

    def test_what_is_no_whole_number_is_its_digits(self):
        for text, key in (
            ("801", "801"),
            ("95588", "+8695588"),
            ("anonymous", ""),
            ("", ""),
            (None, ""),
            ("9" * 200, "9" * phone.MAX_LENGTH),
        ):
            with self.subTest(text):
                self.assertEqual(phone.read(text).key, key)

    def test_extensions_are_not_looked_up(self):
        for text, expected in (("801", False), ("", False), ("95588", True)):
            with self.subTest(text):
                self.assertEqual(phone.read(text).can_be_looked_up, expected)

    def test_a_number_without_its_area_code_fits(self):
        local, whole = phone.read("88887777"), phone.read("010-88887777")
        self.assertTrue(local.is_local)
        for one, other, expected in (
            (local, whole, True),
            (whole, local, True),
            (local, phone.read("010-88887776"), False),
            (phone.read("13800138000"), phone.read("13800138001"), False),
            (phone.read(""), phone.read(""), False),
            (phone.read("801"), phone.read("13800138801"), False),
            (phone.read("95588"), phone.read("13800195588"), False),
        ):
            with self.subTest(one=one, other=other):
                self.assertEqual(phone.is_same(one, other), expected)

    def test_which_numbers_take_a_text_message(self):
        table = {
            "13800138000": True,
            "+86 138 0013 8000": True,
            "１３８００１３８０００": True,
            "0086 138 0013 8000": True,
            "010-88887777": False,
            "400-600-1234": False,
            "+1 650-253-0000": True,
            "1380013": False,
            "call me": False,
            "": False,
            None: False,
        }
        for text, is_one in table.items():
            with self.subTest(text):
                self.assertEqual(phone.is_mobile(text), is_one)
