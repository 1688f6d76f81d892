from odoo.exceptions import ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import AftersalesCase

URL = "https://pbx.example.com/dial?to={number}&from={extension}"


@tagged("post_install", "-at_install")
class TestDial(AftersalesCase, HttpCase):
    """A click on a number dials by the telephone system of the company."""

    def ask(self, user):
        user.password = "dial-by-a-click"
        # Odoo makes them at the first look, in a request that may only read.
        self.env["res.users.settings"]._find_or_create_for_user(user)
        self.authenticate(user.login, "dial-by-a-click")
        return self.make_jsonrpc_request("/web/session/get_session_info", {})

    def test_an_agent_dials_from_his_own_extension(self):
        self.env.company.dial_url = URL
        self.agent_north.phone_extension = "801"
        self.assertEqual(
            self.ask(self.agent_north)["aftersales_dial_url"],
            "https://pbx.example.com/dial?to={number}&from=801",
        )

    def test_without_address_or_extension_his_own_machine_dials(self):
        self.assertIsNone(self.ask(self.agent_north)["aftersales_dial_url"])
        self.env.company.dial_url = URL
        self.assertIsNone(self.ask(self.agent_north)["aftersales_dial_url"])

    def test_a_station_is_not_told(self):
        self.env.company.dial_url = URL
        self.assertNotIn("aftersales_dial_url", self.ask(self.station_north_user))

    def test_an_address_that_opens_something_else_is_refused_with_a_sentence(self):
        for url, words in (
            ("javascript:alert({number})", "begins with https"),
            ("https://pbx.example.com/", "needs {number}"),
            ("https://{number}/", "needs a server"),
            ("https://pbx/{user}{number}", "stand in braces"),
            ("https://pbx/ {number}", "a blank"),
        ):
            with self.subTest(url=url):
                with self.assertRaisesRegex(ValidationError, words):
                    self.env.company.dial_url = url
                settings = self.env["res.config.settings"]
                with self.assertRaisesRegex(ValidationError, words):
                    settings.create({"dial_url": url})

    def test_the_settings_keep_it(self):
        with Form(self.env["res.config.settings"]) as form:
            form.dial_url = URL
        self.assertEqual(self.env.company.dial_url, URL)
