"""Field work: reports that said "other"."""

from datetime import timedelta

from .loading import get_today


def play(env):
    """Two reports of last week chose "other"; one of them is overdue."""
    play_classification(env)


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
