"""The demo company's life, told in order; the same on every machine.

``play(env)`` is called once, on a database whose company is Chinese and which
holds no other demo data.
"""

import random

from . import (
    builds,
    care,
    company,
    contact,
    counterfeits,
    desk,
    details,
    dispatching,
    field,
    freight,
    levels,
    machine_file,
    network,
    portal_day,
    products,
    promises,
    today,
    training,
    units,
    year,
)

SEED = 1949


def play(env):
    """Make the diesel engine maker and its year of service."""
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    dice = random.Random(SEED)
    territories = company.play(env)
    products.play(env)
    promises.play_holidays(env)
    stations = network.play(env, territories)
    sold = units.play(env, dice)
    levels.play(env)
    if "zh_CN" in dict(env["res.lang"].get_installed()):
        # Titles of requests are stored as they are written.
        env = env(context={**env.context, "lang": "zh_CN"})
    year.play(env, dice, sold, stations)
    today.play(env, dice, sold)
    promises.play(env)
    promises.play_campaign(env)
    dispatching.play(env)
    counterfeits.play(env)
    desk.play(env)
    field.play(env)
    machine_file.play(env)
    machine_file.play_past_orders(env)
    details.play(env)
    portal_day.play(env)
    details.name_who_asked(env)
    contact.play(env)
    freight.play(env)
    care.play(env)
    training.play(env)
    builds.play(env, sold, stations)
