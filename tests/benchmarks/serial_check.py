"""A serial asked about by the public as JSON, among a million machines.

The peer is a public route that inserts and commits the same rows, the row of the log
and the place in the limiter, and answers as long a JSON. What ours does beside, the
ratio pays for: the machine, its warranty of today, the verdict, the limits.
"""

from datetime import timedelta

import _public_routes as routes

from odoo import fields, http
from odoo.http import request

UNITS = 1_000_000
QUESTIONS = 400
#: Median of ours over median of the peer.
LIMIT = 1.3
FACTS = {}


@http.route("/benchmark/serial", type="http", auth="public", methods=["GET"])
def insert_same_rows(self, serial=None, **_query):
    """Insert what ours inserts, through the same ORM, knowing it all beforehand."""
    request.env.cr.execute(
        "INSERT INTO aftersales_public_question"
        " (address_hash, window_start, number, serial_key) VALUES (%s, %s, %s, %s)",
        [serial, fields.Datetime.now(), 1, serial],
    )
    request.env["aftersales.serial.check"].sudo().create(
        {
            **FACTS,
            "typed_serial": serial,
            "serial_key": serial,
            "user_id": request.env.uid,
            "company_id": request.env.company.id,
        }
    )
    return request.make_json_response(
        {
            "serial": serial,
            "verdict": "genuine",
            "model": "Benchmark engine",
            "warranty_end": "2027-01-01",
            "in_warranty": True,
            "message": "Genuine: this machine was made by us.",
        }
    )


def run(env):
    routes.add_routes(insert_same_rows=insert_same_rows)
    routes.make_units(env, UNITS)
    unit = env["stock.lot"]._find_by_serial("BENCH-1")
    FACTS.update(
        {
            "verdict": "genuine",
            "is_suspect": False,
            "reasons": {},
            "channel": "public",
            "unit_id": unit.id,
            "product_id": unit.product_id.id,
            "sale_date": unit.sale_date,
            "warranty_end": fields.Date.today() + timedelta(days=300),
            "territory_id": unit.territory_id.id,
        }
    )
    env.cr.commit()
    ours, peer = routes.compare(
        lambda number: f"/verify.json?serial=BENCH-{number * 997 % UNITS + 1}",
        lambda number: f"/benchmark/serial?serial=PEER-{number}",
        QUESTIONS,
    )
    yield f"serial check among {UNITS:,} units, median", f"{ours * 1000:.2f} ms"
    yield "route that inserts and commits the same rows", f"{peer * 1000:.2f} ms"
    ratio = ours / peer
    yield "serial check to its peer", f"{ratio:.2f} times (limit {LIMIT})"
    assert ratio <= LIMIT, f"A check takes {ratio:.2f} times its peer."
