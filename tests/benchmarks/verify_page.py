"""The public page of a machine against an empty page of the same layout.

With and without Odoo's website module, whose layout is another one.
"""

import _public_routes as routes

from odoo import http
from odoo.api import SUPERUSER_ID, Environment
from odoo.http import request
from odoo.modules.registry import Registry

UNITS = 1_000_000
QUESTIONS = 200
#: Median of ours over median of the peer.
LIMIT = 1.3
EMPTY = """
<t t-name="aftersales_service.benchmark_empty">
    <t t-call="portal.frontend_layout">
        <t t-set="no_footer" t-value="True"/>
        <div id="wrap"/>
    </t>
</t>
"""


@http.route(
    "/benchmark/empty",
    type="http",
    auth="public",
    methods=["GET"],
    website=True,
    multilang=False,
    sitemap=False,
)
def show_empty_page(self):
    return request.render("aftersales_service.benchmark_empty", {})


def run(env):
    routes.add_routes(show_empty_page=show_empty_page)
    name = "aftersales_service.benchmark_empty"
    env["ir.ui.view"].create({"type": "qweb", "key": name, "name": name, "arch": EMPTY})
    routes.make_units(env, UNITS)
    database, past = env.cr.dbname, []
    yield from measure("without website", past)
    install_website(env)
    with Registry(database).cursor() as cr:
        installed = Environment(cr, SUPERUSER_ID, {})["ir.module.module"]
        assert installed._get("website").state == "installed"
    yield from measure("with website", past)
    assert not past, f"Past the limit of {LIMIT}: {', '.join(past)}"


def measure(title, past):
    ours, peer = routes.compare(
        lambda number: f"/verify/BENCH-{number * 997 % UNITS + 1}",
        lambda number: "/benchmark/empty",
        QUESTIONS,
    )
    yield f"page of a machine {title}, median", f"{ours * 1000:.2f} ms"
    yield f"empty page {title}", f"{peer * 1000:.2f} ms"
    ratio = ours / peer
    yield f"page to empty page {title}", f"{ratio:.2f} times (limit {LIMIT})"
    if ratio > LIMIT:
        past.append(f"{ratio:.2f} {title}")


def install_website(env):
    env.cr.rollback()
    env["ir.module.module"].search(
        [("name", "=", "website")]
    ).button_immediate_install()
