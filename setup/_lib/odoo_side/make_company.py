"""The first step of the demo company: Odoo's base, in English and Chinese, in China.

The country and the currency are set before accounting is installed: the chart of
accounts, its currency and its taxes follow them and do not change later.
"""

import sys

import odoo.service.db
from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tools import config

COMPANY = "恒远柴油机有限公司"
TIME_ZONE = "Asia/Shanghai"


def move_to_china(env) -> None:
    """Make the main company and its administrator Chinese."""
    currency = env.ref("base.CNY")
    currency.active = True
    company = env.ref("base.main_company")
    company.write(
        {
            "name": COMPANY,
            "country_id": env.ref("base.cn").id,
            "currency_id": currency.id,
        }
    )
    company.partner_id.write({"tz": TIME_ZONE, "lang": "zh_CN"})
    env.ref("base.user_admin").tz = TIME_ZONE


def main() -> None:
    config.parse_config(sys.argv[1:], setup_logging=True)
    [name] = config["db_name"]
    odoo.service.db._create_empty_database(name)
    registry = Registry.new(name, update_module=True, install_modules=["base"])
    with registry.cursor() as cr:
        move_to_china(Environment(cr, SUPERUSER_ID, {}))


main()
