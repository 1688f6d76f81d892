"""A month of 100,000 approved claims of 300 stations: computed, sent, sealed, billed.

The peer makes and posts the same bills with core's own methods and writes the same
rows (sheets, lines with their facts, links, claims settled) by plain SQL, one statement
a table, without a rule, a lock, a letter to a station or a seal. Both in the same
process, in turn, each undone before the next and what it left behind swept away, so
that all begin with the same tables; in batches as a run has them: of 100 stations, then
of 50 sheets.
"""

import itertools
import time
from datetime import timedelta
from operator import itemgetter

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL, split_every

CLAIMS, FEW, STATIONS = 100_000, 25_000, 300
#: Of one transaction: stations that are settled, sheets that are sent and billed.
STATION_BATCH, BATCH = 100, 50
ROUNDS = 2
#: Ours over the peer.
GOAL = 1.25
#: Four times the claims may take so much longer than four times the time.
LINEAR_GOAL = 1.1
SECONDS = itemgetter(0)
#: What a round fills and the next one begins with empty.
TABLES = (
    "aftersales_claim",
    "aftersales_claim_line",
    "aftersales_settlement",
    "aftersales_settlement_line",
)


def run(env):
    env = env(context={**env.context, "tracking_disable": True})
    month = prepare(env)
    remember(env, month)
    fill(env, 1, FEW)
    few = min(settle(env, month)[0] for _round in range(2))
    yield f"{FEW:,} claims", f"{few:.1f} s"
    fill(env, FEW + 1, CLAIMS)
    ours, peers = [], []
    for _round in range(ROUNDS):
        ours.append(settle(env, month))
        peers.append(write_plainly(env, month))
    (best, parts), (peer, plain_parts) = min(ours, key=SECONDS), min(peers, key=SECONDS)
    yield f"{CLAIMS:,} claims", f"{best:.1f} s ({CLAIMS / best:,.0f} a second)"
    yield from (("of it: " + name, f"{took:.1f} s") for name, took in parts.items())
    yield "the same rows and bills plainly", f"{peer:.1f} s"
    yield from (
        ("of it: " + what, f"{took:.1f} s") for what, took in plain_parts.items()
    )
    ratio, growth = best / peer, best / few / (CLAIMS / FEW)
    yield "ours to its peer", f"{ratio:.2f} times (goal {GOAL})"
    yield "time a claim to that of few", f"{growth:.2f} (goal {LINEAR_GOAL})"
    assert ratio <= GOAL, f"The settlement takes {ratio:.2f} times its peer."
    assert growth <= LINEAR_GOAL, f"Four times the claims: {growth:.2f}."


def prepare(env):
    """Accounting, rates, stations, and a claim as jobs make them; the month."""
    Account = env["account.account"]
    payable, expense = Account.create(
        [
            {
                "name": "Payable",
                "code": "B210",
                "account_type": "liability_payable",
                "reconcile": True,
            },
            {"name": "Service cost", "code": "B600", "account_type": "expense"},
        ]
    )
    env["ir.default"].set(
        "res.partner",
        "property_account_payable_id",
        payable.id,
        company_id=env.company.id,
    )
    env.company.settlement_journal_id = env["account.journal"].create(
        {
            "name": "Stations",
            "code": "BSETL",
            "type": "purchase",
            "is_self_billing": True,
            "default_account_id": expense.id,
        }
    )
    band = {"up_to_km": 300.0, "price_per_km": 1.5}
    env["aftersales.rate.card"].create(
        {
            "name": "Rates",
            "sequence": 0,
            "rate_ids": [
                Command.create({"kind": "labor", "hourly_rate": 80.0}),
                Command.create({"kind": "travel", "band_ids": [Command.create(band)]}),
            ],
        }
    )
    first = env.company._get_today().replace(day=1)
    month = (first - timedelta(days=1)).replace(day=1)
    env["res.partner"].create(
        [
            {
                "name": f"Benchmark station {number}",
                "aftersales_role": "station",
                "email": f"station{number}@example.com",
                "ref": "BENCH",
            }
            for number in range(STATIONS)
        ]
    )
    make_pattern(env, month)
    # The scores have a run and a benchmark of their own.
    stations = env["res.partner"].search([("ref", "=", "BENCH")])
    env["aftersales.station.score"]._score(env.company, month, stations)
    return month


