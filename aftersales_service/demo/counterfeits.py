"""What the counterfeit radar sees: a copied serial, a cluster, an early bird."""

from datetime import timedelta

from odoo import fields

from .loading import load
from .year import backdate

# Nobody made these; asked about in the south within two weeks.
UNKNOWN = tuple(f"HY2605S195{number}" for number in (8801, 8802, 8803, 8807, 8811))
MISPRINTED = "HY26054105-99O1"


def play(env):
    """Formats, questions of the last weeks, and the cases the radar makes of them."""
    play_formats(env)
    ask_in_two_cities(env)
    ask_about_unknown(env)
    ask_before_the_sale(env)
    Case = env["aftersales.counterfeit.case"]
    for signals in Case._iterate_signals(env.company):
        Case._apply_signals(env.company, signals)
    begin_investigation(env)


def play_formats(env):
    load(
        env,
        "aftersales.serial.format",
        {
            "demo_serial_format_engine": {
                "name": "Engine numbers",
                "name_zh": "发动机编号",
                "categ_id": env.ref("aftersales_service.demo_categ_engine").id,
                "masks": "HY####-****-####",
                "example": "HY2605-4105-0001",
            }
        },
    )


def ask(env, login, serial, hours_ago, channel="station"):
    """One question of a user, so many hours ago."""
    user = env["res.users"].search([("login", "=", login)])
    user = user or env.ref("base.public_user")
    units = env["stock.lot"].with_user(user)
    check = units._check_serials([{"text": serial}], channel).sudo()
    backdate(env, check, [fields.Datetime.now() - timedelta(hours=hours_ago)])
    return check


def ask_in_two_cities(env):
    """A copied nameplate: Jinan, and Nanning an hour later."""
    unit = env.ref("aftersales_service.demo_unit_001")
    ask(env, "station", unit.name, 27)
    ask(env, "station.south", unit.name, 26)


def ask_about_unknown(env):
    for number, serial in enumerate(UNKNOWN):
        ask(env, "station.south", serial, 40 + 55 * number)
    ask(env, "agent", MISPRINTED, 3, "office")
    ask(env, "public", UNKNOWN[0], 5, "public")


def ask_before_the_sale(env):
    """A machine in stock that somebody else already owned a copy of."""
    unit = env["stock.lot"].search(
        [("sale_date", "!=", False), ("serial_check_ids", "=", False)],
        order="sale_date desc, id",
        limit=1,
    )
    since = (fields.Date.today() - unit.sale_date).days
    ask(env, "customer", unit.name, 24 * (since + 12), "portal")


def begin_investigation(env):
    """The office of the south has taken up the case of the copied nameplate."""
    case = env["aftersales.counterfeit.case"].search(
        [("kind", "=", "far_apart")], limit=1
    )
    case.with_user(
        env["res.users"].search([("login", "=", "office.south")])
    ).action_investigate()
