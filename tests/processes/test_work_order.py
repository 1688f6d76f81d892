"""A station that clicks twice: two real processes, one report, one installation."""

from tests.harness import DatabaseCase

SETTING = """
def step(env):
    station, customer = env["res.partner"].create([
        {"name": "Station", "is_company": True, "aftersales_role": "station"},
        {"name": "Customer", "aftersales_role": "customer"},
    ])
    engine, part = env["product.product"].create([
        {"name": "Engine", "type": "consu", "is_storable": True, "tracking": "serial"},
        {"name": "Pump", "type": "consu", "is_storable": True},
    ])
    unit, fresh = env["stock.lot"].create([
        {"name": "P-0001", "product_id": engine.id, "owner_id": customer.id},
        {"name": "P-0002", "product_id": engine.id},
    ])
    kind = env.ref("aftersales_service.request_type_maintenance")
    ticket = env["helpdesk.ticket"].create({
        "name": "Oil", "description": "Oil", "request_type_id": kind.id,
        "partner_id": customer.id, "unit_id": unit.id,
    })
    order = env["aftersales.work.order"]._unguarded().create({
        "ticket_id": ticket.id, "station_id": station.id, "state": "on_site",
    })._guarded_again()
    order._save_report({
        "reading_value": 10.0,
        "part_line_ids": [(0, 0, {"product_id": part.id, "quantity": 1.0})],
    })
    return {"order": order.id, "unit": fresh.id, "station": station.id}
"""
SUBMIT = """
from odoo.exceptions import UserError
from odoo.tools import mute_logger

def step(env, order):
    try:
        # One of the two is refused by the database and tried again: no fault.
        with mute_logger("odoo.sql_db"):
            env["aftersales.work.order"].browse(order)._submit_report()
    except UserError:
        return "refused"
    return "done"
"""
REGISTER = """
from odoo.exceptions import UserError
from odoo.tools import mute_logger

def step(env, unit, station):
    try:
        # One of the two is refused by the database and tried again: no fault.
        with mute_logger("odoo.sql_db"):
            env["aftersales.work.order"]._register_installation({
                "station": env["res.partner"].browse(station),
                "unit": env["stock.lot"].browse(unit),
                "customer": {"name": "Wang", "phone": "+86 137 1234 5678"},
                "site": {"site_street": "Mill road 7"},
                "report": {},
            })
    except UserError:
        return "refused"
    return "done"
"""


class TestWorkOrder(DatabaseCase):
    def count(self, query):
        with self.connect().cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0]

    def test_what_two_processes_submit_at_once_happens_once(self):
        made = self.odoo(SETTING)
        with self.subTest("a report"):
            facts = [{"order": made["order"]}] * 2
            self.assertEqual(sorted(self.together(SUBMIT, facts)), ["done", "refused"])
            self.assertEqual(self.count("SELECT count(*) FROM stock_move"), 1)
            self.assertEqual(
                self.count("SELECT count(*) FROM aftersales_unit_reading"), 1
            )
        with self.subTest("an installation"):
            facts = [{"unit": made["unit"], "station": made["station"]}] * 2
            self.assertEqual(
                sorted(self.together(REGISTER, facts)), ["done", "refused"]
            )
            self.assertEqual(
                self.count(
                    "SELECT count(*) FROM aftersales_work_order"
                    f" WHERE unit_id = {int(made['unit'])}"
                ),
                1,
            )
