"""A right that one server takes away is gone at the next click on another server."""

from tests.harness import DatabaseCase, ServerError

PASSWORD = "long enough"
SETTING = """
from odoo.fields import Command

def step(env, password):
    Territory = env["aftersales.territory"]
    headquarters = env.ref("aftersales_service.territory_headquarters")
    north, south = Territory.create(
        [{"name": name, "parent_id": headquarters.id} for name in ("North", "South")])
    city = Territory.create({"name": "City", "parent_id": north.id})
    groups = {
        "office": ["aftersales_service.group_aftersales_office"],
        "chief": ["aftersales_service.group_aftersales_administrator",
                  "base.group_system"],
    }
    users = env["res.users"].with_context(no_reset_password=True).create([{
        "name": login, "login": login, "password": password,
        "group_ids": [Command.set([env.ref(name).id for name in names])],
    } for login, names in groups.items()])
    office = users[0]
    office.territory_ids = north
    ticket = env["helpdesk.ticket"].create({
        "name": "Oil", "description": "Oil",
        "request_type_id": env.ref("aftersales_service.request_type_repair").id})
    ticket.territory_id = city
    return {
        "office": office.id, "ticket": ticket.id,
        "north": north.id, "south": south.id, "city": city.id,
        "role": office.group_ids.id, "employee": env.ref("base.group_user").id,
    }
"""


class TestRevokedRight(DatabaseCase):
    """Two servers of one database: the office works on one, its chief on the other."""

    def test_a_revoked_right_ends_on_every_server(self):
        made = self.odoo(SETTING, password=PASSWORD)
        here, there = self.odoo_server(), self.odoo_server()
        here.wait_ready()
        there.wait_ready()
        self.office = here.log_in(self.database, "office", PASSWORD)
        chief = there.log_in(self.database, "chief", PASSWORD)
        self.ticket = made["ticket"]
        for what, model, record, revoked, given in self._get_changes(made):
            with self.subTest(what):
                self.assertEqual(self._see(), "Oil", "read once, so it is cached")
                chief(model, "write", [made[record]], revoked)
                self.assertIsNone(self._see())
                chief(model, "write", [made[record]], given)
                self.assertEqual(self._see(), "Oil", "what is given back is there")

    def _get_changes(self, made):
        """(what, model, record, values that revoke, values that give back)."""
        north, office = made["north"], made["office"]
        users, territory = "res.users", "aftersales.territory"
        return (
            (
                "his territory is taken from the user",
                users,
                "office",
                {"territory_ids": [[3, north]]},
                {"territory_ids": [[4, north]]},
            ),
            (
                "he is taken from the territory's staff",
                territory,
                "north",
                {"staff_ids": [[3, office]]},
                {"staff_ids": [[4, office]]},
            ),
            (
                "his role is taken away",
                users,
                "office",
                {"group_ids": [[6, 0, [made["employee"]]]]},
                {"group_ids": [[6, 0, [made["role"]]]]},
            ),
            (
                "the place becomes part of another territory",
                territory,
                "city",
                {"parent_id": made["south"]},
                {"parent_id": north},
            ),
            (
                "his territory is archived",
                territory,
                "north",
                {"active": False},
                {"active": True},
            ),
        )

    def _see(self):
        """The request's title as the office gets it, None when it gets nothing.

        All doors agree: list, count and form.
        """
        domain = [["id", "=", self.ticket]]
        try:
            found = self.office("helpdesk.ticket", "search_read", domain, ["name"])
            count = self.office("helpdesk.ticket", "search_count", domain)
            self.assertEqual(len(found), count)
        except ServerError as error:
            self.assertIn("AccessError", str(error))
            found = []
        try:
            [row] = self.office("helpdesk.ticket", "read", [self.ticket], ["name"])
        except ServerError as error:
            self.assertIn("AccessError", str(error))
            self.assertFalse(found)
            return None
        self.assertEqual(row, found[0])
        return row["name"]
