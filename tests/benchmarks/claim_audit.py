"""The automatic audit of 100,000 claims against one SQL statement that does the same.

Both read the same rows, make the same checks, throw the same dice and write the same
findings, facts and states; that they did is compared row by row. Ours audits in the
batches of the scheduler, and the pure rule alone decides.
"""

import gc
import json
import time

import _claim_audit_peer as claim_audit_peer

from odoo import fields
from odoo.tools import SQL

CLAIMS, STATIONS, ROUNDS = 100_000, 300, 2
#: Ours over the peer.
GOAL = 2.0
SEED = "0123456789abcdef0123456789abcdef"

# i counts the jobs: the last third lies in the months before and is approved.
TABLES = {
    "res_partner": """(name, active, aftersales_role, station_grade, autopost_bills,
        partner_latitude, partner_longitude, territory_id)
    SELECT 'Station ' || i, TRUE, 'station', substr('abc', 1 + i %% 3, 1), 'ask',
        30 + i %% 7, 110 + i %% 11, %(territory)s
    FROM generate_series(1, %(stations)s) i""",
    "stock_lot": """(id, name, product_id, company_id, location_id)
    SELECT %(unit)s + i, 'BENCH' || i, %(model)s, %(company)s, NULL
    FROM generate_series(1, %(jobs)s) i""",
    "helpdesk_ticket": """(id, number, name, description, company_id, received_at,
        request_type_id, unit_id, product_id, serial_verdict, site_latitude,
        site_longitude, active)
    SELECT %(ticket)s + i, 'BENCH' || i, 'Bench', 'Bench', %(company)s,
        %(now)s, %(type)s, %(unit)s + 1 + (i * 7 %% (%(jobs)s * 4 / 5)), %(model)s,
        CASE WHEN i %% 199 = 0 THEN 'mismatch' ELSE 'genuine' END,
        30.1 + i %% 7, 110.1 + i %% 11, TRUE
    FROM generate_series(1, %(jobs)s) i""",
    "aftersales_warranty_decision": """(id, ticket_id, company_id, unit_id, result,
        covers_parts, covers_labor, covers_travel, end_date, decided_at)
    SELECT %(decision)s + t.id - %(ticket)s, t.id, %(company)s, t.unit_id, 'covered',
        t.id %% 131 <> 0, TRUE, TRUE, %(month)s::date + 20 + (t.id %% 400)::int,
        %(now)s
    FROM helpdesk_ticket t WHERE t.id > %(ticket)s""",
    "aftersales_work_order": """(id, name, ticket_id, request_type_id, company_id,
        unit_id, product_id, state, station_id, component_id, symptom_id, cause_id,
        remedy_id, reading_value, labor_hours, travel_km, started_on, arrived_at,
        reported_at, done_at, signed_by, invoice_number, invoice_key)
    SELECT %(order)s + i, 'BENCH' || i, t.id, t.request_type_id, %(company)s,
        t.unit_id, %(model)s, 'done', %(station)s + (i + CASE WHEN i %% 3 = 0
        AND i > %(claims)s THEN 1 ELSE 0 END) %% %(stations)s,
        (%(components)s::int[])[1 + i %% 20], (%(symptoms)s::int[])[1 + i %% 20],
        %(cause)s, %(remedy)s, CASE WHEN i %% 89 <> 0
        THEN 500 + i %% 400 + CASE WHEN i %% 67 = 0 THEN 5000 ELSE 0 END END,
        2, 40, j.day, j.day, j.day + CASE WHEN i %% 61 = 0 THEN interval '9 days'
        ELSE interval '12 hours' END, j.day + interval '12 hours', 'Wang',
        CASE WHEN i %% 400 = 10 THEN 'F' || 20000000 + i / 4000
        WHEN i %% 10 = 0 THEN 'F' || 10000000 + i END,
        CASE WHEN i %% 400 = 10 THEN 'F' || 20000000 + i / 4000
        WHEN i %% 10 = 0 THEN 'F' || 10000000 + i END
    FROM generate_series(1, %(jobs)s) i
    JOIN helpdesk_ticket t ON t.id = %(ticket)s + i
    CROSS JOIN LATERAL (SELECT CASE WHEN i <= %(claims)s
        THEN %(month)s::date + i %% 28
        ELSE %(month)s::date - 10 - i %% 100 END AS day) j""",
    "aftersales_claim": """(id, name, work_order_id, ticket_id, request_type_id,
        unit_id,
        product_id, company_id, station_id, warranty_decision_id, currency_id,
        state, work_date, amount, approved_amount, submitted_at, approved_at,
        decided_at, decided_by_id, authorisation_limit, authorised_amount)
    SELECT %(claim)s + i, 'BENCH' || i, o.id, o.ticket_id, o.request_type_id,
        o.unit_id, o.product_id, %(company)s, o.station_id, %(decision)s + i,
        %(currency)s, CASE WHEN i <= %(claims)s THEN 'submitted' ELSE 'approved' END,
        o.started_on, m.amount, m.amount - CASE WHEN i > %(claims)s
        AND i %% 40 = 0 THEN 5 ELSE 0 END, %(now)s,
        CASE WHEN i > %(claims)s THEN o.started_on + 2 END,
        CASE WHEN i > %(claims)s THEN o.started_on + 2 END,
        CASE WHEN i > %(claims)s AND i %% 20 = 0 THEN 2 END, 0, 0
    FROM generate_series(1, %(jobs)s) i
    JOIN aftersales_work_order o ON o.id = %(order)s + i
    CROSS JOIN LATERAL (SELECT (CASE WHEN i %% 307 = 0 THEN 1500
        ELSE 180 + i %% 60 END)::numeric AS amount) m""",
    "aftersales_claim_line": """(claim_id, company_id, currency_id, station_id,
        sequence,
        kind, product_id, quantity, standard_hours, amount, approved_amount, rate_id)
    SELECT c.id, c.company_id, c.currency_id, c.station_id, x.number, x.kind,
        x.product_id, x.quantity, x.standard, round(c.amount / 3, 2),
        round(c.amount / 3, 2),
        CASE WHEN x.kind <> 'part' OR c.id %% 151 <> 0 THEN %(rate)s END
    FROM aftersales_claim c
    CROSS JOIN LATERAL (VALUES
        (1, 'labor', NULL, 2 + (c.id %% 12) / 50.0, 2),
        (2, 'travel', NULL, 20 + c.id %% 45, 0),
        (3, 'part', (%(parts)s::int[])[1 + (CASE WHEN c.id %% 70 = 0
            THEN c.id + 1 ELSE c.id END) %% 20], 1, 0))
        x(number, kind, product_id, quantity, standard)
    WHERE c.id > %(claim)s""",
    "ir_attachment": """(id, name, type, res_model, res_id, checksum)
    SELECT %(photo)s + i, 'photo.jpg', 'binary', 'aftersales.work.order',
        %(order)s + i, md5('photo' || CASE WHEN i %% 97 = 0 THEN i / 500 ELSE -i END)
    FROM generate_series(1, %(jobs)s) i WHERE i %% 53 <> 0""",
    "aftersales_work_order_photo_rel": """(aftersales_work_order_id, ir_attachment_id)
    SELECT res_id, id FROM ir_attachment WHERE id > %(photo)s""",
    "aftersales_work_order_visit": """(work_order_id, company_id, arrived_at)
    SELECT id, company_id, arrived_at FROM aftersales_work_order
    WHERE id > %(order)s""",
    "aftersales_unit_reading": """(unit_id, company_id, work_order_id, meter, value,
        read_on)
    SELECT o.unit_id, o.company_id, o.id, 'hours', o.reading_value, o.started_on
    FROM aftersales_work_order o WHERE o.id > %(order)s AND o.reading_value > 0
    UNION ALL SELECT %(unit)s + i, %(company)s, NULL, 'hours', 450 + i %% 80,
        %(month)s::date - 30 FROM generate_series(1, %(jobs)s) i WHERE i %% 2 = 0""",
    "aftersales_work_order_part": """(id, work_order_id, company_id, product_id,
        quantity)
    SELECT %(piece)s + i, %(order)s + i, %(company)s,
        (%(parts)s::int[])[1 + i %% 20], 1
    FROM generate_series(1, %(jobs)s) i WHERE i %% 25 = 0""",
    "aftersales_part_return": """(name, part_line_id, work_order_id, product_id,
        station_id, company_id, state, due_date, quantity)
    SELECT 'BENCH' || p.id, p.id, o.id, p.product_id, o.station_id, o.company_id,
        'due', CASE WHEN p.id %% 3 = 0 THEN %(today)s::date - 5
        ELSE %(today)s::date + 20 END, 1
    FROM aftersales_work_order_part p
    JOIN aftersales_work_order o ON o.id = p.work_order_id WHERE p.id > %(piece)s""",
    "aftersales_station_score": """(station_id, company_id, period_start, value,
        has_value)
    SELECT id, %(company)s, %(month)s::date, 60 + id %% 41, TRUE FROM res_partner
    WHERE id >= %(station)s AND aftersales_role = 'station'""",
}
BASES = {
    "unit": "stock_lot",
    "ticket": "helpdesk_ticket",
    "decision": "aftersales_warranty_decision",
    "order": "aftersales_work_order",
    "claim": "aftersales_claim",
    "photo": "ir_attachment",
    "piece": "aftersales_work_order_part",
    "station": "res_partner",
}


