"""The files of two machines: a pump that was exchanged, an owner who sold."""

import base64
from pathlib import Path

from dateutil.relativedelta import relativedelta

from .loading import get_today


def play(env):
    """Tell it on machines of the year, without dice."""
    orders = env["aftersales.work.order"].search(
        [("state", "=", "done"), ("part_line_ids", "!=", False)],
        order="done_at, id",
        limit=2,
    )
    for order in orders:
        play_exchange(order)
    if orders:
        play_new_owner(env, orders[0].unit_id)
    play_registration(env)


def play_exchange(order):
    """The part the job fitted stands in the machine's file, with the one before."""
    unit, line = order.unit_id, order.part_line_ids[:1]
    old, new = unit.create(
        [
            {
                "name": f"{line.product_id.default_code}-{unit.name[-4:]}{letter}",
                "product_id": line.product_id.id,
                "territory_id": unit.territory_id.id,
            }
            for letter in "AB"
        ]
    )
    old._with_change(day=unit.production_date).parent_unit_id = unit
    change = {"day": order.started_on, "order_id": order.id}
    old._with_change(**change).parent_unit_id = False
    new._with_change(**change).parent_unit_id = unit
    line.with_context(tracking_disable=True)._write_guarded(
        {"serial_text": new.name, "failed_serial_text": old.name}
    )


def play_new_owner(env, unit):
    """A neighbour bought it half a year ago."""
    buyer = env["res.partner"].search(
        [
            ("aftersales_role", "=", "customer"),
            ("territory_id", "=", unit.territory_id.id),
            ("id", "!=", unit.owner_id.id),
        ],
        order="id",
        limit=1,
    )
    day = get_today(env) - relativedelta(months=6)
    if buyer and unit.sale_date < day:
        unit._transfer(buyer, day, "二手转让")


def play_registration(env):
    """A customer registers a machine that another one owns; one has none."""
    customers = env["res.partner"].search(
        [("aftersales_role", "=", "customer"), ("is_company", "=", False)],
        order="id desc",
        limit=2,
    )
    units = env["stock.lot"].search(
        [
            ("owner_id", "!=", False),
            ("parent_unit_id", "=", False),
            ("sale_date", "<", get_today(env) - relativedelta(months=1)),
        ],
        order="id desc",
        limit=1,
    )
    free = env["stock.lot"].search(
        [("owner_id", "=", False), ("selling_partner_id", "!=", False)],
        order="id",
        limit=1,
    )
    registrations = env["aftersales.unit.registration"]
    proof = (Path(__file__).parent / "logo.png").read_bytes()
    for unit, customer in zip((*units, *free), customers, strict=False):
        vals = {
            "bought_on": get_today(env) - relativedelta(days=9),
            "shop": "农机大市场 8 号",
            "photo": base64.b64encode(proof),
        }
        facts = registrations._prepare_registration_facts(
            unit, customer, "genuine", vals
        )
        registrations._keep(unit, customer, facts, vals)


def play_past_orders(env):
    """Three jobs of the time before the change-over, from a file."""
    station = env["res.partner"].search(
        [("aftersales_role", "=", "station")], order="id", limit=1
    )
    units = env["stock.lot"].search(
        [("installation_date", "!=", False)], order="installation_date, id", limit=3
    )
    station.ref = station.ref or "FWZ-001"
    lines = ["原单号,序列号,服务站编号,完成日期,处理情况"] + [
        f"OLD-{number:04d},{unit.name},{station.ref},"
        f"{unit.installation_date + relativedelta(days=20)},首次保养"
        for number, unit in enumerate(units, start=1)
    ]
    run = env["aftersales.run"]._start_table_import(
        "order_import", base64.b64encode("\n".join(lines).encode()), "旧系统派工单.csv"
    )
    while run._work_batch():
        env.flush_all()
