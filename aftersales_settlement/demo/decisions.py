"""What auditors have decided this month: one claim of each kind of answer.

Where too few claims wait, the later kinds are left out: there is always work left.
"""

from odoo.fields import Command

LEFT = 2
"""Claims that stay for whoever logs in as auditor."""
LIMIT = 1500.0


def play(env):
    """Limits of the auditor, and his decisions on some of the claims under review."""
    policy = env.ref("aftersales_settlement.audit_policy_default")
    policy.limit_ids = [
        Command.clear(),
        Command.create({"role": "auditor", "amount": LIMIT}),
    ]
    auditor = env.ref("aftersales_settlement.demo_user_auditor")
    waiting = env["aftersales.claim"].search([("state", "=", "review")], order="id")
    waiting = waiting.filtered(lambda claim: not claim.is_internal_team)
    # The station that can be logged in to may appeal.
    station = env.ref("aftersales_service.demo_station_jinan")
    own = waiting.filtered(lambda claim: claim.station_id == station)[:1]
    others = waiting - own
    # The manager has no limit: his word is the last one.
    manager = env.ref("aftersales_settlement.demo_user_settlement_manager")
    cut(env, own, manager)
    large = others.filtered(lambda claim: claim.approved_amount > LIMIT)[:1]
    rest = others - large
    for claim, answer in zip(
        rest[: max(len(rest) - LEFT, 0)], (ask, contest), strict=False
    ):
        answer(env, claim, auditor)
    large.with_user(auditor).action_approve()


def get_reason(env, name):
    return env.ref(f"aftersales_settlement.claim_reason_{name}")


def cut(env, claims, user):
    """``user`` leaves half of the hours."""
    for claim in claims:
        line = claim.line_ids.filtered(lambda row: row.kind == "labor")[:1]
        verdict = {
            "decision": "adjusted",
            "amount": claim.currency_id.round(line.amount / 2),
            "reason": get_reason(env, "hours"),
            "comment": "请参照标准工时",
        }
        lines = {line: verdict} if line else {}
        claim.with_user(user)._decide("approved", lines=lines)


def ask(env, claim, auditor):
    """The auditor asks for what is missing."""
    reason = get_reason(env, "evidence")
    claim.with_user(auditor)._decide("returned", reason, "请补拍铭牌照片")


def contest(env, claim, auditor):
    """The auditor pays less, and the station appeals."""
    cut(env, claim, auditor)
    people = claim.station_id.child_ids | claim.station_id
    user = people.user_ids[:1] or env.ref("aftersales_service.demo_user_station")
    if not claim._get_appeal_obstacle():
        claim._appeal(user, "现场拆装空间小，实际用时较长")
