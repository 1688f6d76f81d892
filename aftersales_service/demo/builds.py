"""A build that went wrong: its camshafts wear, and the nightly look finds it.

The largest build of the last year fails more often than chance explains; quality
finds the signal with its case.
"""

import random
from datetime import timedelta

from .details import name_who_asked
from .year import Year, play_jobs

SEED = 1024
FAULT = {
    "component": "E24",
    "symptom": "S14",
    "cause": "C04",
    "remedy": "R01",
    "operation": "OP-24",
    "part": "",
    "text": "凸轮轴早期磨损，有异响",
}
# Repairs of the build, in days before today.
DAYS_AGO = (41, 34, 27, 19, 12, 8)
MIN_AGE = 60


def play(env, sold, stations):
    """Repairs of one build, and the signal that the night makes of them."""
    year = Year(env, random.Random(SEED), sold, stations)
    build = find_build(year)
    kind = env.ref("aftersales_service.request_type_repair")
    jobs = [
        {
            "type": kind,
            "unit": build[number % len(build)],
            "day": year.today - timedelta(days=days),
            "station": year.station_for(build[number % len(build)]),
            "fault": FAULT,
        }
        for number, days in enumerate(DAYS_AGO)
    ]
    play_jobs(year, jobs)
    name_who_asked(env)
    signals = env["aftersales.quality.signal"]
    signals._apply_signals(env.company, signals._find(env.company))


def find_build(year):
    """The machines of the largest build month of one model in the last year."""
    builds = {}
    for unit in year.units:
        age = (year.today - unit.installation_date).days
        if MIN_AGE < age < 365:
            month = unit.production_date.replace(day=1)
            builds.setdefault((unit.product_id.id, month), []).append(unit)
    return max(builds.values(), key=len)
