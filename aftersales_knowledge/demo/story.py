"""What the demo company knows: a few proven articles, and who keeps them."""

from pathlib import Path

from odoo.fields import Command

from odoo.addons.aftersales_service.demo.company import make_staff
from odoo.addons.aftersales_service.demo.loading import load, read_rows

MODULE = "aftersales_knowledge"
STAFF = {
    "editor": ("editor", "郑雅文", "editor", None),
    "approver": ("approver", "冯刚", "approver", None),
}


def play(env):
    """Make editors and published articles; one is still a draft."""
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    everywhere = {None: env.ref("aftersales_service.territory_headquarters")}
    group = "aftersales_knowledge.group_knowledge_%s"
    home = dict.fromkeys(("editor", "approver"), "aftersales_knowledge.article_action")
    make_staff(env, STAFF, everywhere, group, home, MODULE)
    rows = read_rows("articles", Path(__file__).parent)
    articles = load(
        env,
        "aftersales.article",
        {f"demo_article_{row['key']}": prepare_article(env, row) for row in rows},
        MODULE,
    )
    published = [a for key, a in articles.items() if not key.endswith("runaway")]
    for article in published:
        if article.state == "draft":
            article._update_state("published")


def prepare_article(env, row):
    codes = [
        env.ref(f"aftersales_service.demo_{kind}_{row[kind]}").id
        for kind in ("symptom", "component")
        if row[kind]
    ]
    return {
        "name": row["title"],
        "name_zh": row["title_zh"],
        "remedy": f"<p>{row['remedy']}</p>",
        "remedy_zh": f"<p>{row['remedy_zh']}</p>",
        "audience": row["audience"],
        "fault_code_ids": [Command.set(codes)],
        "product_categ_ids": [
            Command.set(env.ref("aftersales_service.demo_categ_engine").ids)
        ],
    }
