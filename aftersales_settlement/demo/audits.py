"""What the automatic audit of the demo company draws with, and what it suspends."""

from datetime import timedelta

from odoo.addons.aftersales_service.demo.loading import get_today

SEED = "5eed5eed5eed5eed5eed5eed5eed5eed"


def play(env):
    """The same spot checks in every demo company; one component whose quality is in
    doubt."""
    policies = env["aftersales.audit.policy"]._get_policies(env.company)
    for sample in env["aftersales.audit.sample"]._get_samples(policies).values():
        sample._write_guarded({"seed": SEED})
    today = get_today(env)
    env["aftersales.audit.hold"].create(
        {
            "name": "四月批次渗漏，原因核查中",
            "component_id": env.ref("aftersales_service.demo_component_E14").id,
            "valid_from": today - timedelta(days=20),
            "valid_to": today + timedelta(days=20),
            "requires_photo": True,
        }
    )
