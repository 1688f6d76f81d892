"""Special pay of the demo company: surcharges, and consent to expensive repairs."""

AUTHORISATION_LIMIT = 2000.0
SURCHARGES = [
    {
        "kind": "surcharge",
        "occasion": "night",
        "sequence": 10,
        "surcharge_percent": 25.0,
        "night_from": 20.0,
        "night_to": 6.0,
    },
    {
        "kind": "surcharge",
        "occasion": "holiday",
        "sequence": 10,
        "surcharge_percent": 50.0,
    },
    {
        "kind": "surcharge",
        "occasion": "remote",
        "sequence": 10,
        "remote_km": 160.0,
        "fee": 80.0,
    },
]
# (amount asked, reason, amount granted or nothing while it waits for the answer)
QUESTIONS = [
    (2650.0, "曲轴断裂，需更换曲轴和连杆。", None),
    (3200.0, "缸体开裂，需更换缸体总成。", 2800.0),
]


def play_authorisations(env):
    """Two stations ask before an expensive repair; one has its answer."""
    env.ref(
        "aftersales_settlement.demo_rate_card"
    ).authorisation_limit = AUTHORISATION_LIMIT
    orders = env["aftersales.work.order"].search(
        [
            ("state", "in", ("accepted", "on_site")),
            ("station_id.is_internal_team", "=", False),
            ("request_type_id.needs_warranty_decision", "=", True),
        ],
        order="id",
    )
    orders = orders.filtered(
        lambda order: order._is_payable() and order._get_claim_decision()
    )
    auditor = env.ref("aftersales_settlement.demo_user_auditor", False)
    for order, (amount, reason, granted) in zip(orders, QUESTIONS, strict=False):
        people = order.station_id | order.station_id.child_ids
        asker = people.user_ids[:1] or env.user
        consent = (
            order.with_user(asker)
            .sudo()
            ._ask_authorisation(amount, reason, is_waiting=False)
        )
        if granted and auditor:
            consent = consent.with_user(auditor)
            consent.granted_amount = granted
            consent.action_grant()
