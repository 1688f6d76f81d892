"""A year of work of a network of stations, which ends with the last month.

Requests, jobs and what follows from them, spread evenly over the stations, offices and
components; the same every time.
"""

from datetime import timedelta

from odoo.tools import SQL

STATIONS, ORDERS, UNITS = 1_000, 1_000_000, 200_000
OFFICES, COMPONENTS = 20, 12


def make(env):
    """The company, the first day of the last month, and the stations."""
    company = env.company
    company.partner_id.tz = "Asia/Shanghai"
    today = company._get_today()
    month = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    env["res.partner"].search([("aftersales_role", "=", "station")]).active = False
    stations = env["res.partner"].create(
        [
            {
                "name": f"Station {number}",
                "aftersales_role": "station",
                "company_id": company.id,
                "station_grade": "abc"[number % 3],
            }
            for number in range(STATIONS)
        ]
    )
    fill(env, company, month, stations)
    return company, month, stations


def make_places(env):
    """The offices, and the components that fail."""
    root = env.ref("aftersales_service.territory_headquarters")
    offices = env["aftersales.territory"].create(
        [
            {"name": f"Office {number}", "parent_id": root.id}
            for number in range(OFFICES)
        ]
    )
    components = env["aftersales.fault.code"].create(
        [
            {"kind": "component", "code": f"BENCH-{number}", "name": f"Part {number}"}
            for number in range(COMPONENTS)
        ]
    )
    return offices, components


def fill(env, company, month, stations):
    """Machines, requests, jobs and what follows from them, by SQL."""
    product = env["product.product"].create({"name": "Benchmark engine"})
    offices, components = make_places(env)
    cause = env["aftersales.fault.code"].create(
        {
            "kind": "cause",
            "code": "BENCH",
            "name": "Installed badly",
            "is_installation_fault": True,
        }
    )
    kinds = [
        env.ref(f"aftersales_service.request_type_{name}").id
        for name in ("repair", "installation")
    ]
    facts = {
        "company": company.id,
        "month": month,
        "stations": stations.ids,
        "count": STATIONS,
        "offices": offices.ids,
        "office_count": OFFICES,
        "components": components.ids,
        "component_count": COMPONENTS,
        "orders": ORDERS,
        "units": UNITS,
        "product": product.id,
        "repair": kinds[0],
        "installation": kinds[1],
        "cause": cause.id,
        "currency": company.currency_id.id,
    }
    env.flush_all()
    # Whoever may, leaves the foreign keys of these millions unchecked: they are true.
    env.cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    is_super = env.cr.fetchone()[0]
    if is_super:
        env.cr.execute("SET LOCAL session_replication_role = replica")
    for table, statement in DATA:
        env.cr.execute(statement, facts)
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    if is_super:
        env.cr.execute("SET LOCAL session_replication_role = origin")
    # As the server's own cleaning does in the hours a year of work takes.
    env.cr.execute(
        "SELECT brin_summarize_new_values('aftersales_work_order_month_idx')"
    )
    env.invalidate_all()


