"""A call told by a telephone system, among half a million customers.

The peer is a bearer route that writes the same row of the log and sends the same bus
message, knowing it all beforehand. What ours does beside, the ratio pays for: reading
and checking the event, the agent at the extension, the customer with the number among
those the agent may read, where the call lies, and that nothing is written twice.
"""

import json
import threading
from datetime import timedelta

import _public_routes as routes

from odoo import fields, http
from odoo.http import request
from odoo.sql_db import Cursor
from odoo.tests import new_test_user

PARTNERS = 500_000
CALLS = 300
#: Median of ours over median of the peer.
LIMIT = 1.5
#: Queries of one event, with the key's and the bus's.
MOST_QUERIES = 12
SAME_NUMBER = 999_999
FACTS = {}


@http.route(
    "/benchmark/call",
    type="http",
    auth="bearer",
    methods=["POST"],
    csrf=False,
    readonly=False,
    save_session=False,
)
def write_same_row(self):
    """Write what ours writes, through the ORM, knowing it all beforehand."""
    body = request.get_json_data()
    now = fields.Datetime.now()
    interaction = (
        request.env["aftersales.interaction"]
        .sudo()
        .create(
            {
                **FACTS,
                "call_id": body["call_id"],
                "call_events": {"ringing:8001": now.isoformat()},
                "moment": now,
                "number": body["caller"],
                "line_number": body["called"],
                "extension": body["extension"],
            }
        )
    )
    agent = request.env["res.users"].sudo().browse(FACTS["user_id"])
    agent._bus_send(
        "aftersales.call",
        {"id": interaction.id, "event": "ringing", "state": "ringing"},
    )
    return request.make_json_response({"id": interaction.id, "is_new": True})


def run(env):
    routes.add_routes(write_same_row=write_same_row)
    env.company.country_id = env.ref("base.cn")
    territory = env.ref("aftersales_service.territory_headquarters")
    make_partners(env, territory)
    agent = new_test_user(
        env,
        "bench-agent",
        "aftersales_service.group_aftersales_agent",
        territory_ids=territory.ids,
        phone_extension="8001",
    )
    FACTS.update(
        {
            "kind_id": env.ref("aftersales_service.interaction_kind_phone").id,
            "call_state": "ringing",
            "direction": "in",
            "user_id": agent.id,
            "partner_id": env["res.partner"].search([], limit=1, order="id desc").id,
            "territory_id": territory.id,
            "company_id": env.company.id,
        }
    )
    key = make_key(env)
    env.cr.commit()
    ours, peer = routes.compare(
        lambda number: told("/aftersales/telephony/event", key, number),
        lambda number: told("/benchmark/call", key, number),
        CALLS,
    )
    yield f"a call among {PARTNERS:,} customers, median", f"{ours * 1000:.2f} ms"
    yield "bearer route that writes the same row", f"{peer * 1000:.2f} ms"
    ratio = ours / peer
    yield "call to its peer", f"{ratio:.2f} times (limit {LIMIT})"
    queries = count_queries(key)
    yield "queries of a call", f"{queries} (limit {MOST_QUERIES})"
    assert find_linked(env) > CALLS, "The customers were not found."
    assert queries <= MOST_QUERIES, f"A call takes {queries} queries."
    assert ratio <= LIMIT, f"A call takes {ratio:.2f} times its peer."


def told(path, key, number):
    """The request of one call; each from another customer, in another spelling."""
    digits = phone(number * 997 % PARTNERS + 1)
    spelling = (digits, f"+86{digits}", f"0{digits}", f"0086 {digits}")[number % 4]
    body = {
        "call_id": f"{path[1:10]}-{number}",
        "event": "ringing",
        "direction": "in",
        "caller": spelling,
        "called": "4006001234",
        "extension": "8001",
    }
    return {
        "path": path,
        "method": "POST",
        "data": json.dumps(body),
        "headers": {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
        },
    }


def phone(number):
    return str(13_000_000_000 + number * 1_777)


def make_key(env):
    user = new_test_user(
        env, "bench-pbx", "aftersales_service.group_aftersales_interface"
    )
    expiry = fields.Datetime.now() + timedelta(days=1)
    return (
        env["res.users.apikeys"]
        .with_user(user)
        ._generate("rpc", "Telephone system", expiry)
    )


def make_partners(env, territory):
    """Customers whose numbers are written in four ways."""
    env.cr.execute(
        """
        INSERT INTO res_partner
               (name, complete_name, phone, active, type, autopost_bills,
                aftersales_role, territory_id, create_uid, create_date)
        SELECT 'Caller ' || number, 'Caller ' || number,
               CASE number %% 4
                    WHEN 0 THEN digits
                    WHEN 1 THEN '+86 ' || digits
                    WHEN 2 THEN substr(digits, 1, 3) || '-' || substr(digits, 4, 4)
                                || '-' || substr(digits, 8)
                    ELSE '0' || digits || ' 转 12'
                END,
               true, 'contact', 'ask', 'customer', %s, 1, now()
          FROM (SELECT number, (13000000000 + number * 1777)::text AS digits
                  FROM generate_series(1::bigint, %s) number) numbers
        """,
        [territory.id, PARTNERS],
    )
    env.cr.execute("ANALYZE res_partner")


def count_queries(key):
    """Queries of one event, in this thread, counted where every cursor passes."""
    counted, original = [], Cursor.execute
    here = threading.get_ident()

    def execute(self, query, params=None, log_exceptions=True):
        if threading.get_ident() == here:
            counted.append(query)
        return original(self, query, params, log_exceptions)

    Cursor.execute = execute
    try:
        routes.ask(told("/aftersales/telephony/event", key, SAME_NUMBER))
    finally:
        Cursor.execute = original
    return len(counted)


def find_linked(env):
    env.cr.rollback()
    env.cr.execute(
        "SELECT count(*) FROM aftersales_interaction"
        " WHERE call_id LIKE 'aftersale-%' AND partner_id IS NOT NULL"
    )
    return env.cr.fetchone()[0]
