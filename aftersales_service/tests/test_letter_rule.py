from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.letter import fill, unknown_words


@tagged("post_install", "-at_install")
class TestLetterRule(BaseCase):
    """Words in braces are filled in as text, and no others."""

    def test_words_are_filled_in(self):
        words = {"customer": "Li & <Sons>", "machine": "S1100"}
        table = [
            ("", ""),
            ("<p>Dear {customer}</p>", "<p>Dear Li &amp; &lt;Sons&gt;</p>"),
            ("{ machine } {machine}", "S1100 S1100"),
            ("<p>{day}</p>", "<p></p>"),
            ("{password} {customer.id} {}", "{password} {customer.id} {}"),
            ("{{customer}}", "{Li &amp; &lt;Sons&gt;}"),
            # Never inside a tag.
            ('<a href="{customer}">x</a>', '<a href="{customer}">x</a>'),
            ('<a title="a>b {machine}">x</a>', '<a title="a>b {machine}">x</a>'),
            ("<a title='{machine}'>{machine}</a>", "<a title='{machine}'>S1100</a>"),
        ]
        for text, expected in table:
            with self.subTest(text=text):
                self.assertEqual(fill(text, words), expected)

    def test_a_value_is_not_filled_in_again(self):
        words = {"customer": "{company}", "company": "Works"}
        self.assertEqual(fill("{customer}", words), "{company}")

    def test_unknown_words_are_named(self):
        table = [
            ("", []),
            ("{customer} {day} {company} {manager} {machine}", []),
            ("{Customer} {password}", ["Customer", "password"]),
            ("{客户}", ["客户"]),
        ]
        for text, expected in table:
            with self.subTest(text=text):
                self.assertEqual(unknown_words(text), expected)
