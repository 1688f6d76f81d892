import json

from odoo.fields import Command
from odoo.tools import SQL

#: What ``data/helpdesk_hardening.xml`` changes of records that are not ours.
HARDENED = {
    "access_helpdesk_ticket_stage_public": ("perm_write",),
    "helpdesk_ticket_rule_portal": ("name", "domain_force"),
    "helpdesk_ticket_rule_internal_user": ("name", "domain_force"),
    "helpdesk_ticket_personal_rule": ("domain_force",),
    "helpdesk_ticket_team_rule": ("domain_force",),
    "helpdesk_ticket_main_menu": ("group_ids",),
}
KEPT = "aftersales_service.helpdesk_originals"
#: Tables that no model of ours declares, see ``init`` of their models.
TABLES = ("aftersales_public_question", "aftersales_unit_import_row")


def pre_init_hook(env):
    """Keep what helpdesk_mgmt's records say before we harden them."""
    kept = {}
    for record, names in _get_hardened(env):
        values = record.read(names)[0]
        values.pop("id")
        kept[record.get_external_id()[record.id]] = values
    env["ir.config_parameter"].set_param(KEPT, json.dumps(kept))


def uninstall_hook(env):
    """Give helpdesk_mgmt back as it was, and take away what Odoo does not know."""
    kept = json.loads(env["ir.config_parameter"].get_param(KEPT) or "{}")
    for record, _names in _get_hardened(env):
        values = kept.get(record.get_external_id()[record.id], {})
        record.write(
            {
                name: [Command.set(value)] if isinstance(value, list) else value
                for name, value in values.items()
            }
        )
    env["ir.config_parameter"].set_param(KEPT, False)
    env.flush_all()
    for table in TABLES:
        env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(table)))
    # The foreign keys go with their columns; Odoo would keep a note of each.
    env.cr.execute(
        """
        DELETE FROM ir_model_constraint note USING ir_module_module module
         WHERE module.id = note.module AND module.name = 'aftersales_service'
           AND note.type = 'f'
        """
    )


def _get_hardened(env):
    """(record, names of fields) of what is there of ``HARDENED``."""
    for name, fields in HARDENED.items():
        record = env.ref(f"helpdesk_mgmt.{name}", raise_if_not_found=False)
        if record:
            yield record, fields
