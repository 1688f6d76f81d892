"""What benchmarks of public pages share: ours and a peer, asked in turns over WSGI."""

import itertools
import statistics
import time

from werkzeug.test import Client

from odoo import http

#: Never refused: the limit is measured, not met.
OPEN_LIMITS = {
    "verify_limit_address": 1_000_000,
    "verify_limit_total": 1_000_000,
    "verify_serial_free": 1_000_000,
}
PEER_MODULE = "odoo.addons.aftersales_service.benchmark_peer"

_addresses = (f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}" for n in itertools.count())


def make_units(env, count):
    """So many sold machines of one model under one policy; their serials BENCH-<n>."""
    product = env["product.product"].create(
        {"name": "Benchmark engine", "is_storable": True, "tracking": "serial"}
    )
    env["aftersales.warranty.policy"].create(
        {
            "name": "Benchmark",
            "extends_by_stops": True,
            "rolls_over_holidays": True,
            "line_ids": [(0, 0, {"name": "Engine", "months": 12})],
        }
    )
    env["res.company"].search([]).write(OPEN_LIMITS)
    territory = env.ref("aftersales_service.territory_headquarters")
    owner = env["res.partner"].create({"name": "Benchmark owner"})
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO stock_lot (name, serial_key, product_id, territory_id, owner_id,
                               sale_date, create_uid, create_date)
        SELECT 'BENCH-' || number, 'BENCH' || number, %s, %s, %s, current_date - 30,
               1, now()
          FROM generate_series(1, %s) number
        """,
        [product.id, territory.id, owner.id, count],
    )
    env.cr.execute("ANALYZE stock_lot")
    # Requests have cursors of their own.
    env.cr.commit()


def add_routes(**endpoints):
    """Make routes of the peer part of the addon, before the first request."""
    type("Peer", (http.Controller,), {"__module__": PEER_MODULE, **endpoints})


def compare(ours, peer, count):
    """Median seconds of two questions, asked in turns; each a function of a number.

    A question is a path, or what ``werkzeug.test.Client.open`` takes.
    """
    client = Client(http.root)
    times = {ours: [], peer: []}
    for number in range(count + 20):
        for form in (ours, peer) if number % 2 else (peer, ours):
            seconds = _ask(client, form(number))
            # The first ones fill caches.
            if number >= 20:
                times[form].append(seconds)
    return statistics.median(times[ours]), statistics.median(times[peer])


def ask(question):
    """Ask once, without counting the time."""
    _ask(Client(http.root), question)


def _ask(client, question):
    options = {"path": question} if isinstance(question, str) else question
    path = options["path"]
    started = time.perf_counter()
    response = client.open(
        environ_overrides={"REMOTE_ADDR": next(_addresses), "HTTP_HOST": "localhost"},
        **options,
    )
    body = response.get_data()
    seconds = time.perf_counter() - started
    assert response.status_code == 200, f"{path}: {response.status_code} {body[:300]}"
    return seconds
