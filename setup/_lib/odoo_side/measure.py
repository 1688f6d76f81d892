"""Runs one benchmark and prints what it measured."""

import os
import runpy
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config


def main() -> None:
    config.parse_config(sys.argv[1:], setup_logging=True)
    benchmark = runpy.run_path(os.environ["AFTERSALES_BENCHMARK"])
    with Registry(config["db_name"][0]).cursor() as cr:
        for what, measure in benchmark["run"](Environment(cr, SUPERUSER_ID, {})):
            print(f"{what}: {measure}", flush=True)


main()
