"""The money of the demo company: rates, a year of claims, settled month by month.

``play(env)`` follows the story of aftersales_service, whose done jobs it pays.
"""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Command

from odoo.addons.aftersales_service.demo.company import make_staff
from odoo.addons.aftersales_service.demo.loading import get_today, load

from . import audits, decisions, paid_service, pay, rebates, scores, tryouts

MODULE = "aftersales_settlement"
SETTLERS = {
    "auditor": ("auditor", "林静", "auditor", None),
    "settlement_manager": ("settlement", "何伟", "manager", None),
}
ACCOUNTANT = {"accountant": ("accountant", "吴洁", "invoice", None)}
HOME = {
    "auditor": "aftersales_settlement.claim_action_to_audit",
    "manager": "aftersales_settlement.settlement_action",
    "invoice": "account.action_move_in_invoice",
}


def play(env):
    """Make rates, claims and settlements; last month waits for the stations."""
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    everywhere = {None: env.ref("aftersales_service.territory_headquarters")}
    group = "aftersales_settlement.group_settlement_%s"
    make_staff(env, SETTLERS, everywhere, group, HOME, MODULE)
    make_staff(env, ACCOUNTANT, everywhere, "account.group_account_%s", HOME, MODULE)
    play_rates(env)
    scores.play_rules(env)
    paid_service.play(env)
    audits.play(env)
    play_claims(env)
    play_months(env)
    scores.play_managers(env)
    rebates.play_rebates(env)
    decisions.play(env)
    tryouts.play(env)
    paid_service.play_money(env)
    pay.play_authorisations(env)


def play_rates(env):
    labor = [
        {"kind": "labor", "sequence": 5, "grade": "a", "grade_factor": 1.1},
        {"kind": "labor", "sequence": 6, "grade": "c", "grade_factor": 0.9},
        {"kind": "labor", "sequence": 10},
    ]
    bands = [
        Command.create({"up_to_km": 60.0, "price_per_km": 1.5}),
        Command.create({"up_to_km": 200.0, "price_per_km": 1.2}),
    ]
    multi = env.ref("aftersales_service.demo_categ_multi").id
    rates = [{**row, "hourly_rate": 60.0} for row in labor]
    rates += [
        {"kind": "travel", "free_km": 10.0, "band_ids": bands},
        {"kind": "part", "handling_percent": 8.0},
        {
            "kind": "installation",
            "sequence": 5,
            "product_categ_id": multi,
            "fee": 260.0,
        },
        {"kind": "installation", "sequence": 10, "fee": 120.0},
    ]
    rates += pay.SURCHARGES
    load(
        env,
        "aftersales.rate.card",
        {
            "demo_rate_card": {
                "name": "Station rates",
                "name_zh": "服务站费用标准",
                "rate_ids": [Command.create(rate) for rate in rates],
            }
        },
        MODULE,
    )


def play_claims(env):
    """Claims of every done job, audited when the report came."""
    Order = env["aftersales.work.order"]
    orders = Order.search([("state", "=", "done"), ("claim_ids", "=", False)])
    claims = orders._make_claims()
    claims.filtered(lambda claim: claim.state == "submitted")._audit()
    begin = get_today(env).replace(day=1)
    for claim in claims:
        decided = claim.work_order_id.done_at + timedelta(hours=2)
        if claim.state == "approved":
            claim._write_guarded({"approved_at": decided})
        elif claim.state == "review" and claim.work_date < begin - timedelta(days=5):
            # What was doubtful in the months behind was looked at by a person.
            claim._update_state("approved", approved_at=decided + timedelta(days=1))


def play_months(env):
    """Each past month settled; those before the last one also billed."""
    company = env.company
    stations = env["res.partner"].search([("aftersales_role", "=", "station")])
    this_month = get_today(env).replace(day=1)
    for back in range(12, 0, -1):
        month = this_month - relativedelta(months=back)
        sheets = env["aftersales.settlement"]._settle(company, month, stations)
        sheets._send()
        if back == 1:
            # The demo station finds its own sheet waiting for its answer.
            sheets -= sheets.filtered(
                lambda sheet: (
                    sheet.station_id == env.ref("aftersales_service.demo_station_jinan")
                )
            )
        sheets._confirm()
        sheets._bill()
