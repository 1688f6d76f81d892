from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools import clue


@tagged("post_install", "-at_install")
class TestClueRule(BaseCase):
    """One typed text, read as phone, serial, day or words."""

    def test_a_phone_is_read_in_any_form(self):
        for text in (
            "138 1234 5678",
            "138-1234-5678",
            "(138) 1234.5678",
            "１３８１２３４５６７８",
            "013812345678",
        ):
            with self.subTest(text):
                self.assertEqual(clue.read(text).phones, ("13812345678",))

    def test_the_country_reads_the_prefix(self):
        clues = clue.read("+86 138 1234 5678", national=lambda token: token[-13:])
        self.assertEqual(clues.phones, ("138 1234 5678",))

    def test_a_serial_is_read_with_and_without_spaces(self):
        cases = {
            "DX-0001": ("DX0001",),
            "dx 0001": ("DX0001", "0001"),
            "0001": ("0001",),
            "ab": (),
            "Miller": (),
        }
        for text, keys in cases.items():
            with self.subTest(text):
                self.assertEqual(clue.read(text).serials, keys)

    def test_a_day_or_month_is_read_and_leaves_the_rest(self):
        day, month = date(2026, 3, 5), (date(2026, 2, 1), date(2026, 2, 28))
        cases = {
            "2026-03-05": ((day, day), ()),
            "2026/3/5": ((day, day), ()),
            "2026年3月5日": ((day, day), ()),
            "2026-02": (month, ()),
            "2026年2月": (month, ()),
            "zhang 2026.3.5": ((day, day), ("zhang",)),
            "2026-13-01": (None, ()),
        }
        for text, (days, words) in cases.items():
            with self.subTest(text):
                clues = clue.read(text)
                self.assertEqual((clues.days, clues.words), (days, words))

    def test_words_are_folded(self):
        self.assertEqual(clue.read("  ＭＩＬＬＥＲ  Str ").words, ("miller", "str"))
        self.assertEqual(clue.read("张伟 济南").words, ("张伟", "济南"))

    def test_two_chinese_characters_have_a_trigram_when_doubled(self):
        self.assertEqual(clue.double("张伟"), "张张伟伟")

    def test_nothing_typed_is_no_clue(self):
        for text in (None, "", "   "):
            self.assertEqual(clue.read(text), clue.Clues())

    def test_hostile_text_is_cut(self):
        self.assertLessEqual(len(clue.read("x" * 10_000).text), clue.MAX_LENGTH)
        self.assertLessEqual(len(clue.read("a1b2 " * 30).serials), clue.MAX_WORDS)
