"""What the maker sells, what breaks in it, and what it promises."""

from odoo.fields import Command

from ..tools import dictionary
from .loading import load, read_rows


def play(env):
    """Make products, fault dictionary, operations and warranty policies."""
    play_products(env)
    play_dictionary(env)
    play_small_engines(env)
    play_usual_parts(env)
    play_policies(env)


def play_products(env):
    categories = load(
        env,
        "product.category",
        {
            "demo_categ_engine": {"name": "柴油机"},
            "demo_categ_part": {"name": "柴油机配件"},
        },
    )
    engine = categories["demo_categ_engine"]
    categories |= load(
        env,
        "product.category",
        {
            "demo_categ_single": {"name": "单缸", "parent_id": engine.id},
            "demo_categ_multi": {"name": "多缸", "parent_id": engine.id},
        },
    )
    load(
        env,
        "product.product",
        {
            f"demo_engine_{row['code']}": {
                "default_code": row["code"],
                "name": row["name"],
                "name_zh": row["name_zh"],
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
                "list_price": float(row["price"]),
                "categ_id": categories[f"demo_categ_{row['category']}"].id,
            }
            for row in read_rows("engines")
        },
    )
    load(
        env,
        "product.product",
        {
            f"demo_part_{row['code']}": {
                "default_code": row["code"],
                "name": row["name"],
                "name_zh": row["name_zh"],
                "type": "consu",
                "is_storable": True,
                "list_price": float(row["price"]),
                "standard_price": float(row["cost"]),
                "categ_id": categories["demo_categ_part"].id,
            }
            for row in read_rows("parts")
        },
    )


def play_dictionary(env):
    codes = {}
    # Groups stand before what is in them, so each pass finds its parents.
    for row in read_rows("fault_codes"):
        key = f"demo_{row['kind']}_{row['code']}"
        parent = codes.get(f"demo_{row['kind']}_{row['parent']}")
        codes |= load(
            env,
            "aftersales.fault.code",
            {
                key: {
                    "kind": row["kind"],
                    "code": row["code"],
                    "name": row["name"],
                    "name_zh": row["name_zh"],
                    "parent_id": parent.id if parent else False,
                    "component_class": row["class"] or "other",
                    "is_misuse": bool(row["misuse"]),
                    "is_other": bool(row["other"]),
                }
            },
        )
    play_fits(codes)
    load(
        env,
        "aftersales.operation",
        {
            f"demo_operation_{row['code']}": {
                "code": row["code"],
                "name": row["name"],
                "name_zh": row["name_zh"],
                "standard_hours": float(row["hours"]),
                "component_id": codes[f"demo_component_{row['component']}"].id
                if row["component"]
                else False,
            }
            for row in read_rows("operations")
        },
    )


def play_small_engines(env):
    """The same work takes less on an engine with one cylinder."""
    single = env.ref("aftersales_service.demo_categ_single")
    load(
        env,
        "aftersales.operation",
        {
            f"demo_operation_{code}_single": {
                "code": code,
                "name": operation.name,
                "name_zh": operation.with_context(lang="zh_CN").name,
                "standard_hours": hours,
                "component_id": operation.component_id.id,
                "product_categ_id": single.id,
            }
            for code, hours in (("OP-12", 6.0), ("OP-31", 1.5), ("OP-15", 2.5))
            for operation in [env.ref(f"aftersales_service.demo_operation_{code}")]
        },
    )


def play_fits(codes):
    """Which codes go only with which of the step before."""
    for row in read_rows("fault_codes"):
        if row["fits"]:
            kind = dictionary.before(row["kind"])
            earlier = [codes[f"demo_{kind}_{code}"].id for code in row["fits"].split()]
            codes[f"demo_{row['kind']}_{row['code']}"].fits_ids = earlier


def play_usual_parts(env):
    """What a repair of each component usually takes; dispatch looks for it."""
    for row in read_rows("parts"):
        component = env.ref(f"aftersales_service.demo_component_{row['component']}")
        part = env.ref(f"aftersales_service.demo_part_{row['code']}")
        component.part_ids = [Command.link(part.id)]
    for row in read_rows("faults"):
        if row["part"]:
            symptom = env.ref(f"aftersales_service.demo_symptom_{row['symptom']}")
            part = env.ref(f"aftersales_service.demo_part_{row['part']}")
            symptom.part_ids = [Command.link(part.id)]


# The law on repair, exchange and return, as a maker of engines applies it.
LAW = {
    "extends_by_stops": True,
    "rolls_over_holidays": True,
    "return_days": 7,
    "exchange_days": 15,
    "repairs_before_exchange": 2,
    "repair_limit_days": 40,
    "repair_alarm_days": 10,
}


def play_policies(env):
    """Single-cylinder 9 months and main parts 18; others 12 and 24."""
    misuse = env["aftersales.fault.code"].search(
        [("kind", "=", "cause"), ("is_misuse", "=", True)]
    )
    for key, name, name_zh, whole, main, hours in (
        ("single", "Single-cylinder engines", "单缸柴油机三包", 9, 18, 1500),
        ("multi", "Multi-cylinder engines", "多缸柴油机三包", 12, 24, 3000),
    ):
        if env.ref(f"aftersales_service.demo_policy_{key}", False):
            continue
        lines = (
            ("Wearing parts: 3 months", "易损件三包三个月", "wearing", 3, 0),
            (
                f"Main parts: {main} months",
                f"主要部件三包 {main} 个月",
                "main",
                main,
                0,
            ),
            (
                f"Whole machine: {whole} months",
                f"整机三包 {whole} 个月",
                False,
                whole,
                hours,
            ),
        )
        policy = load(
            env,
            "aftersales.warranty.policy",
            {
                f"demo_policy_{key}": {
                    "name": name,
                    "name_zh": name_zh,
                    **LAW,
                    "product_categ_ids": [
                        Command.set(env.ref(f"aftersales_service.demo_categ_{key}").ids)
                    ],
                }
            },
        )[f"demo_policy_{key}"]
        load(
            env,
            "aftersales.warranty.policy.line",
            {
                f"demo_policy_{key}_line_{number}": {
                    "policy_id": policy.id,
                    "sequence": number,
                    "name": line_name,
                    "name_zh": line_name_zh,
                    "component_class": component_class,
                    "months": months,
                    "max_hours": reading,
                    "excluded_cause_ids": [Command.set(misuse.ids)],
                }
                for number, (
                    line_name,
                    line_name_zh,
                    component_class,
                    months,
                    reading,
                ) in enumerate(lines, start=1)
            },
        )