def make_pattern(env, month):
    """One done repair, labour and travel, priced and approved by the real rules."""
    ticket = env["helpdesk.ticket"].create(
        {
            "name": "Benchmark",
            "description": "Benchmark",
            "request_type_id": env.ref("aftersales_service.request_type_repair").id,
        }
    )
    done = fields.Datetime.to_datetime(month) + timedelta(days=9, hours=4)
    order = env["aftersales.work.order"]._unguarded()
    order = order.create(
        {
            "ticket_id": ticket.id,
            "station_id": env["res.partner"].search([("ref", "=", "BENCH")]).ids[0],
            "state": "done",
            "labor_hours": 2.5,
            "travel_km": 40.0,
            "started_on": done.date(),
            "reported_at": done,
            "done_at": done,
        }
    )
    ticket.warranty_decision_id = env["aftersales.warranty.decision"].create(
        {
            "ticket_id": ticket.id,
            "result": "covered",
            "covers_parts": True,
            "covers_labor": True,
            "covers_travel": True,
        }
    )
    claims = order._guarded_again()._make_claims()
    claims._write_guarded({"state": "submitted", "approved_at": done})
    assert len(claims.line_ids) == 2, claims.line_ids.mapped("kind")
    env.flush_all()
    env.cr.execute(
        """
        CREATE TEMP TABLE bench_pattern AS
        SELECT id AS claim_id, work_order_id AS order_id FROM aftersales_claim
         WHERE id = %s
        """,
        claims.ids,
    )


