"""Field work: reports that said "other", failed parts that come back."""

from datetime import timedelta

from .loading import get_today, load


def play(env):
    """Two reports of last week chose "other"; one of them is overdue."""
    play_classification(env)
    play_part_returns(env)
    play_evidence(env)
    play_second_visit(env)


def play_classification(env):
    orders = env["aftersales.work.order"].search(
        [("state", "=", "done"), ("cause_id", "!=", False)],
        order="done_at DESC, id",
        limit=2,
    )
    other = env.ref("aftersales_service.demo_cause_C99")
    orders._write_guarded({"cause_id": other.id})
    orders._ask_to_classify()
    orders[1:]._write_guarded({"classify_by": get_today(env) - timedelta(days=2)})
    orders[1:].activity_ids.date_deadline = orders[1:].classify_by


def play_part_returns(env):
    """Pumps and turbochargers come back: asked for, sent, received, inspected."""
    parts = env["product.product"].union(
        *(env.ref(f"aftersales_service.demo_part_P-{code}") for code in (1031, 1061))
    )
    parts.product_tmpl_id.failed_part_return = "always"
    orders = env["aftersales.work.order"].search(
        [("state", "=", "done"), ("part_line_ids.product_id", "in", parts.ids)],
        order="done_at DESC, id",
        limit=9,
    )
    orders._ask_for_failed_parts()
    returns = orders.part_return_ids.sorted("id")
    today = get_today(env)
    returns[:2]._write_guarded({"due_date": today - timedelta(days=12)})
    returns[4:]._send()
    arrived = returns[6:]
    arrived.action_receive()
    for part, result, note in zip(
        arrived,
        ("misuse", "accepted"),
        ("柱塞锈蚀，柴油中有水。", "壳体有砂眼，属铸造缺陷。"),
        strict=False,
    ):
        part.write({"result": result, "result_note": note})
        part.action_close()


def play_evidence(env):
    """Repairs bring back two photos, each asked for by what it shows."""
    repair = env.ref("aftersales_service.request_type_repair")
    load(
        env,
        "aftersales.evidence",
        {
            f"demo_evidence_{key}": {
                "request_type_id": repair.id,
                "sequence": number,
                "name": name,
                "name_zh": name_zh,
            }
            for number, (key, name, name_zh) in enumerate(
                (
                    ("nameplate", "Nameplate", "铭牌"),
                    ("damage", "Failed part", "损坏的零件"),
                ),
                start=1,
            )
        },
    )


def play_second_visit(env):
    """The job that waits for its part has its second visit planned."""
    order = env["aftersales.work.order"].search(
        [("state", "=", "waiting")], order="id", limit=1
    )
    order._plan_visit(get_today(env) + timedelta(days=2))