def run(env, claims=CLAIMS, rounds=ROUNDS):
    # jit compiles what runs once only.
    env.cr.execute("SET jit = off")
    base = prepare(env, claims)
    ids = range(base["claim"] + 1, base["claim"] + claims + 1)
    times, rows = {"ours": [], "peer": []}, {}
    for number in range(rounds):
        for name in ("ours", "peer")[:: -1 if number % 2 else 1]:
            work = audit if name == "ours" else peer
            seconds, rows[name] = measure(env, work, ids)
            times[name].append(seconds)
            yield f"{claims:,} claims, {name}, seconds", f"{seconds:.1f}"
    yield "claims approved", f"{rows['ours'][0][0]:,}"
    yield "claims drawn", f"{rows['ours'][0][1]:,}"
    yield "findings by check", json.dumps(dict(rows["ours"][1]))
    assert rows["ours"] == rows["peer"], f"Not the same: {rows}"
    yield "same rows as the peer", "every one"
    ratio = min(times["ours"]) / min(times["peer"])
    yield "audit to its peer", f"{ratio:.2f} times (goal {GOAL})"
    assert ratio <= GOAL, f"Past the goal: {ratio:.2f}"


def prepare(env, claims):
    """Rows of every table the facts are read from; returns the ids before them."""
    env = env(context={**env.context, "tracking_disable": True})
    jobs = claims * 3 // 2
    today = env.company._get_today()
    month = fields.Date.subtract(today.replace(day=1), months=1)
    values = {**make_master(env), "claims": claims, "jobs": jobs, "today": today}
    values |= {"month": month, "now": fields.Datetime.now(), "stations": STATIONS}
    env.flush_all()
    for name, table in BASES.items():
        query = SQL("SELECT COALESCE(max(id), 0) FROM %s", SQL.identifier(table))
        ((values[name],),) = env.execute_query(query)
    for table, rows in TABLES.items():
        env.cr.execute(SQL(f"INSERT INTO {table} {rows}", **values))
        if table == "res_partner":
            ((values["station"],),) = env.execute_query(
                SQL("SELECT min(id) FROM res_partner WHERE id > %s", values["station"])
            )
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()
    return values


