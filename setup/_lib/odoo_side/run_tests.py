"""Odoo's server, but it prepares only what the tests of our addons need.

Odoo's loader imports the tests of every installed module before it filters by tag:
seconds, and packages that only the tests of others need. Before the first test that
asks a page it compiles the scripts and styles of every page there is: half a minute
that only a browser is worth, and a browser loads few of them.
"""

import os
import sys

import odoo.cli.server
from odoo.tools import config

#: What a tour's browser loads: the web client and the portal.
TOUR_BUNDLES = {
    "web.assets_web",
    "web.assets_web_print",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.assets_tests",
}


def main() -> None:
    config.parse_config(sys.argv[1:])
    # The tests of Odoo read the configuration while they are imported.
    from odoo.tests import loader

    import_our_tests_only(loader)
    compile_for_tours_only()
    odoo.cli.server.main(sys.argv[1:])


def import_our_tests_only(loader) -> None:
    ours = set(os.environ["AFTERSALES_ADDONS"].split(","))
    make_suite = loader.make_suite

    def make_our_suite(module_names, position="at_install"):
        return make_suite([name for name in module_names if name in ours], position)

    loader.make_suite = make_our_suite


def compile_for_tours_only() -> None:
    """Tests that open a browser say so by the tag ``tour``."""
    from odoo.tests.suite import OdooSuite

    from odoo.addons.base.models.ir_qweb import IrQweb

    def has_tour(suite):
        return any("tour" in getattr(test, "test_tags", ()) for test in suite)

    OdooSuite.has_http_case = has_tour
    IrQweb._get_bundles_to_pregenarate = lambda _self: (TOUR_BUNDLES, TOUR_BUNDLES)


main()
