"""Two rebates that are agreed from this month on."""

from odoo.fields import Command

from odoo.addons.aftersales_service.demo.loading import get_today, load

MODULE = "aftersales_settlement"


def play_rebates(env):
    """A quarter's volume and a year's growth; past sheets stay as they are."""
    begin = get_today(env).replace(day=1)
    volume = [(20000.0, 1.0, 0.0), (50000.0, 1.5, 0.0), (100000.0, 2.0, 1000.0)]
    growth = [(5.0, 0.5, 0.0), (15.0, 1.0, 2000.0)]
    load(
        env,
        "aftersales.rebate",
        {
            "demo_rebate_volume": {
                "name": "Volume of the quarter",
                "name_zh": "季度服务量返利",
                "basis": "volume",
                "measure": "amount",
                "period_length": "quarter",
                "valid_from": begin,
                "tier_ids": _make_tiers(volume),
            },
            "demo_rebate_growth": {
                "name": "Growth of installations",
                "name_zh": "安装量增长返利",
                "basis": "growth",
                "measure": "installations",
                "period_length": "year",
                "valid_from": begin,
                "tier_ids": _make_tiers(growth),
            },
        },
        MODULE,
    )


def _make_tiers(rows):
    """Commands for (from, percent, bonus) of each step."""
    return [
        Command.create({"minimum": minimum, "percent": percent, "bonus": bonus})
        for minimum, percent, bonus in rows
    ]
