"""A dearer rate card in draft, tried out on the last three months."""

from dateutil.relativedelta import relativedelta

from odoo.addons.aftersales_service.demo.loading import get_today

HOURLY_RATE = 72.0


def play(env):
    """The manager drafts next year's rates and looks who would have got how much."""
    manager = env.ref("aftersales_settlement.demo_user_settlement_manager")
    # A run keeps its title in the language of whoever starts it.
    env = env(context={**env.context, "lang": manager.lang})
    card = env.ref("aftersales_settlement.demo_rate_card").with_user(manager)
    draft = card.browse(card.action_make_draft()["res_id"])
    draft.with_context(lang="zh_CN").name = "服务站费用标准（草案）"
    draft.rate_ids.filtered(lambda rate: rate.kind == "labor").write(
        {"hourly_rate": HOURLY_RATE}
    )
    month = get_today(env).replace(day=1)
    start = env["aftersales.tryout.start"].with_user(manager)
    action = start.create(
        {
            "source": f"{draft._name},{draft.id}",
            "first_month": month - relativedelta(months=3),
            "last_month": month - relativedelta(months=1),
        }
    ).action_start()
    run = env["aftersales.run"].browse(action["res_id"])
    while run._work_batch():
        pass
