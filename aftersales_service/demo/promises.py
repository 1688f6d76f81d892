"""What was promised beside the policies: extended, asked for, granted as goodwill."""

from datetime import date, datetime

from .loading import get_today, load

# The fixed national holidays; those of the moon's calendar are entered each year.
HOLIDAYS = (
    ("元旦", (1, 1), (1, 1)),
    ("劳动节", (5, 1), (5, 5)),
    ("国庆节", (10, 1), (10, 7)),
)


def play_holidays(env):
    """Closed days of the company, from last year to the next."""
    this_year = get_today(env).year
    values = {}
    for year in (this_year - 1, this_year, this_year + 1):
        for name, first, last in HOLIDAYS:
            key = f"demo_holiday_{year}_{first[0]:02}"
            # Beijing's midnight is 16:00 of the day before.
            values[key] = {
                "name": name,
                "calendar_id": env.company.resource_calendar_id.id,
                "date_from": datetime.combine(
                    date.fromordinal(date(year, *first).toordinal() - 1),
                    datetime.min.time().replace(hour=16),
                ),
                "date_to": datetime(year, *last, 15, 59, 59),
            }
    load(env, "resource.calendar.leaves", values)


def play(env):
    """A contract of a big customer and a goodwill that waits for headquarters."""
    today = get_today(env)
    expired = env["helpdesk.ticket"].search(
        [
            ("warranty_result", "=", "chargeable"),
            ("closed", "=", False),
            ("unit_id", "!=", False),
        ],
        order="id",
        limit=1,
    )
    others = env["stock.lot"].search(
        [("owner_id", "!=", False), ("id", "!=", expired.unit_id.id)],
        order="serial_key",
        limit=2,
    )
    contract = {
        "kind": "extended",
        "reference": "YB-2026-017",
        "valid_from": today.replace(month=1, day=1),
        "valid_to": today.replace(year=today.year + 2, month=12, day=31),
    }
    values = {
        f"demo_coverage_{number}": {**contract, "unit_id": unit.id}
        for number, unit in enumerate(others, start=1)
    }
    coverages = load(env, "aftersales.warranty.coverage", values)
    coverages["demo_coverage_1"]._grant()
    if expired:
        waiting = load(
            env,
            "aftersales.warranty.coverage",
            {
                "demo_coverage_goodwill": {
                    "kind": "goodwill",
                    "unit_id": expired.unit_id.id,
                    "ticket_id": expired.id,
                    "component_id": expired.component_id.id,
                    "valid_from": expired._get_local_date(expired.received_at),
                    "share_percent": 70,
                    "amount": 1800.0,
                    "reason": "老客户，刚过保修期三周，同意承担七成。",
                }
            },
        )
        waiting["demo_coverage_goodwill"]._update_state("to_approve")


def play_campaign(env):
    """A recall of one batch, half planned, in every region."""
    unit = env["stock.lot"].search(
        [("production_batch", "!=", False)], order="serial_key", limit=1
    )
    campaign = load(
        env,
        "aftersales.service.campaign",
        {
            "demo_campaign_pump": {
                "name": "Check of the injection pump",
                "name_zh": "喷油泵免费检查",
                "production_batch": unit.production_batch,
                "component_id": env.ref("aftersales_service.demo_component_E31").id,
                "instruction": "Check the injection pump, exchange its seal.",
                "instruction_zh": "检查喷油泵，更换密封圈，查看有无渗漏并拍照。",
                "letter": "<p>Please let our station check the injection pump.</p>",
                "letter_zh": "<p>为保证您的使用安全，请联系服务站免费检查喷油泵。</p>",
            }
        },
    )["demo_campaign_pump"]
    campaign.action_start()
    lines = campaign.line_ids
    lines[: len(lines) // 3]._make_requests()
