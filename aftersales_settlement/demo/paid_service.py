"""Paid service of the demo company: what customers paid, bought and suppliers owe.

Repairs out of warranty are earned by the maker. Of those of the last months the
customers were asked for money; some gave it to the station at once.
"""

from datetime import timedelta

from odoo.fields import Command

from odoo.addons.aftersales_service.demo.loading import get_today, load

MODULE = "aftersales_settlement"
MONTHS = 4
PRICES = {"labor": 180.0, "parts": 420.0, "travel": 60.0}
SUPPLIERS = {
    "demo_supplier_turbo": ("瑞丰涡轮增压器有限公司", ("P-1061",), 100.0, 50.0),
    "demo_supplier_pump": ("华东油泵油嘴厂", ("P-1031", "P-1032"), 100.0, 30.0),
}


def play(env):
    """Before the claims: what they rest on."""
    load(
        env,
        "aftersales.charge.rule",
        {
            "demo_charge_rule_repair": {
                "request_type_id": env.ref("aftersales_service.request_type_repair").id,
                "earner": "maker",
            },
            "demo_charge_rule_other": {"earner": "station", "sequence": 20},
        },
        MODULE,
    )
    play_suppliers(env)
    play_charges(env)


def play_suppliers(env):
    """Two suppliers that answer for their parts."""
    Product = env["product.product"]
    for key, (name, codes, part, labor) in SUPPLIERS.items():
        supplier = load(
            env, "res.partner", {key: {"name": name, "is_company": True}}, MODULE
        )[key]
        for product in Product.search([("default_code", "in", codes)], order="id"):
            product.seller_ids = [Command.create({"partner_id": supplier.id})]
        load(
            env,
            "aftersales.recovery.agreement",
            {
                f"{key}_agreement": {
                    "supplier_id": supplier.id,
                    "part_percent": part,
                    "labor_percent": labor,
                    "needs_inspection": False,
                }
            },
            MODULE,
        )


def play_charges(env):
    """Customers out of warranty were asked for labour, parts and the way."""
    since = get_today(env) - timedelta(days=30 * MONTHS)
    orders = env["aftersales.work.order"].search(
        [
            ("state", "=", "done"),
            ("warranty_decision_id.result", "=", "chargeable"),
            ("request_type_id.is_claimable", "=", True),
            ("started_on", ">=", since),
            ("charge_line_ids", "=", False),
        ],
        order="id",
    )
    for number, order in enumerate(orders):
        order._unguarded().charge_line_ids = [
            Command.create({"kind": kind, "amount": price, "is_collected": number % 3})
            for kind, price in PRICES.items()
        ]
    env["aftersales.customer.charge"]._keep(orders)


def play_money(env):
    """After the claims: invoices, a sold warranty, and what suppliers owe."""
    charges = env["aftersales.customer.charge"].search(
        [("state", "=", "to_invoice")], order="id"
    )
    # Today's work is still to invoice.
    charges[:-2]._invoice()
    play_warranty(env)
    Recovery = env["aftersales.recovery"]
    agreements = env["aftersales.recovery.agreement"].search([])
    domain = Recovery._get_claims_domain(env.company, agreements)
    Recovery._find(env["aftersales.claim"].search(domain, order="id"), agreements)


def play_warranty(env):
    """One customer has bought two more years for his machine."""
    product = load(
        env,
        "product.product",
        {
            "demo_product_extended_warranty": {
                "name": "Extended warranty, two years",
                "name_zh": "延保两年",
                "type": "service",
                "default_code": "W-24",
                "list_price": 380.0,
                "extended_warranty_months": 24,
            }
        },
        MODULE,
    )["demo_product_extended_warranty"]
    unit = env["stock.lot"].search(
        [("owner_id", "!=", False), ("installation_date", "!=", False)],
        order="installation_date desc, id",
        limit=1,
    )
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": unit.owner_id.id,
            "invoice_date": get_today(env),
            "invoice_line_ids": [
                Command.create({"product_id": product.id, "unit_id": unit.id})
            ],
        }
    )
    invoice.action_post()
