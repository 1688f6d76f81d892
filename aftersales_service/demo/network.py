"""Twelve stations, six dealers, three shops, and their log-ins."""

from odoo.fields import Command

from .loading import get_city, load, read_rows

DEALERS = (
    ("dealer_jinan", "济南鲁中农机有限公司", "SD", "济南市", "0531-80010001"),
    ("dealer_weifang", "潍坊昌盛动力经销部", "SD", "潍坊市", "0536-80010002"),
    ("dealer_nanning", "南宁桂丰农机有限公司", "GX", "南宁市", "0771-80010003"),
    ("dealer_guangzhou", "广州粤通机电有限公司", "GD", "广州市", "020-80010004"),
    (
        "dealer_shijiazhuang",
        "石家庄冀中农机有限公司",
        "HE",
        "石家庄市",
        "0311-80010005",
    ),
    ("dealer_zhengzhou", "郑州豫新动力有限公司", "HA", "郑州市", "0371-80010006"),
)
SHOPS = (
    ("shop_jinan", "济南农机大市场 12 号门市", "SD", "济南市", "0531-80020001"),
    ("shop_nanning", "南宁五里亭农机市场 8 号", "GX", "南宁市", "0771-80020002"),
    ("shop_zhengzhou", "郑州陈寨农机城 A3", "HA", "郑州市", "0371-80020003"),
)
# external id → (login, name, external id of the company he works for, is technician)
PORTAL_USERS = {
    "station": ("station", "张德胜", "demo_station_jinan", False),
    "technician": ("technician", "刘勇", "demo_station_jinan", True),
    "station_south": ("station.south", "覃国华", "demo_station_nanning", False),
    "dealer": ("dealer", "许志远", "demo_dealer_jinan", False),
}


def play(env, territories):
    """Make stations, dealers and shops, stock at the stations, portal users."""
    stations = play_stations(env, territories)
    for role, rows in (("dealer", DEALERS), ("shop", SHOPS)):
        load(
            env,
            "res.partner",
            {
                f"demo_{key}": {
                    "name": name,
                    "is_company": True,
                    "aftersales_role": role,
                    "phone": phone,
                    **place(env, state, city),
                }
                for key, name, state, city, phone in rows
            },
        )
    play_stock(env, stations)
    make_portal_users(env, PORTAL_USERS)
    play_own_team(env, stations["demo_station_xuzhou"])
    return stations


def play_own_team(env, station):
    """Who goes out for the office finds his team's jobs first."""
    user = env.ref("aftersales_service.demo_user_own_team")
    user.partner_id.write({"parent_id": station.id, "is_technician": True})
    action = env.ref("aftersales_service.work_order_action")
    user.action_id = action.id
    load(
        env,
        "ir.filters",
        {
            "demo_filter_own_team": {
                "name": "本队未完成的派工单",
                "model_id": "aftersales.work.order",
                "domain": "[('station_id.child_ids.user_ids', '=', uid),"
                " ('state', 'not in', ('done', 'declined', 'expired', 'cancelled',"
                " 'moved'))]",
                "user_ids": [Command.set(user.ids)],
                "is_default": True,
                "action_id": action.id,
            }
        },
    )


def place(env, state_code, city_name):
    """Address values in a Chinese province and city."""
    state = env.ref(f"base.state_cn_{state_code}")
    city = get_city(env, state, city_name)
    return {
        "country_id": state.country_id.id,
        "state_id": state.id,
        "city_id": city.id,
        "city": city.name,
        "lang": "zh_CN",
    }


def play_stations(env, territories):
    rows = read_rows("stations")
    stations = load(
        env,
        "res.partner",
        {
            f"demo_station_{row['key']}": {
                "name": row["name"],
                "is_company": True,
                "aftersales_role": "station",
                "street": row["street"],
                "phone": row["phone"],
                "email": f"{row['key']}@stations.example.com",
                "partner_latitude": float(row["latitude"] or 0),
                "partner_longitude": float(row["longitude"] or 0),
                "station_grade": row["grade"],
                "station_daily_capacity": int(row["capacity"]),
                "is_internal_team": bool(row["own"]),
                "station_calendar_id": env.ref("aftersales_service.demo_calendar").id,
                **place(env, row["state"], row["city"]),
            }
            for row in rows
        },
    )
    for row in rows:
        station = stations[f"demo_station_{row['key']}"]
        if station.station_coverage_ids:
            continue
        covered = [(row["office"], int(row["rank"]))]
        covered += [(row["also"], 9)] if row["also"] else []
        skill = {"product_categ_id": env.ref("aftersales_service.demo_categ_engine").id}
        station.write(
            {
                "station_coverage_ids": [
                    Command.create({"territory_id": territories[key].id, "rank": rank})
                    for key, rank in covered
                ],
                "station_skill_ids": [
                    Command.create(
                        {**skill, "level": {"a": "3"}.get(row["grade"], "2")}
                    )
                ],
            }
        )
    return stations


def play_stock(env, stations):
    """A few of each common part at every station, not all at all."""
    parts = [
        env.ref(f"aftersales_service.demo_part_{row['code']}")
        for row in read_rows("parts")
    ]
    Quant = env["stock.quant"]
    for number, station in enumerate(stations.values()):
        location = station.station_stock_location_id
        if Quant.search_count([("location_id", "=", location.id)], limit=1):
            continue
        for position, part in enumerate(parts):
            quantity = (number + position) % 4
            if quantity:
                Quant._update_available_quantity(part, location, quantity)


def make_portal_users(env, users, module="aftersales_service"):
    """Portal users whose password is their login."""
    made = load(
        env["res.users"].with_context(no_reset_password=True).env,
        "res.users",
        {
            f"demo_user_{key}": {
                "login": login,
                "password": login,
                "name": name,
                "email": f"{login}@example.com",
                "lang": "zh_CN",
                "tz": "Asia/Shanghai",
                "group_ids": [Command.set(env.ref("base.group_portal").ids)],
            }
            for key, (login, name, _company, _is_technician) in users.items()
        },
        module,
    )
    for key, (_login, _name, company, is_technician) in users.items():
        made[f"demo_user_{key}"].partner_id.write(
            {
                "parent_id": env.ref(f"aftersales_service.{company}").id,
                "is_technician": is_technician,
            }
        )
