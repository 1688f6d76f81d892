"""A real Odoo process for tests: runs a step whenever it is told to.

AFTERSALES_STEP holds Python text that defines ``step(env, **facts)``. Every line of
standard input is a JSON object of facts; the step runs in a transaction of its own, as
a request does (retried when the database asks for it), and its result is a JSON line
on standard output.
"""

import json
import os
import sys
import traceback

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tools import config


def answer(database: str, step, facts: dict) -> dict:
    """Run the step once; its result, or the trace of its error."""
    registry = Registry(database).check_signaling()
    try:
        with registry.cursor() as cr:
            env = Environment(cr, SUPERUSER_ID, {})
            return {"result": retrying(lambda: step(env, **facts), env)}
    except Exception:
        return {"error": traceback.format_exc()}


def main() -> None:
    config.parse_config(sys.argv[1:], setup_logging=True)
    [database] = config["db_name"]
    names: dict = {}
    exec(compile(os.environ["AFTERSALES_STEP"], "step", "exec"), names)
    Registry(database)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        result = answer(database, names["step"], json.loads(line))
        print(json.dumps(result), flush=True)


main()
