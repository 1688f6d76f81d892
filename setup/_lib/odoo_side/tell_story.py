"""The last step of the demo company: the demo files and stories of our addons only.

``--with-demo`` would load the American demo data of every module. Of each of our
addons, in the order given, this loads the files its manifest names under ``demo`` and
then calls ``play(env)`` of its ``demo/story.py`` if there is one.
"""

import importlib
import importlib.util
import os
import sys

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules import Manifest
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.convert import convert_file


def load_files(env, name: str) -> None:
    for filename in Manifest.for_addon(name)["demo"]:
        convert_file(env, name, filename, {}, "init", noupdate=True)


def play(env, name: str) -> None:
    folder = f"odoo.addons.{name}.demo"
    if importlib.util.find_spec(folder) and importlib.util.find_spec(f"{folder}.story"):
        importlib.import_module(f"{folder}.story").play(env)


def main() -> None:
    config.parse_config(sys.argv[1:], setup_logging=True)
    [database] = config["db_name"]
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        for name in os.environ["AFTERSALES_TOLD"].split(","):
            load_files(env, name)
            play(env, name)
            env.flush_all()


main()
