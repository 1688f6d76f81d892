"""Calls, letters and visits of the last days, on the customers of open requests."""

from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from .loading import MODULE, load

TOLD = (
    ("phone", "in", 3.5, "催问上门时间，已告知服务站明天上午到。"),
    ("sms", "out", 0, "发送服务站联系人和电话。"),
    ("chat", "in", 12.0, "咨询机油牌号和更换周期，已发保养手册。"),
    ("letter", "in", 0, "来信反映收割季节配件供应慢。"),
    ("visit", "out", 45.0, "上门拜访，查看机器使用情况，用户表示满意。"),
    ("email", "in", 0, "索要发票复印件，已转财务。"),
    ("phone", "out", 2.25, "回电确认故障现象：冷机启动困难。"),
)
LINE = "4006001234"
# user → extension of the telephone system
EXTENSIONS = {
    "agent": "801",
    "own_team": "802",
    "office": "810",
    "office_south": "820",
    "office_north": "830",
}
# direction, state, minutes talked, hours ago, what it was about
CALLS = (
    ("in", "ended", 4.0, 2, "报修后询问派工进度，已告知服务站电话。"),
    ("in", "missed", 0, 3, None),
    ("out", "ended", 1.5, 3, "回拨未接来电，用户已自行排除故障。"),
    ("in", "ended", 6.25, 26, "咨询三包期限，已按机器档案答复。"),
    ("out", "missed", 0, 27, None),
    ("in", "ended", 2.75, 50, "补报铭牌序列号，已登记。"),
)
PHRASES = {
    "wait": ("请稍等", "请您稍等，我马上为您查询。"),
    "plate": ("铭牌", "序列号在机体右侧的铭牌上，一般以 HY 开头。"),
    "safe": ("安全", "请先停机并关闭燃油阀，在维修人员到达之前不要再启动。"),
    "thanks": ("结束语", "感谢您的来电，服务站会在约定时间内与您联系。"),
}


def play(env):
    """Tell it without dice, after everything else."""
    tickets = env["helpdesk.ticket"].search(
        [("stage_id.closed", "=", False), ("unit_id", "!=", False)],
        order="id",
        limit=len(TOLD),
    )
    now = fields.Datetime.now()
    env["aftersales.interaction"].create(
        [
            {
                **prepare_vals(env, ticket, kind),
                "direction": direction,
                "duration_minutes": minutes,
                "summary": text,
                "moment": now - timedelta(hours=5 * number + 1),
            }
            for number, (ticket, (kind, direction, minutes, text)) in enumerate(
                zip(tickets, TOLD, strict=False)
            )
        ]
    )
    play_calls(env, tickets, now)
    play_phrases(env)


def prepare_vals(env, ticket, kind):
    """A contact of a kind about a request."""
    return {
        "kind_id": env.ref(f"{MODULE}.interaction_kind_{kind}").id,
        "ticket_id": ticket.id,
        "partner_id": ticket.partner_id.id,
        "unit_id": ticket.unit_id.id,
        "number": ticket.contact_phone,
        "user_id": ticket.user_id.id,
    }


def play_calls(env, tickets, now):
    """Extensions of the desk, and what the telephone system told of past calls."""
    for key, extension in EXTENSIONS.items():
        env.ref(f"{MODULE}.demo_user_{key}").phone_extension = extension
    agent = env.ref(f"{MODULE}.demo_user_agent")
    calls = []
    for number, (ticket, call) in enumerate(zip(tickets, CALLS, strict=False)):
        direction, state, minutes, hours, text = call
        moment = now - timedelta(hours=hours, minutes=7 * number)
        talked = state == "ended" and moment + timedelta(seconds=12)
        calls.append(
            {
                **prepare_vals(env, ticket, "phone"),
                "direction": direction,
                "moment": moment,
                "summary": text,
                "duration_minutes": minutes,
                "user_id": agent.id,
                "call_id": f"demo-{number + 1:04}",
                "call_state": state,
                "extension": EXTENSIONS["agent"],
                "line_number": LINE,
                "answered_at": talked,
                "ended_at": (talked or moment) + timedelta(minutes=minutes or 0.5),
            }
        )
    env["aftersales.interaction"].create(calls)


def play_phrases(env):
    """Standard phrases of the desk, at hand in the intake guide and in chats."""
    agents = env.ref(f"{MODULE}.group_aftersales_agent")
    phrases = load(
        env,
        "mail.canned.response",
        {
            f"demo_phrase_{key}": {
                "source": source,
                "substitution": text,
                "group_ids": [Command.set(agents.ids)],
            }
            for key, (source, text) in PHRASES.items()
        },
    )
    ids = [phrase.id for phrase in phrases.values()]
    for audience in ("new", "known"):
        script = env.ref(f"{MODULE}.intake_script_{audience}")
        script.phrase_ids = [Command.set(ids)]
