"""Odoo's server, but it imports the tests of our addons only.

Odoo's loader imports the tests of every installed module before it filters by tag:
seconds, and packages that only the tests of others need.
"""

import os
import sys

import odoo.cli.server
from odoo.tools import config


def main() -> None:
    config.parse_config(sys.argv[1:])
    # The tests of Odoo read the configuration while they are imported.
    from odoo.tests import loader

    ours = set(os.environ["AFTERSALES_ADDONS"].split(","))
    make_suite = loader.make_suite

    def make_our_suite(module_names, position="at_install"):
        return make_suite([name for name in module_names if name in ours], position)

    loader.make_suite = make_our_suite
    odoo.cli.server.main(sys.argv[1:])


main()
