"""aftersales_service comes, is updated, goes; what was there before is as it was."""

from tests.harness import DatabaseCase

ADDON = "aftersales_service"
#: What Odoo itself keeps of a module that was there once, and of any start.
ODOOS_OWN = (
    "ir_attachment",
    "ir_cron_trigger",
    "ir_model_data",
    "ir_module_category",
    "ir_module_module",
    "ir_module_module_dependency",
    "orm_signaling_",
)
#: Columns, indexes, constraints, functions, views, sequences, rights; one look a line.
LOOKS = """
SELECT table_name || '.' || column_name FROM information_schema.columns
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
SELECT viewname FROM pg_views WHERE schemaname = 'public'
SELECT sequence_name FROM information_schema.sequences
SELECT id || name || coalesce(domain_force, '') FROM ir_rule
SELECT concat(id, name, perm_read, perm_write, perm_create) FROM ir_model_access
SELECT menu_id || ' for ' || gid FROM ir_ui_menu_group_rel
"""
UNINSTALL = """
def step(env):
    module = env["ir.module.module"].search([("name", "=", "aftersales_service")])
    module.button_immediate_uninstall()
"""
HELPDESK = """
def step(env):
    from odoo.tests import new_test_user
    helper = "base.group_user,helpdesk_mgmt.group_helpdesk_user"
    user = new_test_user(env, "left", helper)
    portal = new_test_user(env, "customer", "base.group_portal")
    ticket = env["helpdesk.ticket"].with_user(user).create(
        {"name": "Still here", "description": "x", "user_id": user.id,
         "partner_id": portal.partner_id.id})
    seen = env["helpdesk.ticket"].with_user(portal).search([("id", "=", ticket.id)])
    arch = env["helpdesk.ticket"].with_user(user).get_views([[False, "form"]])
    return {"number": ticket.number, "seen": len(seen),
            "name": seen.read(["name"])[0]["name"],
            "ours": "aftersales" in str(arch)}
"""


class TestUninstall(DatabaseCase):
    """On a database with nothing but what the addon needs."""

    TEMPLATE = "AFTERSALES_BARE_TEMPLATE"

    def setUp(self):
        self.connection = self.connect()

    def ask(self, sql):
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return [row[0] for row in cursor.fetchall()]

    def look(self):
        """How many rows each table has, and all that LOOKS find."""
        tables = self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = set()
        for table in tables:
            if not table.startswith(ODOOS_OWN):
                count = self.ask(f'SELECT count(*) FROM "{table}"')[0]
                found.add(f"{count} rows of {table}")
        for look in LOOKS.strip().splitlines():
            found |= set(self.ask(look))
        return found

    def test_installed_updated_and_gone_it_leaves_nothing_behind(self):
        before = self.look()
        self.run_odoo(f"--init={ADDON}")
        self.assertTrue(self.ask("SELECT id FROM aftersales_territory"))
        self.run_odoo(f"--update={ADDON}")
        self.odoo(UNINSTALL)
        after = self.look()
        self.assertEqual((sorted(after - before), sorted(before - after)), ([], []))
        for noted in (
            "SELECT name FROM ir_model_data WHERE module = 'aftersales_service'",
            "SELECT model FROM ir_model WHERE model LIKE 'aftersales%'",
        ):
            self.assertEqual(self.ask(noted), [])
        told = self.odoo(HELPDESK)
        self.assertTrue(told.pop("number"))
        self.assertEqual(told, {"seen": 1, "name": "Still here", "ours": False})
