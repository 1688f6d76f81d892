"""The day of those who log in to the portal: something to do and to look at."""

from datetime import timedelta
from pathlib import Path

from odoo import fields
from odoo.fields import Command

from .loading import get_today
from .year import backdate

PHOTO = Path(__file__).parent / "logo.png"


def play(env):
    """Tell it last, without dice: it disturbs no story before it."""
    play_technician(env)
    play_returned_report(env)
    play_customer(env)
    play_dealer(env)


def play_technician(env):
    """The station sends its technician to the job it accepted."""
    person = env.ref("aftersales_service.demo_user_technician").partner_id
    order = env["aftersales.work.order"].search(
        [("station_id", "=", person.parent_id.id), ("state", "=", "accepted")],
        order="id",
        limit=1,
    )
    order._write_guarded({"technician_id": person.id, "planned_date": get_today(env)})


def play_returned_report(env):
    """The office sends a report of the station back."""
    station = env.ref("aftersales_service.demo_station_jinan")
    orders = env["aftersales.work.order"].search(
        [
            ("station_id", "=", station.id),
            ("state", "=", "done"),
            ("request_type_id", "=", _ref(env, "request_type_repair").id),
            ("part_return_ids", "=", False),
            ("classify_by", "=", False),
        ],
        order="done_at DESC, id",
    )
    fresh = orders.filtered(lambda order: not order._is_settled())
    fresh[:1]._return_to_station("仪表读数与照片不一致，请核对后重新提交。")


def play_customer(env):
    """The customer asked twice on his portal: one job is under way, one is done."""
    customer = env.ref("aftersales_service.demo_user_customer").partner_id
    units = env["stock.lot"].search(
        customer._get_own_units_domain(), order="id", limit=2
    )
    if len(units) < 2:
        return
    tickets = env["helpdesk.ticket"].create(
        [
            {
                "request_type_id": _ref(env, "request_type_repair").id,
                "partner_id": customer.id,
                "contact_phone": customer.phone or customer.parent_id.phone,
                "channel_id": env.ref("helpdesk_mgmt.helpdesk_ticket_channel_web").id,
                "unit_id": unit.id,
                "serial_typed": unit.name,
                "symptom_id": _ref(env, f"demo_symptom_{symptom}").id,
                "fault_text": text,
                **unit._prepare_site_vals(),
            }
            for unit, symptom, text in zip(
                units,
                ("S03", "S01"),
                ("耕地时冒黑烟，力气变小", "早上起动不了"),
                strict=True,
            )
        ]
    )
    now = fields.Datetime.now()
    backdate(env, tickets, [now - timedelta(hours=hours) for hours in (5, 50)])
    tickets._compute_deadlines()
    tickets._decide_warranty()
    for ticket in tickets:
        ticket.action_dispatch_best()
        ticket.work_order_ids._accept()
    _report(env, tickets[1].work_order_ids)


def _report(env, order):
    """Done, with photos of what was asked for and a charge."""
    order._arrive()
    order._save_report(
        {
            "reading_value": order.unit_id.last_reading + 40,
            "travel_km": 24,
            "labor_hours": 1.5,
            "started_on": get_today(env),
            "work_text": "清洗燃油管路，更换喷油器。",
            "signed_by": order.partner_id.name,
            "component_id": _ref(env, "demo_component_E14").id,
            "cause_id": _ref(env, "demo_cause_C01").id,
            "remedy_id": _ref(env, "demo_remedy_R01").id,
            "symptom_id": _ref(env, "demo_symptom_S12").id,
        }
    )
    order.charge_line_ids = [Command.create({"kind": "labor", "amount": 120.0})]
    order._add_photos(
        [
            {
                "name": f"{evidence.name}.png",
                "raw": PHOTO.read_bytes(),
                "mimetype": "image/png",
                "evidence_id": evidence.id,
            }
            for evidence in order.request_type_id.photo_ids
        ]
    )
    order._submit_report()


def play_dealer(env):
    """The dealer got parts, sold a machine and passed one on."""
    dealer, other = (
        env.ref(f"aftersales_service.demo_dealer_{name}")
        for name in ("jinan", "weifang")
    )
    dealer._ensure_network_location()
    store = env["stock.warehouse"].search([], limit=1).lot_stock_id
    moves = env["stock.move"].create(
        [
            env["stock.move"]._prepare_network_move_vals(
                _ref(env, f"demo_part_P-{code}"),
                quantity,
                (store, dealer.property_stock_customer),
            )
            for code, quantity in ((1014, 20), (1031, 4))
        ]
    )
    moves._action_done()
    sold, passed = env["stock.lot"].search(
        [("selling_partner_id", "=", dealer.id), ("owner_id", "=", False)],
        order="id",
        limit=2,
    )
    day = get_today(env) - timedelta(days=3)
    out = {"dealer_id": dealer.id, "moved_on": day, "condition": "new", "quantity": 1}
    movements = env["aftersales.dealer.movement"]
    movements._register_typed(
        out | {"kind": "sale", "unit_id": sold.id, "product_id": sold.product_id.id},
        {
            "customer_name": "周广田",
            "customer_phone": "13805310077",
            "customer_street": "工业北路 18 号",
        },
    )
    movements._register_movements(
        [
            out
            | {
                "kind": "transfer",
                "unit_id": passed.id,
                "product_id": passed.product_id.id,
                "to_partner_id": other.id,
            }
        ]
    )


def _ref(env, name):
    return env.ref(f"aftersales_service.{name}")
