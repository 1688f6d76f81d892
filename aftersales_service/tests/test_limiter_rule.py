from datetime import datetime

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.limiter import (
    LimitFacts,
    LimitPolicy,
    decide,
    get_address_key,
    get_window,
)

POLICY = LimitPolicy(per_address=3, in_total=10, serial_free=5)


@tagged("post_install", "-at_install")
class TestLimiterRule(BaseCase):
    """Who is answered, who waits, who is sent away."""

    def test_address_and_total_refuse_a_serial_only_slows_down(self):
        table = (
            ({}, "allowed", None),
            ({"by_address": 2}, "allowed", None),
            ({"by_address": 3}, "refused", 77),
            ({"in_total": 9}, "allowed", None),
            ({"in_total": 10}, "refused", 77),
            ({"about_serial": 4}, "allowed", None),
            ({"about_serial": 5}, "later", 1),
            ({"about_serial": 14}, "later", 1),
            ({"about_serial": 15}, "later", 2),
            ({"about_serial": 10**6}, "later", 2),
            ({"about_serial": 10**6, "by_address": 3}, "refused", 77),
        )
        for facts, code, seconds in table:
            with self.subTest(facts):
                verdict = decide(LimitFacts(seconds_left=77, **facts), POLICY)
                self.assertEqual(verdict.code, code)
                self.assertEqual(verdict.blocks, code != "allowed")
                params = {"retry_after": seconds} if seconds else {}
                self.assertEqual(verdict.params, params)

    def test_who_comes_back_after_the_wait_is_answered_whatever_the_others_do(self):
        table = ((0, "later", 2), (1, "later", 1), (2, "allowed", None))
        for waited, code, seconds in table:
            with self.subTest(waited):
                facts = LimitFacts(about_serial=10**6, waited=waited)
                verdict = decide(facts, POLICY)
                self.assertEqual(verdict.code, code)
                self.assertEqual(verdict.params.get("retry_after"), seconds)

    def test_who_is_sent_away_never_comes_back_at_once(self):
        verdict = decide(LimitFacts(by_address=3), POLICY)
        self.assertEqual(verdict.params, {"retry_after": 1})

    def test_windows_follow_each_other_without_a_gap(self):
        table = (
            (datetime(2026, 1, 1, 0, 0, 0), datetime(2026, 1, 1), 600),
            (datetime(2026, 1, 1, 0, 9, 59, 999999), datetime(2026, 1, 1), 1),
            (datetime(2026, 1, 1, 0, 10), datetime(2026, 1, 1, 0, 10), 600),
        )
        for now, start, left in table:
            with self.subTest(now):
                self.assertEqual(get_window(now, 600), (start, left))

    def test_an_ipv6_network_is_one_address(self):
        table = (
            ("203.0.113.7", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::9", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::4", "2001:db8:1:3::/64"),
            ("", "unknown"),
            (None, "unknown"),
            ("<script>", "unknown"),
        )
        for address, key in table:
            with self.subTest(address):
                self.assertEqual(get_address_key(address), key)
