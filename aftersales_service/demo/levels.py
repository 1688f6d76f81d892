"""By when who is promised what: before the year, whose requests are held to it."""

from .loading import load


def play(env):
    """The harvest does not wait, maintenance may."""
    calendar = env.ref("aftersales_service.demo_calendar")
    kinds = {
        name: env.ref(f"aftersales_service.request_type_{name}").id
        for name in ("maintenance", "repair", "installation")
    }
    load(
        env,
        "aftersales.service.level",
        {
            "demo_level_urgent": {
                "name": "Harvest: answer in 1 h, arrive in 6 h",
                "name_zh": "抢收：1 小时响应，6 小时到场",
                "sequence": 10,
                "priority": "3",
                "answer_hours": 1,
                "arrive_hours": 6,
                "resolve_hours": 10,
                "calendar_id": calendar.id,
            },
            "demo_level_maintenance": {
                "name": "Maintenance: within three days",
                "name_zh": "保养：三天内完成",
                "sequence": 20,
                "request_type_id": kinds["maintenance"],
                "answer_hours": 5,
                "resolve_hours": 30,
                "calendar_id": calendar.id,
            },
            "demo_level_repair": {
                "name": "Repair: arrive in a day, done in four",
                "name_zh": "维修：一天内到场，四天内完成",
                "sequence": 30,
                "request_type_id": kinds["repair"],
                "answer_hours": 2,
                "arrive_hours": 10,
                "resolve_hours": 40,
                "calendar_id": calendar.id,
            },
            "demo_level_installation": {
                "name": "Installation: arrive in two days, done in five",
                "name_zh": "安装：两天内到场，五天内完成",
                "sequence": 40,
                "request_type_id": kinds["installation"],
                "answer_hours": 2,
                "arrive_hours": 20,
                "resolve_hours": 50,
                "calendar_id": calendar.id,
            },
        },
    )
