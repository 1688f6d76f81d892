"""Greetings and regular visits: rules, birthdays, and what falls due these days."""

from datetime import timedelta

from .loading import get_today, load

RULES = {
    "demo_followup_rule_birthday": {
        "name": "Birthday greeting",
        "name_zh": "生日祝福",
        "event": "birthday",
        "channel": "letter",
        "audience": "customer",
        "letter": "<p>Dear {customer},</p><p>all the best on your birthday, {day}. May"
        " your machines run well.</p><p>{company}</p>",
    },
    "demo_followup_rule_new_year": {
        "name": "New Year greeting to key customers",
        "name_zh": "大客户元旦祝福",
        "event": "holiday",
        "event_month": "1",
        "event_day": 1,
        "channel": "letter",
        "audience": "all",
        "letter": "<p>Dear {customer},</p><p>thank you for the past year, and a good"
        " new one.</p><p>{company}</p>",
    },
    "demo_followup_rule_spring_festival": {
        "name": "Spring Festival greeting to dealers",
        "name_zh": "经销商春节祝福",
        "event": "holiday",
        "event_month": "1",
        "event_day": 1,
        "is_lunar": True,
        "channel": "phone",
        "audience": "dealer",
    },
    "demo_followup_rule_dealer_visit": {
        "name": "Regular visit to dealers",
        "name_zh": "经销商例行拜访",
        "event": "interval",
        "interval_months": 3,
        "channel": "visit",
        "audience": "dealer",
    },
}
LETTERS_ZH = {
    "Dear {customer},": "尊敬的{customer}：",
    "all the best on your birthday, {day}. May your machines run well.": (
        "祝您{day}生日快乐，愿您的机器运转顺利，生意兴隆！"
    ),
    "thank you for the past year, and a good new one.": (
        "感谢您一年来的信任与支持，恭祝新年快乐！"
    ),
}
LOYALTY = {
    "demo_loyalty_class_gold": {
        "name": "Gold",
        "name_zh": "金牌客户",
        "sequence": 10,
        "min_machines": 4,
    },
    "demo_loyalty_class_silver": {
        "name": "Silver",
        "name_zh": "银牌客户",
        "sequence": 20,
        "min_machines": 2,
        "min_years": 1,
    },
    "demo_loyalty_class_paying": {
        "name": "Regular at our stations",
        "name_zh": "服务常客",
        "sequence": 30,
        "min_services": 2,
    },
}
GIFTS = (("Thermos flask", "保温杯"), ("Work gloves", "劳保手套"))
#: Days from today to the birthdays of as many customers.
BIRTHDAYS = (0, 1, 3, 4, 7, 9, 12, 40, 95, 200)


def play(env):
    """Tell it without dice, after everything else."""
    key = load(
        env,
        "res.partner.category",
        {
            "demo_partner_category_key": {
                "name": "Key customer",
                "name_zh": "大客户",
                # Odoo would throw dice.
                "color": 3,
            }
        },
    )["demo_partner_category_key"]
    today = get_today(env)
    customers = env["res.partner"].search(
        [("aftersales_role", "=", "customer"), ("owned_unit_ids", "!=", False)],
        order="id",
        limit=len(BIRTHDAYS),
    )
    for customer, days in zip(customers, BIRTHDAYS, strict=False):
        born = today + timedelta(days=days)
        customer.write(
            {
                "birth_month": str(born.month),
                "birth_day": born.day,
                "user_id": customer.territory_id.staff_ids[:1].id,
            }
        )
    customers[:5].category_id |= key
    # Key customers and dealers have somebody who looks after them.
    dealers = env["res.partner"].search([("aftersales_role", "=", "dealer")])
    manager = env.ref("aftersales_service.demo_user_account_manager")
    (customers[:5] | dealers).user_id = manager
    load(env, "aftersales.loyalty.class", LOYALTY)
    list(env["aftersales.loyalty.class"]._classify())
    rules = load(env, "aftersales.followup.rule", RULES)
    rules["demo_followup_rule_new_year"].category_ids = key
    has_chinese = "zh_CN" in dict(env["res.lang"].get_installed())
    for rule in rules.values():
        if has_chinese and rule.letter:
            rule.update_field_translations("letter", {"zh_CN": LETTERS_ZH})
        env["aftersales.followup"]._create_for_calendar(rule)
    gifts = {
        f"demo_care_gift_{territory.id}_{number}": {
            "name": name,
            "name_zh": chinese,
            "quantity": 20,
            "territory_id": territory.id,
        }
        for territory in env["aftersales.territory"].search(
            [("staff_ids", "!=", False)]
        )
        for number, (name, chinese) in enumerate(GIFTS)
    }
    load(env, "aftersales.care.gift", gifts)
