"""Runs one benchmark and prints what it measured."""

import os
import runpy
import sys
from pathlib import Path

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config


def main() -> None:
    config.parse_config(sys.argv[1:], setup_logging=True)
    path = Path(os.environ["AFTERSALES_BENCHMARK"])
    # Benchmarks share what begins with an underscore.
    sys.path.insert(0, str(path.parent))
    benchmark = runpy.run_path(str(path))
    with Registry(config["db_name"][0]).cursor() as cr:
        for what, measure in benchmark["run"](Environment(cr, SUPERUSER_ID, {})):
            print(f"{what}: {measure}", flush=True)


main()
