"""The search box among half a million customers and a million machines.

The goal is a time a caller does not notice: 95 of 100 searches under 100 ms in the
model method, whatever clue was typed.
"""

import random
import statistics
import time

from odoo.tests import new_test_user

PARTNERS = 500_000
UNITS = 1_000_000
SEARCHES = 25
#: Milliseconds within which 95 of 100 searches must answer.
GOAL = 100

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚华文建国志海波玉英"
PLACES = ("解放路", "人民路", "建设街", "和平路", "中山路", "青年路", "工业园")


def run(env):
    started = time.perf_counter()
    territory = env.ref("aftersales_service.territory_headquarters")
    make_partners(env, territory)
    make_units(env, territory)
    yield (
        f"{PARTNERS:,} customers and {UNITS:,} machines inserted",
        f"{time.perf_counter() - started:.1f} s",
    )
    user = new_test_user(
        env,
        "bench-agent",
        "aftersales_service.group_aftersales_agent",
        territory_ids=territory.ids,
    )
    search = env["aftersales.search"].with_user(user)
    search.search_anything("warm up")
    everything = []
    for name, texts in clues(random.Random(4)).items():
        times = []
        for text in texts:
            seconds, rows = measure(search, text)
            assert rows or name in ("slip of the pen", "nothing"), f"{text}: nothing"
            times.append(seconds * 1000)
        everything += times
        yield (
            f"{name}, median and slowest",
            f"{statistics.median(times):.1f} and {max(times):.1f} ms",
        )
    everything.sort()
    p95 = everything[int(len(everything) * 0.95)]
    yield "95 of 100 searches within", f"{p95:.1f} ms"
    yield "to the goal of 100 ms", f"{p95 / GOAL:.2f} times (limit 1)"
    assert p95 <= GOAL, f"95 of 100 searches take {p95:.0f} ms."


def clues(dice):
    """{kind of clue: texts as a caller gives them}."""

    def numbers(most):
        return [dice.randrange(1, most) for _ in range(SEARCHES)]

    def names():
        return [full_name(number) for number in numbers(PARTNERS)]

    return {
        "phone": [f"+86 {phone(number)}" for number in numbers(PARTNERS)],
        "end of a phone": [phone(number)[-8:] for number in numbers(PARTNERS)],
        "name": names(),
        "two characters": [name[:2] for name in names()],
        "name and street": [
            f"{full_name(number)} {PLACES[number % 7]}{number % 500}号"
            for number in numbers(PARTNERS)
        ],
        "street": [f"{PLACES[n % 7]}{n % 500}号" for n in numbers(PARTNERS)],
        "serial": [f"bench {number}" for number in numbers(UNITS)],
        "beginning of a serial": [f"BENCH-{n}"[:9] for n in numbers(UNITS)],
        "last digits of a serial": [str(n)[-5:] for n in numbers(UNITS)],
        "name and day": [
            f"{full_name(number)} {2020 + number % 6}-03"
            for number in numbers(PARTNERS)
        ],
        "day": [f"2024-{1 + n % 12}-{1 + n % 28}" for n in numbers(PARTNERS)],
        "model": ["benchmark engine"] * SEARCHES,
        "slip of the pen": [f"{name}机厂" for name in names()],
        "nothing": [f"qxz{number}" for number in numbers(PARTNERS)],
    }


def full_name(number):
    """The name of a customer, as `make_partners` writes it."""
    return (
        SURNAMES[number % 20]
        + GIVEN[number // 20 % 29]
        + (GIVEN[number // 580 % 29] if number % 3 else "")
    )


def phone(number):
    return str(13_000_000_000 + number * 1_777)


def make_partners(env, territory):
    env.cr.execute(
        """
        INSERT INTO res_partner
               (name, complete_name, phone, street, active, type, autopost_bills,
                aftersales_role, territory_id, create_uid, create_date)
        SELECT name, name, phone, street, true, 'contact', 'ask', 'customer',
               %(territory)s, 1, now()
          FROM (SELECT substr(%(surnames)s, n %% 20 + 1, 1)
                       || substr(%(given)s, n / 20 %% 29 + 1, 1)
                       || CASE WHEN n %% 3 > 0
                          THEN substr(%(given)s, n / 580 %% 29 + 1, 1) ELSE ''
                          END AS name,
                       (13000000000 + n::bigint * 1777)::text AS phone,
                       (%(places)s)[n %% 7 + 1] || (n %% 500) || '号' AS street
                  FROM generate_series(1, %(count)s) n) AS made
        """,
        {
            "territory": territory.id,
            "surnames": SURNAMES,
            "given": GIVEN,
            "places": list(PLACES),
            "count": PARTNERS,
        },
    )
    env.cr.execute("ANALYZE res_partner")


def make_units(env, territory):
    product = env["product.product"].create(
        {"name": "Benchmark engine", "is_storable": True, "tracking": "serial"}
    )
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO stock_lot
               (name, serial_key, product_id, owner_id, territory_id, sale_date,
                create_uid, create_date)
        SELECT 'BENCH-' || n, 'BENCH' || n, %s,
               (SELECT max(id) FROM res_partner) - n %% %s, %s,
               date '2020-01-01' + n %% 2190, 1, now()
          FROM generate_series(1, %s) n
        """,
        [product.id, PARTNERS, territory.id, UNITS],
    )
    env.cr.execute("ANALYZE stock_lot")


def measure(search, text):
    """Seconds and rows of one search from an empty cache."""
    search.env.invalidate_all()
    started = time.perf_counter()
    rows = search.search_anything(text)
    return time.perf_counter() - started, rows
