"""A guide to an engine that does not start, and requests that it led somewhere."""

from pathlib import Path

from odoo.fields import Command
from odoo.tools import groupby

from odoo.addons.aftersales_service.demo.loading import load, read_rows

MODULE = "aftersales_knowledge"
KINDS = ("symptom", "component", "cause")
# End (question, number of its answer) → symptom of the finished requests that it is
# said to have led to, and how many; the filter was not always the reason.
USES = (
    ("filter", 1, "S01", 5),
    ("filter", 0, "S01", 2),
    ("lamps", 0, "S21", 4),
    ("charging", 0, "S20", 3),
)


def play(env):
    """Make and publish the guide; count some requests of the year for its ends."""
    loaded = env["aftersales.diagnosis"]._unguarded().env
    guide = make_guide(loaded)._guarded_again()
    if guide.state == "draft":
        guide.with_user(env.ref(f"{MODULE}.demo_user_approver")).action_publish()
        use_guide(env)


def make_guide(env):
    """The questions first, then where their answers lead."""
    [guide] = load(
        env,
        "aftersales.diagnosis",
        {
            "demo_diagnosis_start": {
                "name": "The engine does not start",
                "name_zh": "发动机不能起动",
                "is_for_stations": True,
                "product_categ_ids": [
                    Command.set(env.ref("aftersales_service.demo_categ_engine").ids)
                ],
            }
        },
        MODULE,
    ).values()
    rows = read_rows("diagnosis", Path(__file__).parent)
    groups = list(groupby(rows, lambda row: row["question"]))
    load(
        env,
        "aftersales.diagnosis.question",
        {
            f"demo_diagnosis_question_{key}": {
                **{name: group[0][name] for name in ("name", "name_zh")},
                **{n: group[0][n] for n in ("hint", "hint_zh") if group[0][n]},
                "diagnosis_id": guide.id,
                "sequence": number,
            }
            for number, (key, group) in enumerate(groups)
        },
        MODULE,
    )
    load(
        env,
        "aftersales.diagnosis.answer",
        {
            f"demo_diagnosis_answer_{key}_{number}": prepare_answer(env, row, number)
            for key, group in groups
            for number, row in enumerate(group)
        },
        MODULE,
    )
    return guide


def prepare_answer(env, row, number):
    codes = {
        f"{kind}_id": env.ref(f"aftersales_service.demo_{kind}_{row[kind]}").id
        for kind in KINDS
        if row[kind]
    }
    question = f"{MODULE}.demo_diagnosis_question_"
    return {
        "name": row["answer"],
        "name_zh": row["answer_zh"],
        "sequence": number,
        "question_id": env.ref(question + row["question"]).id,
        "next_question_id": (
            env.ref(question + row["next"]).id if row["next"] else False
        ),
        "article_id": (
            env.ref(f"{MODULE}.demo_article_{row['article']}").id
            if row["article"]
            else False
        ),
        **codes,
    }


def use_guide(env):
    """Requests of the year that a guide had led to what the repair found, or not."""
    for key, number, symptom, count in USES:
        code = env.ref(f"aftersales_service.demo_symptom_{symptom}")
        requests = env["helpdesk.ticket"].search(
            [
                ("symptom_id", "=", code.id),
                ("work_order_ids.state", "=", "done"),
                ("diagnosis_end_id", "=", False),
            ],
            limit=count,
            order="id desc",
        )
        end = env.ref(f"{MODULE}.demo_diagnosis_answer_{key}_{number}")
        requests.diagnosis_end_id = end