def make_master(env):
    """Codes with their usual parts, one model, one rate, one sample."""
    Code, Product = env["aftersales.fault.code"], env["product.product"]
    model = Product.create({"name": "Bench engine", "type": "consu"})
    parts = Product.create([{"name": f"Part {n}", "type": "consu"} for n in range(20)])
    codes = {
        kind: Code.create(
            [
                {"kind": kind, "code": f"B{kind}{n}", "name": f"{kind} {n}"}
                for n in range(20)
            ]
        )
        for kind in ("component", "symptom", "cause", "remedy")
    }
    for component, part in zip(codes["component"], parts, strict=True):
        component.part_ids = part
    card = env["aftersales.rate.card"].create(
        {"name": "Bench", "rate_ids": [(0, 0, {"kind": "labor", "hourly_rate": 1.0})]}
    )
    env["aftersales.audit.hold"].create(
        {
            "name": "Bench",
            "component_id": codes["component"][7].id,
            "product_id": model.id,
            "requires_signature": True,
        }
    )
    kind = env.ref("aftersales_service.request_type_repair")
    kind.write({"requires_photo": True, "requires_reading": True})
    policy = env["aftersales.audit.policy"].search([], limit=1)
    policy.write({"risk_amount": 1000.0, "sample_percent": 5.0, "risk_percent": 25.0})
    sample = env["aftersales.audit.sample"]._get_samples({env.company: policy})
    sample[env.company]._write_guarded({"seed": SEED})
    return {
        "company": env.company.id,
        "territory": env.ref("aftersales_service.territory_headquarters").id,
        "currency": env.company.currency_id.id,
        "type": kind.id,
        "model": model.id,
        "rate": card.rate_ids.id,
        "parts": parts.ids,
        "components": codes["component"].ids,
        "symptoms": codes["symptom"].ids,
        "cause": codes["cause"][0].id,
        "remedy": codes["remedy"][0].id,
    }


