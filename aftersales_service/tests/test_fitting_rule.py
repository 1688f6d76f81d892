from odoo.tests import BaseCase, tagged

from ..tools.fitting import PartFacts, find_obstacle


@tagged("post_install", "-at_install")
class TestFittingRule(BaseCase):
    """Only a spare part of its own becomes a component because a report says so."""

    def test_what_stands_against_building_it_in(self):
        table = [
            ("a spare part", {}, None),
            ("a batch", {"tracking": "lot"}, "batch"),
            ("of another company", {"is_same_company": False}, "company"),
            ("across the border", {"is_local": False}, "border"),
            ("of another owner", {"has_other_owner": True}, "owner"),
            ("built in elsewhere", {"is_built_in": True}, "built_in"),
            ("a machine", {"is_machine": True}, "machine"),
            ("scrapped or stolen", {"is_void": True}, "void"),
        ]
        for name, facts, expected in table:
            with self.subTest(name):
                self.assertEqual(find_obstacle(PartFacts(**facts)), expected)
