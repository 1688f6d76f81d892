"""The maker: headquarters, three regional offices and their people."""

import base64

from odoo.fields import Command

from .loading import FOLDER, load

OFFICES = {
    "east": ("East China office", "华东办事处", ("SD", "JS", "ZJ", "AH", "SH")),
    "south": ("South China office", "华南办事处", ("GX", "GD", "HN", "HB", "HI", "JX")),
    "north": ("North China office", "华北办事处", ("HE", "HA", "SX", "BJ", "TJ", "NM")),
}

# external id → (login, name, role, office)
STAFF = {
    "agent": ("agent", "李晓梅", "agent", "east"),
    "office": ("office", "王建国", "office", "east"),
    # A technician of the office's own station works in the web client.
    "own_team": ("team", "马永强", "agent", "east"),
    "office_south": ("office.south", "黄志强", "office", "south"),
    "office_north": ("office.north", "赵海涛", "office", "north"),
    "headquarters": ("headquarters", "陈立", "headquarters", None),
    "administrator": ("administrator", "周敏", "administrator", None),
    "quality": ("quality", "孙博文", "quality", None),
    "account_manager": ("account", "徐丽华", "account_manager", None),
    "department": ("department", "高建平", "department", None),
    # Another system signs in with this one; nobody sits in front of it.
    "interface": ("interface", "接口账号", "interface", None),
}

# role → what its users see first
HOME = {
    **dict.fromkeys(
        ("agent", "office", "headquarters", "administrator"),
        "aftersales_service.request_action",
    ),
    "quality": "aftersales_service.unit_action",
    "account_manager": "aftersales_service.care_action_own",
    "department": "aftersales_service.request_action",
}


def play(env):
    """Make territories and staff; return the territories by key."""
    headquarters = env.ref("aftersales_service.territory_headquarters")
    headquarters.with_context(lang="zh_CN").name = "总部"
    if "zh_CN" in dict(env["res.lang"].get_installed()):
        # What is done in the background is written down in the company's language.
        env.ref("base.partner_root").lang = "zh_CN"
    env.company.logo = base64.b64encode((FOLDER / "logo.png").read_bytes())
    offices = load(
        env,
        "aftersales.territory",
        {
            f"demo_territory_{key}": {
                "name": name,
                "name_zh": name_zh,
                "code": key.upper()[:2],
                "parent_id": headquarters.id,
                "area_ids": [
                    Command.create(
                        {
                            "country_id": env.ref("base.cn").id,
                            "state_id": env.ref(f"base.state_cn_{state}").id,
                        }
                    )
                    for state in states
                ],
            }
            for key, (name, name_zh, states) in OFFICES.items()
            if not env.ref(f"aftersales_service.demo_territory_{key}", False)
        },
    )
    territories = {
        key: offices.get(f"demo_territory_{key}")
        or env.ref(f"aftersales_service.demo_territory_{key}")
        for key in OFFICES
    }
    territories[None] = headquarters
    group = "aftersales_service.group_aftersales_%s"
    staff = make_staff(env, STAFF, territories, group, HOME)
    play_managers(staff, territories)
    play_department(env, staff["demo_user_department"])
    play_calendar(env)
    return territories


def play_managers(staff, territories):
    """Who hears of what is late."""
    for key, login in (
        ("east", "office"),
        ("south", "office_south"),
        ("north", "office_north"),
        (None, "headquarters"),
    ):
        territories[key].manager_id = staff[f"demo_user_{login}"]


def play_department(env, user):
    """Complaints and problem sheets go to a department of their own."""
    team = load(
        env,
        "helpdesk.ticket.team",
        {
            "demo_team_complaints": {
                "name": "Customer care",
                "name_zh": "客户关怀部",
                "user_ids": [Command.set(user.ids)],
            }
        },
    )["demo_team_complaints"]
    env.ref("aftersales_service.request_type_complaint").team_id = team


def play_calendar(env):
    """Desk and stations work seven days: harvest does not wait."""
    env.company.resource_calendar_id.tz = "Asia/Shanghai"
    calendar = load(
        env,
        "resource.calendar",
        {
            "demo_calendar": {
                "name": "Seven days, 8 to 18",
                "name_zh": "每周七天 8:00–18:00",
                "tz": "Asia/Shanghai",
                "company_id": env.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"{day}",
                                "dayofweek": str(day),
                                "hour_from": 8,
                                "hour_to": 18,
                                "day_period": "full_day",
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        },
    )["demo_calendar"]
    level = env.ref("aftersales_service.service_level_default")
    level.calendar_id = calendar


def make_staff(env, staff, territories, group, home, module="aftersales_service"):
    """Internal users whose password is their login, in Chinese.

    :param staff: external id → (login, name, role, office key or None)
    :param group: xmlid of a role's group with ``%s`` for the role
    :param home: role → xmlid of the action its users begin the day with
    """
    return load(
        env["res.users"].with_context(no_reset_password=True).env,
        "res.users",
        {
            f"demo_user_{key}": {
                "login": login,
                "password": login,
                "name": name,
                "email": f"{login}@hengyuan.example.com",
                "lang": "zh_CN",
                "tz": "Asia/Shanghai",
                "group_ids": [
                    Command.set([env.ref("base.group_user").id]),
                    Command.link(env.ref(group % role).id),
                ],
                "territory_ids": [Command.set(territories[office].ids)],
                "action_id": role in home and env.ref(home[role]).id,
            }
            for key, (login, name, role, office) in staff.items()
        },
        module,
    )