def fill(env, first, last):
    """Claims ``first`` to ``last`` like the pattern, of the stations in turn."""
    env.cr.execute(
        """
        CREATE TEMP TABLE IF NOT EXISTS bench_made AS
        SELECT 0 AS number, 0 AS order_id, 0 AS claim_id, 0 AS station_id;
        TRUNCATE bench_made;
        INSERT INTO bench_made
        SELECT number, nextval('aftersales_work_order_id_seq'),
               nextval('aftersales_claim_id_seq'), station.ids[abs(number) %% %s + 1]
          FROM generate_series(%s::int, %s::int) number,
               (SELECT array_agg(id ORDER BY id) AS ids FROM res_partner
                 WHERE ref = 'BENCH') station
        """,
        [STATIONS, first, last],
    )
    name, station = "'BENCH-' || made.number", "made.station_id"
    copy_rows(
        env,
        "aftersales_work_order",
        "id = (SELECT order_id FROM bench_pattern)",
        {"id": "made.order_id", "name": name, "station_id": station},
    )
    copy_rows(
        env,
        "aftersales_claim",
        "id = (SELECT claim_id FROM bench_pattern)",
        {
            "id": "made.claim_id",
            "name": name,
            "station_id": station,
            "state": "'approved'",
            "work_order_id": "made.order_id",
        },
    )
    copy_rows(
        env,
        "aftersales_claim_line",
        "claim_id = (SELECT claim_id FROM bench_pattern)",
        {
            "id": "nextval('aftersales_claim_line_id_seq')",
            "claim_id": "made.claim_id",
            "station_id": station,
        },
    )
    env.cr.commit()
    for table in ("aftersales_work_order", "aftersales_claim", "aftersales_claim_line"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    env.invalidate_all()


def copy_rows(env, table, pattern, values):
    """Rows like the pattern's for each claim to make; ``values``: what differs."""
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER'"
        " AND column_name <> 'access_token'",
        [table],
    )
    names = [name for (name,) in env.cr.fetchall()]
    wanted = ", ".join(values.get(name, f'pattern."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    env.cr.execute(
        f"INSERT INTO {table} ({columns}) SELECT {wanted}"
        f" FROM (SELECT * FROM {table} WHERE {pattern}) pattern, bench_made made"
    )


def remember(env, month):
    """An earlier month that is settled, so that the database knows its tables."""
    fill(env, 0 - FEW, -1)
    facts = prepare_facts(env, (month - timedelta(days=1)).replace(day=1))
    for statement in PLAIN:
        env.execute_query(SQL(statement, **facts))
    make_bills(env, facts)
    env.cr.execute(
        "UPDATE aftersales_claim SET name = 'OLD' || id WHERE name LIKE 'BENCH-%'"
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()


def prepare_facts(env, month):
    """What the statements of the peer name."""
    return {
        "month": month,
        "company": env.company.id,
        "currency": env.company.currency_id.id,
        "uid": env.uid,
    }


def settle(env, month):
    """Seconds of ours for everything there is, and of its parts; undone."""
    Sheet = env["aftersales.settlement"]
    stations = Sheet._get_stations_to_settle(env.company, month)
    assert len(stations) == STATIONS
    env.invalidate_all()
    clock = Clock()
    for batch in split_every(STATION_BATCH, stations.ids):
        Sheet._settle(env.company, month, env["res.partner"].browse(batch))
        env.flush_all()
        env.invalidate_all()
    clock.note("compute")
    sheets = Sheet.search([("period_start", "=", month)])
    for batch in split_every(BATCH, sheets.ids):
        sent = Sheet.browse(batch)
        sent._send()
        clock.note("send")
        sent._confirm()
        env.flush_all()
        clock.note("confirm and seal")
        env.invalidate_all()
    for batch in split_every(BATCH, sheets.ids):
        Sheet.browse(batch)._bill()
        env.flush_all()
        env.invalidate_all()
    clock.note("bill")
    check(env, month)
    undo(env)
    return sum(clock.parts.values()), clock.parts


def undo(env):
    """Nothing of a round stays, not even the room its rows took."""
    env.cr.rollback()
    env.invalidate_all()
    connection = env.cr._cnx
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM {', '.join(TABLES)}")
    connection.autocommit = False


def check(env, month):
    """The sheets hold everything, and the bills come to the same."""
    env.cr.execute(
        """
        SELECT (SELECT sum(approved_amount) FROM aftersales_claim
                 WHERE name LIKE 'BENCH-%%' AND state = 'settled'),
               (SELECT sum(amount) FROM aftersales_settlement_line line
                  JOIN aftersales_settlement sheet ON sheet.id = line.settlement_id
                 WHERE sheet.period_start = %(month)s),
               (SELECT sum(bill.amount_untaxed) FROM account_move bill
                  JOIN aftersales_settlement sheet ON sheet.bill_id = bill.id
                 WHERE sheet.period_start = %(month)s AND bill.state = 'posted')
        """,
        {"month": month},
    )
    sums = env.cr.fetchone()
    assert len(set(sums)) == 1 and sums[0], f"No balance: {sums}"


def write_plainly(env, month):
    """Seconds of the peer, and of its parts; undone."""
    env.invalidate_all()
    facts = prepare_facts(env, month)
    clock = Clock()
    for statement in PLAIN:
        env.execute_query(SQL(statement, **facts))
    clock.note("rows")
    make_bills(env, facts)
    clock.note("bills")
    check(env, month)
    undo(env)
    return sum(clock.parts.values()), clock.parts


def make_bills(env, facts):
    """Core's own bills of the sheets of a month, linked by a plain statement."""
    env.cr.execute(SUMS, facts)
    groups = itertools.groupby(env.cr.fetchall(), key=lambda row: row[:2])
    bills = [prepare_bill(env, key, list(rows)) for key, rows in groups]
    for batch in split_every(BATCH, bills):
        moves = env["account.move"].create([vals for _sheet, vals in batch])
        moves.action_post()
        env.flush_all()
        for (sheet, _vals), move in zip(batch, moves, strict=True):
            env.cr.execute(
                "UPDATE aftersales_settlement SET state = 'billed', bill_id = %s"
                " WHERE id = %s",
                [move.id, sheet],
            )
        env.invalidate_all()


def prepare_bill(env, key, rows):
    """(sheet id, values of its bill)."""
    sheet, station = key
    return sheet, {
        "move_type": "in_invoice",
        "journal_id": env.company.settlement_journal_id.id,
        "partner_id": station,
        "currency_id": env.company.currency_id.id,
        "invoice_date": env.company._get_today(),
        "ref": f"PLAIN{sheet}",
        "invoice_line_ids": [
            Command.create(
                {
                    "name": kind,
                    "quantity": 1.0,
                    "price_unit": float(amount),
                    "tax_ids": [Command.clear()],
                }
            )
            for _sheet, _station, kind, amount in rows
        ],
    }


#: The same rows with the same columns, all at once.
PLAIN = (
    """
    INSERT INTO aftersales_settlement
        (name, state, company_id, station_id, territory_id, currency_id, period_start,
         line_count, amount_total, computed_at, sent_at, confirmed_at, confirm_by,
         seal, chain_number, chain_seal, create_uid, write_uid, create_date, write_date)
    SELECT 'PLAIN' || %(month)s || line.station_id, 'confirmed', %(company)s,
           line.station_id,
           station.territory_id, %(currency)s, %(month)s, count(*),
           sum(line.approved_amount), now(), now(), now(), now(), repeat('0', 64),
           extract(epoch FROM %(month)s::date)::int / 10 + line.station_id,
           repeat('0', 64), %(uid)s, %(uid)s, now(), now()
      FROM aftersales_claim_line line
      JOIN aftersales_claim claim ON claim.id = line.claim_id
      JOIN res_partner station ON station.id = line.station_id
     WHERE claim.state = 'approved' AND line.settlement_line_id IS NULL
     GROUP BY line.station_id, station.territory_id
     ORDER BY line.station_id RETURNING 1
    """,
    """
    INSERT INTO aftersales_settlement_line
        (settlement_id, company_id, station_id, territory_id, currency_id, sequence,
         kind, work_kind, claim_line_id, claim_id, amount, explanation,
         create_uid, write_uid, create_date, write_date)
    SELECT sheet.id, sheet.company_id, sheet.station_id, sheet.territory_id,
           sheet.currency_id, 0, 'claim', line.kind, line.id, line.claim_id,
           line.approved_amount, jsonb_build_object(
               'code', 'claim', 'amount', trim_scale(line.approved_amount)::text,
               'priced', trim_scale(line.amount)::text, 'fee', line.explanation,
               'facts', line.facts, 'adjust_reason', line.adjust_reason),
           %(uid)s, %(uid)s, now(), now()
      FROM aftersales_claim_line line
      JOIN aftersales_claim claim ON claim.id = line.claim_id
      JOIN aftersales_settlement sheet ON sheet.station_id = line.station_id
           AND sheet.period_start = %(month)s
     WHERE claim.state = 'approved' AND line.settlement_line_id IS NULL
     RETURNING 1
    """,
    """
    UPDATE aftersales_claim_line line
       SET settlement_line_id = paid.id, settlement_id = paid.settlement_id,
           write_uid = %(uid)s, write_date = now()
      FROM aftersales_settlement_line paid
     WHERE paid.claim_line_id = line.id AND paid.kind = 'claim'
       AND line.settlement_line_id IS NULL RETURNING 1
    """,
    """
    UPDATE aftersales_claim claim
       SET state = 'settled', write_uid = %(uid)s, write_date = now()
     WHERE state = 'approved' AND EXISTS (
           SELECT 1 FROM aftersales_claim_line line
            WHERE line.claim_id = claim.id AND line.settlement_line_id IS NOT NULL)
     RETURNING 1
    """,
)
SUMS = """
    SELECT sheet.id, sheet.station_id, line.work_kind, sum(line.amount)::text
      FROM aftersales_settlement sheet
      JOIN aftersales_settlement_line line ON line.settlement_id = sheet.id
     WHERE sheet.period_start = %(month)s
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


class Clock:
    """Seconds by part, each since the note before it."""

    def __init__(self):
        self.parts, self._since = {}, time.perf_counter()

    def note(self, part):
        now = time.perf_counter()
        self.parts[part] = self.parts.get(part, 0.0) + now - self._since
        self._since = now