#: A request every half a minute of the year that ends with the month; hashes make
#: machines, stations and fates independent of each other and the same every time.
DATA = (
    (
        "stock_lot",
        """
    INSERT INTO stock_lot (name, serial_key, product_id, production_date,
           selling_partner_id, shipping_date, sale_date, create_uid, create_date)
    SELECT 'BENCH-' || n, 'BENCH' || n, %(product)s, %(month)s - n %% 700,
           (%(stations)s::int[])[1 + n %% %(count)s], %(month)s - n %% 690,
           CASE WHEN n %% 10 > 0 THEN %(month)s - n %% 650 END, 1, now()
      FROM generate_series(0, %(units)s - 1) n
    """,
    ),
    (
        "bench",
        """
    CREATE TEMP TABLE bench ON COMMIT DROP AS
    SELECT n, unit.id AS unit_id,
           (%(stations)s::int[])[1 + (hashint4(n) & 65535) %% %(count)s] AS station_id,
           CASE WHEN (hashint4(n) >> 16 & 1023) < 300 THEN %(installation)s
                ELSE %(repair)s END AS kind_id,
           (hashint4(-n) & 65535) %% 100 AS fate,
           (%(offices)s::int[])[1 + (hashint4(n + 2) & 65535) %% %(office_count)s]
               AS territory_id,
           (%(components)s::int[])[1 + (hashint4(n + 3) & 65535) %% %(component_count)s]
               AS component_id,
           %(month)s::timestamp + interval '1 month'
               - interval '365 days' * (%(orders)s - n) / %(orders)s AS asked_at
      FROM generate_series(0, %(orders)s - 1) n
      JOIN stock_lot unit
        ON unit.name = 'BENCH-' || (hashint4(n + 1) & 16777215) %% %(units)s
     ORDER BY n
    """,
    ),
    (
        "helpdesk_ticket",
        """
    INSERT INTO helpdesk_ticket (number, name, description, company_id, active, unit_id,
           request_type_id, station_id, territory_id, product_id, answer_deadline,
           answered_at, arrive_deadline, resolve_deadline, received_at, closed_date,
           create_uid, create_date)
    SELECT 'BENCH' || n, 'Benchmark', 'x', %(company)s, true, unit_id, kind_id,
           station_id, territory_id, %(product)s, asked_at + interval '2 hours',
           asked_at + interval '3 minutes' * (n %% 50), asked_at + interval '30 hours',
           asked_at + interval '50 hours', asked_at,
           asked_at + interval '1 hour' * (n %% 71), 1, asked_at
      FROM bench ORDER BY n
    """,
    ),
    (
        "aftersales_work_order",
        """
    INSERT INTO aftersales_work_order (name, ticket_id, company_id, unit_id, station_id,
           request_type_id, territory_id, product_id, component_id, labor_hours,
           travel_km, state, cause_id, offered_at, answer_by, accepted_at,
           arrived_at, reported_at, done_at, started_on, create_uid, create_date)
    SELECT ticket.number, ticket.id, %(company)s, bench.unit_id, bench.station_id,
           kind_id, bench.territory_id, %(product)s, bench.component_id, 1 + n %% 4,
           n %% 60,
           CASE WHEN fate < 4 THEN 'declined' WHEN fate < 6 THEN 'expired'
                ELSE 'done' END,
           CASE WHEN fate %% 20 = 7 THEN %(cause)s::int END,
           asked_at, asked_at + interval '4 hours',
           CASE WHEN fate >= 6 THEN asked_at + interval '7 minutes' * (n %% 40) END,
           CASE WHEN fate >= 6 THEN asked_at + interval '1 hour' * (n %% 37) END,
           CASE WHEN fate >= 6 THEN asked_at + interval '1 hour' * (n %% 37 + n %% 29)
                END,
           CASE WHEN fate >= 6 THEN asked_at + interval '1 hour' * (n %% 37 + n %% 31)
                END,
           asked_at::date, 1, asked_at
      FROM bench JOIN helpdesk_ticket ticket ON ticket.number = 'BENCH' || n
     ORDER BY n
    """,
    ),
    (
        "aftersales_work_order_visit",
        """
    INSERT INTO aftersales_work_order_visit (work_order_id, company_id, arrived_at)
    SELECT job.id, %(company)s, job.arrived_at + interval '1 day' * again
      FROM aftersales_work_order job, generate_series(0, 1) again
     WHERE job.state = 'done' AND (again = 0 OR job.id %% 9 = 0)
     ORDER BY job.id
    """,
    ),
    (
        "aftersales_work_order_part",
        """
    INSERT INTO aftersales_work_order_part (work_order_id, company_id, product_id,
           quantity, create_date)
    SELECT id, %(company)s, %(product)s, 1, done_at
      FROM aftersales_work_order
     WHERE state = 'done' AND id %% 4 = 0 ORDER BY id
    """,
    ),
    (
        "aftersales_part_return",
        """
    INSERT INTO aftersales_part_return (name, part_line_id, work_order_id, company_id,
           station_id, state, due_date, sent_at, quantity)
    SELECT 'BENCH' || part.id, part.id, job.id, %(company)s, job.station_id, 'sent',
           (job.done_at + interval '30 days')::date,
           job.done_at + interval '1 day' * (job.id / 5 %% 36), 1
      FROM aftersales_work_order_part part
      JOIN aftersales_work_order job ON job.id = part.work_order_id
     ORDER BY part.id
    """,
    ),
    (
        "aftersales_followup",
        """
    INSERT INTO aftersales_followup (ticket_id, work_order_id, company_id, station_id,
           territory_id, state, satisfaction, is_solved, due_date, done_at)
    SELECT ticket_id, id, %(company)s, station_id, territory_id, 'done', 2 + id %% 4,
           id %% 9 > 0, done_at::date + 2, done_at + interval '2 days'
      FROM aftersales_work_order
     WHERE state = 'done' AND id %% 2 = 0 ORDER BY id
    """,
    ),
    (
        "aftersales_claim",
        """
    INSERT INTO aftersales_claim (name, work_order_id, ticket_id, company_id,
           station_id, currency_id, state, work_date, amount, approved_amount,
           decided_at)
    SELECT 'BENCH' || id, id, ticket_id, %(company)s, station_id, %(currency)s,
           CASE WHEN id %% 50 = 0 THEN 'rejected' ELSE 'approved' END, done_at::date,
           100 + id %% 400, CASE WHEN id %% 8 = 0 THEN 90 ELSE 100 + id %% 400 END,
           done_at + interval '1 day'
      FROM aftersales_work_order
     WHERE state = 'done' ORDER BY id
    """,
    ),
)
