"""What a look at the screens missed: who installed, who asked, what a dealer sold."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command
from odoo.tools import SQL

from .loading import FOLDER, get_today, load


def play(env):
    """Without dice, after everything else."""
    play_installers(env)
    play_dispatch(env)
    play_movements(env)
    play_draft_policy(env)
    play_part_warranty(env)
    play_recall_done(env)


def play_installers(env):
    """A machine was installed by the station that did the job, else by the nearest."""
    units = env["stock.lot"].search([("installation_date", "!=", False)], order="id")
    installation = env.ref("aftersales_service.request_type_installation")
    done = env["aftersales.work.order"].search(
        [("request_type_id", "=", installation.id), ("unit_id", "in", units.ids)],
        order="id",
    )
    stations = env["res.partner"].search(
        [("aftersales_role", "=", "station")], order="id"
    )
    by_unit = {order.unit_id: order.station_id for order in done}
    for unit in units - units.browse(unit.id for unit in by_unit):
        near = stations.filtered(
            lambda station, unit=unit: station.territory_id == unit.territory_id
        ).sorted(lambda station, unit=unit: station.city_id != unit.site_city_id)
        by_unit[unit] = near[:1]
    for station in stations:
        installed = [unit.id for unit in units if by_unit[unit] == station]
        units.browse(installed).installer_id = station


def play_dispatch(env):
    """Maintenance may wait; the north sends its own by itself."""
    maintenance = env.ref("aftersales_service.request_type_maintenance")
    load(
        env,
        "aftersales.dispatch.policy",
        {
            "demo_dispatch_policy_north": {
                "name": "Maintenance in the north goes by itself",
                "name_zh": "华北保养自动派单",
                "sequence": 10,
                "territory_id": env.ref("aftersales_service.demo_territory_north").id,
                "request_type_id": maintenance.id,
                "mode": "assign",
            }
        },
    )


def play_movements(env):
    """The dealer of Jinan sold a machine and parts, and passed a machine on."""
    dealer = env.ref("aftersales_service.demo_dealer_jinan")
    other = env.ref("aftersales_service.demo_dealer_weifang")
    buyer = env.ref("aftersales_service.demo_customer_001")
    asked = env["aftersales.unit.registration"].search([]).unit_id
    units = env["stock.lot"].search(
        [
            ("selling_partner_id", "=", dealer.id),
            ("sale_date", "=", False),
            ("id", "not in", asked.ids),
        ],
        order="serial_key",
        limit=2,
    )
    part = env.ref("aftersales_service.demo_part_P-1042")
    dealer._ensure_network_location()
    env["stock.quant"]._update_available_quantity(
        part, dealer.station_stock_location_id, 40
    )
    today = get_today(env)
    rows = [("transfer", unit.product_id, unit, 1, other, 12) for unit in units[1:]] + [
        ("sale", part, None, 6, buyer, 3),
        ("sale", part, None, 4, None, 1),
        *(("sale", unit.product_id, unit, 1, buyer, 2) for unit in units[:1]),
    ]
    env["aftersales.dealer.movement"]._register_movements(
        [
            {
                "kind": kind,
                "dealer_id": dealer.id,
                "product_id": product.id,
                "unit_id": unit and unit.id,
                "quantity": quantity,
                "to_partner_id": to and to.id,
                "moved_on": today - timedelta(days=days),
            }
            for kind, product, unit, quantity, to, days in rows
        ]
    )


def play_draft_policy(env):
    """Headquarters thinks about twelve months for small engines, and tries it out."""
    policy = env.ref("aftersales_service.demo_policy_single")
    draft = load(
        env,
        "aftersales.warranty.policy",
        {
            "demo_policy_draft": {
                "name": "Single-cylinder engines: twelve months",
                "name_zh": "单缸柴油机三包（拟延长至 12 个月）",
                "is_draft": True,
                "replaces_id": policy.id,
                "product_categ_ids": [Command.set(policy.product_categ_ids.ids)],
            }
        },
    )["demo_policy_draft"]
    for line in policy.line_ids:
        is_machine = not line.component_class
        new = line.copy(
            {"policy_id": draft.id, "months": 12 if is_machine else line.months}
        )
        if is_machine:
            new.with_context(lang="en_US").name = "Whole machine: 12 months"
            new.with_context(lang="zh_CN").name = "整机三包 12 个月"
    user = env.ref("aftersales_service.demo_user_headquarters")
    run = env["aftersales.run"].browse(draft.with_user(user).action_try_out()["res_id"])
    while run._work_batch():
        continue


def play_part_warranty(env):
    """Pumps have a year of their own; those of the last months got it."""
    part = env.ref("aftersales_service.demo_part_P-1031")
    part.part_warranty_months = 12
    since = get_today(env) - relativedelta(months=3)
    env["aftersales.work.order"].search(
        [
            ("state", "=", "done"),
            ("done_at", ">=", since),
            ("part_line_ids.product_id", "=", part.id),
        ],
        order="id",
    )._grant_part_warranties()


def play_recall_done(env):
    """One machine of the recall was served this morning."""
    campaign = env.ref("aftersales_service.demo_campaign_pump")
    campaign.deadline = get_today(env) + relativedelta(months=2)
    ticket = campaign.line_ids.ticket_id.sorted("id")[:1]
    if ticket.next_step != "dispatch":
        return
    ticket.action_dispatch_best()
    order = ticket.work_order_ids
    order._accept()
    order._arrive()
    order._save_report(
        {
            "component_id": campaign.component_id.id,
            "symptom_id": env.ref("aftersales_service.demo_symptom_S01").id,
            "cause_id": env.ref("aftersales_service.demo_cause_C01").id,
            "remedy_id": env.ref("aftersales_service.demo_remedy_R01").id,
            "reading_value": order.unit_id.last_reading + 30,
            "travel_km": 24,
            "labor_hours": 1.5,
            "started_on": get_today(env),
            "work_text": "按通知检查喷油泵，更换密封圈，无渗漏。",
            "signed_by": ticket.partner_id.name,
        }
    )
    for photo in ticket.request_type_id.photo_ids:
        order._add_photos(
            [
                {
                    "name": f"{photo.name}.png",
                    "raw": (FOLDER / "logo.png").read_bytes(),
                    "mimetype": "image/png",
                    "evidence_id": photo.id,
                }
            ]
        )
    order._submit_report()


def name_who_asked(env):
    """What the story did itself was done by the people of the territory."""
    env.flush_all()
    root = env.ref("base.user_root").id
    for territory in env["aftersales.territory"].search([("parent_id", "!=", False)]):
        user = territory.staff_ids[:1]
        for table, column in (
            ("helpdesk_ticket", "create_uid"),
            ("helpdesk_ticket", "user_id"),
            ("aftersales_followup", "user_id"),
            ("aftersales_serial_check", "user_id"),
        ):
            env.cr.execute(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s = %s AND territory_id = %s",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    user.id,
                    SQL.identifier(column),
                    root,
                    territory.id,
                )
            )
    env.invalidate_all()
