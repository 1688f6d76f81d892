from lxml import etree

from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.aftersales_settlement.tests.common import SettlementCase

ROLES = {
    **{
        role: f"aftersales_service.group_aftersales_{role}"
        for role in ("agent", "office", "headquarters", "administrator")
    },
    **{
        role: f"aftersales_service.group_aftersales_{role}"
        for role in ("quality", "account_manager", "department")
    },
    "auditor": "aftersales_settlement.group_settlement_auditor",
    "settlement": "aftersales_settlement.group_settlement_manager",
    "editor": "aftersales_knowledge.group_knowledge_editor",
    "approver": "aftersales_knowledge.group_knowledge_approver",
}
FORMS = 3


@tagged("post_install", "-at_install")
class TestScreens(SettlementCase):
    """Whoever is shown a menu can open its list, the forms behind it and a new one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                f"screens-{role}",
                f"base.group_user,{group}",
                territory_ids=[Command.set(cls.north.ids)],
            )
            for role, group in ROLES.items()
        }
        cls.claim = cls.make_claim()
        cls.make_work_order(cls.make_request())._arrive()
        cls.customer_north.user_id = cls.users["account_manager"]
        cls.env["aftersales.followup"].create(
            {
                "ticket_id": cls.make_request().id,
                "partner_id": cls.customer_north.id,
                "due_date": "2026-01-01",
            }
        )
        team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "Engine works",
                "user_ids": [Command.set(cls.users["department"].ids)],
            }
        )
        cls.make_request(
            request_type_id=cls.env.ref("aftersales_service.request_type_problem").id,
            team_id=team.id,
        )

    def test_every_role_opens_every_screen_of_its_menus(self):
        for role, user in self.users.items():
            for action in self._get_actions(user):
                with self.subTest(role=role, action=action.xml_id):
                    self.env.invalidate_all()
                    self._open(action, user)

    def _get_actions(self, user):
        """The window actions of our addons in the menus of the user."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        ids = {
            menu["action_id"]
            for menu in menus.values()
            if menu.get("action_model") == "ir.actions.act_window"
        }
        actions = self.env["ir.actions.act_window"].browse(sorted(ids))
        return actions.filtered(lambda one: (one.xml_id or "").startswith("aftersales"))

    def _open(self, action, user):
        """What the client asks for: views, rows of the list, forms, a new record."""
        names = {"uid": user.id, "context": {}, "allowed_company_ids": [1]}
        context = safe_eval(action.context or "{}", names)
        records = self.env[action.res_model].with_user(user).with_context(**context)
        search = (action.search_view_id.id, "search")
        answer = records.get_views([*action.views, search])
        domain = safe_eval(action.domain or "[]", names)
        found = records.browse()
        for mode, view in answer["views"].items():
            asked = self._read_spec(etree.fromstring(view["arch"]), action.res_model)
            if mode in ("list", "kanban"):
                rows = records.web_search_read(domain, asked, limit=20)["records"]
                found |= records.browse([row["id"] for row in rows])
            elif mode == "form":
                for record in found[:FORMS]:
                    record.web_read(asked)
                if records.has_access("create"):
                    records.onchange({}, [], asked)

    def _read_spec(self, arch, model):
        """The fields of a view as the client asks for them, lines within too."""
        asked = {}
        for node in arch.xpath(".//field[not(ancestor::field)]"):
            name = node.get("name")
            field = self.env[model]._fields[name]
            asked[name] = {}
            if field.type == "many2one":
                asked[name] = {"fields": {"display_name": {}}}
            elif field.type in ("one2many", "many2many"):
                lines = {}
                for view in node.xpath("./list|./kanban"):
                    lines |= self._read_spec(view, field.comodel_name)
                asked[name] = {"fields": lines or {"display_name": {}}}
        return asked
