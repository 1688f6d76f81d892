from odoo.tests import BaseCase, tagged

from ..tools import chat


@tagged("post_install", "-at_install")
class TestChatRule(BaseCase):
    """What stays of a chat."""

    def test_who_speaks_on_is_named_once(self):
        for lines, told in (
            ([], ""),
            ([("Li", "Hello")], "Li: Hello"),
            ([("Li", "Hello"), ("Li", "It broke")], "Li: Hello\nIt broke"),
            (
                [("Li", "Hello"), ("Us", "Yes?"), ("Li", "!")],
                "Li: Hello\nUs: Yes?\nLi: !",
            ),
            ([("Li", "  "), ("Us", ""), ("Li", " 坏了 ")], "Li: 坏了"),
            ([("Li", "A"), ("Us", " "), ("Li", "B")], "Li: A\nB"),
        ):
            with self.subTest(lines=lines):
                self.assertEqual(chat.transcript(lines), told)

    def test_the_first_words_say_what_it_was_about(self):
        for words, told in (
            ([], ""),
            (["", "  \n", "It broke"], "It broke"),
            (["It\n broke", "today"], "It broke"),
            (["x" * 300], "x" * 300),
            (["x" * 301], "x" * 300 + "…"),
            (["word " * 100], "word " * 59 + "word…"),
            (["柴" * 400], "柴" * 300 + "…"),
        ):
            with self.subTest(words=words):
                self.assertEqual(chat.summary(words), told)

    def test_the_title_stands_behind_the_command(self):
        for body, told in (
            ("/request", ""),
            ("/request Pump leaks", "Pump leaks"),
            ("  /request \n Pump   leaks ", "Pump leaks"),
        ):
            with self.subTest(body=body):
                self.assertEqual(chat.title("/request", body), told)
