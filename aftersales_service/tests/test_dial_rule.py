from odoo.tests import BaseCase, tagged

from ..tools import dial


@tagged("post_install", "-at_install")
class TestDialRule(BaseCase):
    """Which address a click on a number may open."""

    def test_an_address_is_refused_for_the_first_thing_wrong(self):
        for template, problem in (
            ("https://pbx.example.com/dial?to={number}&from={extension}", None),
            ("HTTP://pbx:8080/{number}", None),
            ("http://[::1]/{number}", None),
            ("tel:{number}", None),
            ("sip:{number}@pbx.example.com", None),
            ("javascript:alert({number})", "scheme"),
            ("JavaScript://pbx/%0Aalert({number})", "scheme"),
            ("data:text/html,{number}", "scheme"),
            ("callto:{number}", "scheme"),
            ("//pbx.example.com/{number}", "scheme"),
            ("/dial/{number}", "scheme"),
            ("{number}", "scheme"),
            (" https://pbx.example.com/{number}", "unfit"),
            ("java\tscript:{number}", "unfit"),
            ('https://pbx/{number}"onclick=', "unfit"),
            ("https://pbx/\\{number}", "unfit"),
            ("https://pbx.example.com/{user}?{number}", "placeholder"),
            ("https://pbx.example.com/{number!r}", "placeholder"),
            ("https://pbx.example.com/{number.x}", "placeholder"),
            ("https://pbx.example.com/{number", "placeholder"),
            ("https://pbx.example.com/{{number}}", "placeholder"),
            ("https://pbx.example.com/dial", "number"),
            ("https://pbx.example.com/{extension}", "number"),
            ("https://{number}/", "host"),
            ("https://pbx.example.com.{number}", "host"),
            ("https://{extension}@pbx/{number}", "host"),
            ("https:{number}", "host"),
            ("https:///{number}", "host"),
            ("https://pbx:port/{number}", "host"),
            ("https://[pbx/{number}", "host"),
        ):
            with self.subTest(template=template):
                self.assertEqual(dial.find_problem(template), problem)

    def test_the_extension_is_filled_in_encoded(self):
        both = "https://pbx/{extension}?to={number}"
        for template, extension, filled in (
            (both, "801", "https://pbx/801?to={number}"),
            (both, "8/1&a b", "https://pbx/8%2F1%26a%20b?to={number}"),
            (both, "{number}", "https://pbx/%7Bnumber%7D?to={number}"),
            (both, None, None),
            (both, "", None),
            ("https://pbx?to={number}", None, "https://pbx?to={number}"),
            (None, "801", None),
            (False, "801", None),
        ):
            with self.subTest(template=template, extension=extension):
                self.assertEqual(dial.fill_extension(template, extension), filled)
