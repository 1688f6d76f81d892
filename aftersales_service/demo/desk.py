"""The desk's day: a request told twice, a problem sheet, feedback, deadlines."""

from datetime import timedelta

from odoo import fields

FEEDBACK = (
    ("price", "邻县同类机型便宜两百元，用户问能不能给个说法。"),
    ("price", "用户希望机油滤清器的价格统一。"),
    ("advertising", "用户说没看到今年的下乡促销宣传。"),
    ("business", "今年小麦面积减少，收割机销量预计下降。"),
    ("competitor", "同行推出三年质保，用户在比较。"),
    ("quality", "用户反映新款油箱盖太紧，老人拧不开。"),
    ("service", "用户表扬服务站当天上门。"),
)


def play(env):
    """Tell it on the open requests of today, without dice."""
    repair = env.ref("aftersales_service.request_type_repair")
    waiting = env["helpdesk.ticket"].search(
        [
            ("request_type_id", "=", repair.id),
            ("service_state", "=", "to_dispatch"),
            ("unit_id", "!=", False),
            ("partner_id", "!=", False),
        ],
        order="id",
        limit=2,
    )
    if len(waiting) < 2:
        return
    tell_twice(waiting[0])
    ask_department(waiting[1])
    take_feedback(env, waiting[0].territory_id)
    ask_for_design(waiting[1])


def tell_twice(ticket):
    """The customer calls again and is impatient."""
    ticket.create(
        {
            "request_type_id": ticket.request_type_id.id,
            "unit_id": ticket.unit_id.id,
            "partner_id": ticket.partner_id.id,
            "symptom_id": ticket.symptom_id.id,
            "fault_text": "早上打过电话了，怎么还没人来？",
            "user_id": False,
        }
    )


def ask_department(ticket):
    """What the office cannot solve goes to the department and is overdue."""
    context = ticket.action_new_problem_sheet()["context"]
    vals = {
        name.removeprefix("default_"): value
        for name, value in context.items()
        if name.startswith("default_")
    }
    complaint = ticket.env.ref("aftersales_service.request_type_complaint")
    sheet = ticket.create(
        {
            **vals,
            "team_id": complaint.team_id.id,
            "fault_text": "同一故障两个月内修了三次，请责任部门分析原因。",
        }
    )
    sheet.answer_due_date = fields.Date.today() - timedelta(days=1)


def take_feedback(env, territory):
    """What needs no answer is kept by kind."""
    kind = env.ref("aftersales_service.request_type_feedback")
    env["helpdesk.ticket"].create(
        [
            {
                "request_type_id": kind.id,
                "category_id": env.ref(
                    f"aftersales_service.ticket_category_{category}"
                ).id,
                "fault_text": text,
                "territory_id": territory.id,
                "contact_phone": "0531-82000000",
                "user_id": False,
            }
            for category, text in FEEDBACK
        ]
    )


def ask_for_design(ticket):
    """A design waits for the approval of headquarters."""
    ticket.create(
        {
            "request_type_id": ticket.env.ref(
                "aftersales_service.request_type_design"
            ).id,
            "partner_id": ticket.partner_id.id,
            "fault_text": "想把发动机装到自制的灌溉泵上，请出一份安装图。",
            "user_id": False,
        }
    )
