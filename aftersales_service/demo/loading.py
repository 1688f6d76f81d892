"""How the demo company's records are made: by external id, in both languages."""

import csv
from pathlib import Path

from odoo import fields

MODULE = "aftersales_service"
FOLDER = Path(__file__).parent


def read_rows(name, folder=FOLDER):
    """Rows of a CSV file beside this one, as dicts of text."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(env, model, values, module=MODULE):
    """Create or update records by external id.

    :param values: external id without module → values; a key that ends in ``_zh``
        holds the Chinese text of the field before it
    :return: external id → record
    """
    chinese = {
        key: {name[:-3]: text for name, text in vals.items() if name.endswith("_zh")}
        for key, vals in values.items()
    }
    records = env[model]._load_records(
        [
            {
                "xml_id": f"{module}.{key}",
                "noupdate": True,
                "values": {n: v for n, v in vals.items() if not n.endswith("_zh")},
            }
            for key, vals in values.items()
        ]
    )
    by_key = dict(zip(values, records, strict=True))
    if "zh_CN" in dict(env["res.lang"].get_installed()):
        for key, record in by_key.items():
            if chinese[key]:
                record.with_context(lang="zh_CN").write(chinese[key])
    return by_key


def get_today(env):
    """The company's day: where it lives it may be tomorrow already."""
    company = env.company.with_context(tz=env.company.partner_id.tz)
    return fields.Datetime.context_timestamp(company, fields.Datetime.now()).date()


def get_city(env, state, name):
    """The city of this name in a province; made when the country's list lacks it."""
    City = env["res.city"]
    domain = [("name", "=", name), ("state_id", "=", state.id)]
    return City.search(domain, limit=1) or City.create(
        {"name": name, "state_id": state.id, "country_id": state.country_id.id}
    )
