"""Scores of the demo company: what is an installer's fault, who looks after whom."""

from dateutil.relativedelta import relativedelta

from odoo.addons.aftersales_service.demo.loading import get_today

INSTALLER_CAUSE = "aftersales_service.demo_cause_C11"
MANAGER = "aftersales_service.demo_user_account_manager"


def play_rules(env):
    """Before the first month is scored."""
    env.ref(INSTALLER_CAUSE).is_installation_fault = True
    stations = env["res.partner"].search([("aftersales_role", "=", "station")])
    stations.user_id = env.ref(MANAGER)


def play_managers(env):
    """The account manager's scores of the months that the stations have theirs of."""
    scores = env["aftersales.manager.score"]
    this_month = get_today(env).replace(day=1)
    for back in range(12, 0, -1):
        month = this_month - relativedelta(months=back)
        scores._score(env.company, month, scores._get_subjects(env.company))
