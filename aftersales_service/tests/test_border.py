from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestBorder(AftersalesCase):
    """An office sees, counts and changes its own territory, and nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.request_north = cls.make_request(cls.unit_north)
        cls.request_south = cls.make_request(cls.unit_south)

    def test_request_lies_in_the_territory_of_its_place(self):
        self.assertEqual(self.request_north.territory_id, self.north)
        self.assertEqual(self.request_south.territory_id, self.south)

    def test_agent_sees_requests_of_own_territory_only(self):
        Ticket = self.env["helpdesk.ticket"].with_user(self.agent_north)
        found = Ticket.search(
            [("unit_id", "in", (self.unit_north | self.unit_south).ids)]
        )
        self.assertEqual(found, self.request_north)
        with self.assertRaises(AccessError):
            self.request_south.with_user(self.agent_north).read(["name"])
