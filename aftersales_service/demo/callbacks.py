"""Callbacks as they were made: most answered, some never reached.

The answers go through the follow-up's own action, so that each has its survey
participation, its rating and, where it was bad, its problem sheet.
"""

import random
from datetime import timedelta

from odoo.tools import SQL

SEED = 2002
COMMENTS = {
    5: ("师傅来得快，修得好。", "很满意。", "态度好，讲解清楚。", ""),
    4: ("修得不错，就是等了半天。", "可以。", ""),
    3: ("配件等了两天。", "一般。"),
    2: ("修了以后声音还是不对。", "约好上午来，下午才到。"),
}
# Problem sheets older than this have been settled.
OPEN_SHEET_DAYS = 10


def answer_followups(year, orders):
    """Make the follow-ups of the year's jobs; those that were due are answered."""
    followups = year.env["aftersales.followup"]._create_for_jobs(orders)
    words = random.Random(SEED)
    answered, vals_list = followups.browse(), []
    for followup in followups:
        done_at = followup.work_order_id.done_at
        due = (done_at + timedelta(days=2)).date()
        followup._write_guarded({"due_date": due})
        if due >= year.today:
            continue
        if year.dice.random() < 0.9:
            satisfaction = year.dice.choice((5, 5, 5, 4, 4, 3, 2))
            followup.answers = type_answers(followup, satisfaction, words)
            answered += followup
            vals_list.append({"attempt_count": 1, "done_at": year.moment(due)})
        else:
            followup._write_guarded({"attempt_count": 3, "state": "unreachable"})
    answered.with_context(lang="zh_CN")._record_answers()
    for followup, vals in zip(answered, vals_list, strict=True):
        agent = followup.territory_id.staff_ids[:1]
        followup._write_guarded({**vals, "user_id": agent.id})
    settle_sheets(year, answered)


def type_answers(followup, satisfaction, words):
    """What the agent typed, by question; an unhappy customer's machine still ails."""
    answers = {
        "satisfaction": satisfaction,
        "is_solved": int(satisfaction > 2 or words.random() < 0.5),
        "is_charged_extra": int(satisfaction < 4 and words.random() < 0.2),
        "charged_amount": words.choice((30, 50, 100)),
        "comment": words.choice(COMMENTS[satisfaction]),
    }
    typed = {}
    for question in followup.survey_id.question_ids:
        answer = answers[question.followup_measure]
        if question.suggested_answer_ids:
            answer = question.suggested_answer_ids.filtered(
                lambda choice, value=answer: choice.followup_value == value
            ).id
        typed[str(question.id)] = answer
    return typed


def settle_sheets(year, followups):
    """Date the problem sheets by their answers and close the old ones."""
    env = year.env
    sheets = followups.problem_ticket_id
    for followup in followups.filtered("problem_ticket_id"):
        env.cr.execute(
            SQL(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                followup.done_at,
                followup.problem_ticket_id.id,
            )
        )
    sheets.invalidate_recordset(["create_date"])
    begin = year.today - timedelta(days=OPEN_SHEET_DAYS)
    done = env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
    old = sheets.filtered(lambda sheet: sheet.create_date.date() < begin)
    old.written_answer = "已与用户和服务站核实，问题已解决，用户表示认可。"
    old.action_answer_problem()
    old.stage_id = done
