"""What is open today, at every stage, played through the real actions."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .loading import get_today, read_rows
from .year import backdate

UNKNOWN_SERIALS = ("HY26054105 9901", "DX-99887", "HY2413 S195 12345")
ROAD = ("offered", "accepted", "on_site", "reported")


def play(env, dice, units):
    """Make today's requests and bring each to its stage."""
    env["aftersales.request.type"].browse(
        env.ref("aftersales_service.request_type_maintenance").id
    ).needs_report_approval = True
    rows = read_rows("open_requests")
    busy = env["helpdesk.ticket"].search([("closed", "=", False)]).unit_id
    free = [unit for unit in units if unit not in busy]
    dice.shuffle(free)
    serials = iter(UNKNOWN_SERIALS)
    tickets = env["helpdesk.ticket"].create(
        [prepare_request(env, row, free, serials) for row in rows]
    )
    now = fields.Datetime.now()
    backdate(
        env,
        tickets,
        [now - timedelta(hours=int(row["hours_ago"])) for row in rows],
    )
    tickets._compute_deadlines()
    tickets.filtered("request_type_id.needs_warranty_decision")._decide_warranty()
    for row, ticket in zip(rows, tickets, strict=True):
        bring_to_stage(env, row["stage"], ticket, now)


def prepare_request(env, row, free, serials):
    """Values of a request; a unit of the row's office, or a serial nobody made."""
    vals = {
        "request_type_id": env.ref(f"aftersales_service.request_type_{row['type']}").id,
        "priority": row["priority"],
        "fault_text": row["text"],
        "channel_id": env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone").id,
    }
    if row["symptom"]:
        vals["symptom_id"] = env.ref(
            f"aftersales_service.demo_symptom_{row['symptom']}"
        ).id
    territory = env.ref(f"aftersales_service.demo_territory_{row['office']}")
    unit = next(unit for unit in free if unit.territory_id == territory)
    owner = unit.owner_id
    vals |= {
        "partner_id": owner.id,
        "contact_phone": owner.phone,
        **unit._prepare_site_vals(),
    }
    if row["stage"] == "unknown":
        vals["serial_typed"] = next(serials)
    elif row["stage"] != "desk":
        free.remove(unit)
        vals |= {"unit_id": unit.id, "serial_typed": unit.name}
    return vals


def bring_to_stage(env, stage, ticket, now):
    """Dispatch, accept, arrive, report: as far as the stage says."""
    if stage in ("new", "unknown", "desk"):
        return
    ticket.action_dispatch_best()
    order = ticket.work_order_ids
    if stage == "declined":
        order._decline("本周农忙，技师都在外面")
        return
    road = ROAD[
        : ROAD.index({"waiting": "on_site", "returned": "reported"}.get(stage, stage))
        + 1
    ]
    asked = ticket.create_date + timedelta(minutes=20)
    dates = {"offered_at": asked}
    if "accepted" in road:
        order._accept()
        dates["accepted_at"] = asked + timedelta(minutes=45)
    if "on_site" in road:
        order._arrive()
        dates["arrived_at"] = asked + timedelta(hours=6)
    order._write_guarded(dates)
    if stage == "waiting":
        order._wait("parts")
    elif "reported" in road:
        report(env, order, stage)


def report(env, order, stage):
    """The station's report: one waits for approval, one was sent back."""
    values = {
        "reading_value": order.unit_id.last_reading + 40,
        "travel_km": 36,
        "labor_hours": 1.0,
        "started_on": get_today(env),
        "work_text": "保养完成，更换机油滤清器。",
        "signed_by": order.partner_id.name,
    }
    if stage == "returned":
        values |= {
            "component_id": env.ref("aftersales_service.demo_component_E14").id,
            "cause_id": env.ref("aftersales_service.demo_cause_C01").id,
            "remedy_id": env.ref("aftersales_service.demo_remedy_R01").id,
            "symptom_id": env.ref("aftersales_service.demo_symptom_S12").id,
            "work_text": "更换活塞环。",
        }
    order._save_report(values)
    part = "P-1014" if stage == "returned" else "P-1042"
    order.part_line_ids = [
        Command.create(
            {"product_id": env.ref(f"aftersales_service.demo_part_{part}").id}
        )
    ]
    if stage == "returned":
        # Sent back before it counted as done: nothing of it was paid yet.
        order._update_state("reported", reported_at=fields.Datetime.now())
        order._return_to_station("请补充旧件照片和用户签字。")
    else:
        order._submit_report()
