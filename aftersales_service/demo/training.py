"""Courses: two that gave certificates, which end late and soon; one planned; one for
customers."""

from datetime import timedelta

from odoo.fields import Command

from .loading import get_today, load

PEOPLE = ("赵军", "钱伟", "孙丽", "周强")


def play(env):
    """Tell it without dice: technicians of the first stations, and some customers."""
    today = get_today(env)
    stations = env["res.partner"].search(
        [("aftersales_role", "=", "station"), ("is_internal_team", "=", False)],
        order="id",
        limit=len(PEOPLE),
    )
    people = load(
        env,
        "res.partner",
        {
            f"demo_trained_{number}": {
                "name": name,
                "parent_id": station.id,
                "type": "contact",
            }
            for number, (station, name) in enumerate(
                zip(stations, PEOPLE, strict=False)
            )
        },
    )
    customers = env["res.partner"].search(
        [("aftersales_role", "=", "customer"), ("owned_unit_ids", "!=", False)],
        order="id",
        limit=3,
    )
    engines = env.ref("aftersales_service.demo_categ_engine").id
    home = env.ref("aftersales_service.territory_headquarters").id
    course = {
        "territory_id": home,
        "product_categ_id": engines,
        "trainer_id": env.ref("aftersales_service.demo_user_quality").id,
    }
    technicians = [partner.id for partner in people.values()]
    trainings = load(
        env,
        "aftersales.training",
        {
            "demo_training_injection": {
                **course,
                "name": "Injection pumps: test and repair",
                "name_zh": "喷油泵检测与维修",
                "held_on": today - timedelta(days=50),
                "valid_until": today + timedelta(days=680),
                "request_type_id": env.ref("aftersales_service.request_type_repair").id,
                "level": "3",
                "line_ids": [
                    Command.create({"partner_id": one, "is_passed": number != 2})
                    for number, one in enumerate(technicians)
                ],
            },
            "demo_training_safety": {
                **course,
                "name": "Safety in the field",
                "name_zh": "现场作业安全",
                "held_on": today - timedelta(days=340),
                "valid_until": today + timedelta(days=25),
                "line_ids": [
                    Command.create({"partner_id": one, "is_passed": True})
                    for one in technicians[:3]
                ],
            },
            "demo_training_refresher": {
                **course,
                "name": "Refresher: emissions and engine control",
                "name_zh": "排放与电控复训",
                "held_on": today + timedelta(days=24),
                "valid_until": today + timedelta(days=755),
                "line_ids": [
                    Command.create({"partner_id": one}) for one in technicians[:2]
                ],
            },
            "demo_training_customers": {
                **course,
                "name": "Running in and daily care for owners",
                "name_zh": "用户磨合与日常保养培训",
                "held_on": today - timedelta(days=20),
                "level": "1",
                "line_ids": [
                    Command.create({"partner_id": one, "is_passed": True})
                    for one in customers.ids
                ],
            },
        },
    )
    held = (
        "demo_training_injection",
        "demo_training_safety",
        "demo_training_customers",
    )
    for key in held:
        if trainings[key].state == "planned":
            trainings[key].action_hold()