def measure(env, work, ids):
    """(seconds, rows) of one audit that is taken back."""
    gc.collect()
    env.cr.execute("SAVEPOINT bench")
    started = time.perf_counter()
    work(env, ids)
    seconds = time.perf_counter() - started
    rows = read(env, ids)
    env.cr.execute("ROLLBACK TO SAVEPOINT bench")
    env.invalidate_all()
    return seconds, rows


def read(env, ids):
    """What was written: numbers, and one hash of everything that was."""
    between = (ids[0], ids[-1])
    (counts,) = env.execute_query(
        SQL(
            "SELECT count(*) FILTER (WHERE state = 'approved'),"
            " count(*) FILTER (WHERE is_sampled), md5(string_agg(concat_ws('|', id,"
            " state, is_sampled, sample_id, sample_facts, audit_facts,"
            " approved_at IS NULL), ';' ORDER BY id))"
            " FROM aftersales_claim WHERE id BETWEEN %s AND %s",
            *between,
        )
    )
    findings = env.execute_query(
        SQL(
            "SELECT code, count(*), md5(string_agg(concat_ws('|', claim_id, line_id,"
            " severity, severity_rank, company_id, params), ';'"
            " ORDER BY claim_id, line_id)) FROM aftersales_claim_finding"
            " WHERE claim_id BETWEEN %s AND %s GROUP BY code ORDER BY code",
            *between,
        )
    )
    found = [(code, number) for code, number, _digest in findings]
    return counts, found, [digest for _code, _number, digest in findings]


def audit(env, ids):
    """Ours, in the batches of the scheduler."""
    Claim = env["aftersales.claim"]
    # Our addons are importable only where Odoo runs.
    from odoo.addons.aftersales_settlement.models.audit import (
        aftersales_claim_audit as ours,
    )

    after = ids[0] - 1
    while claims := Claim.search(
        [("state", "=", "submitted"), ("id", ">", after)],
        limit=ours.AUDIT_BATCH,
        order="id",
    ):
        after = claims[-1].id
        claims.try_lock_for_update()._audit()
        env.invalidate_all()


def peer(env, ids):
    """One statement."""
    from odoo.addons.aftersales_service.tools.plain import plain
    from odoo.addons.aftersales_settlement.tools import audit_sql

    claims = env["aftersales.claim"].browse(ids)
    policies = env["aftersales.audit.policy"]._get_policies(env.company)
    policy = policies[env.company]
    sample = env["aftersales.audit.sample"]._get_samples(policies)[env.company]
    query = claims._get_audit_query(policies)
    km = f"round(({audit_sql.KM})::numeric, 1)"
    late = f"round((greatest(0, {audit_sql.REPORT_HOURS}))::numeric, 2)"
    limits = policy._prepare_thresholds()
    env.cr.execute(
        claim_audit_peer.statement(
            {
                **query,
                "distance": SQL(f"CASE WHEN {audit_sql.ON_GLOBE} THEN {km} END"),
                "late": SQL(f"CASE WHEN g.reported_at IS NOT NULL THEN {late} END"),
                "signature": SQL(audit_sql.SIGNATURE),
            },
            {name: getattr(limits, name) for name in limits.__slots__},
            json.dumps({"thresholds": plain(limits)}),
            {
                "seed": sample.seed,
                "sample": sample.id,
                "random": policy.sample_percent,
                "risky": policy.risk_percent,
                "large_from": policy.risk_amount,
            },
            {"uid": env.uid, "now": fields.Datetime.now()},
        )
    )
