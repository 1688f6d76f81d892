"""What the demo company knows: a few proven articles, and who keeps them."""

from pathlib import Path

from markupsafe import Markup

from odoo.fields import Command

from odoo.addons.aftersales_service.demo.company import make_staff
from odoo.addons.aftersales_service.demo.loading import load, read_rows

MODULE = "aftersales_knowledge"
TEXTS = ("symptom", "cause", "remedy")
STAFF = {
    "editor": ("editor", "郑雅文", "editor", None),
    "approver": ("approver", "冯刚", "approver", None),
}


def play(env):
    """Make editors and published articles; versions of one, one in review."""
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
    for row in rows:
        article = articles[f"demo_article_{row['key']}"]
        if article.state == "draft" and not article.remedy:
            write_article(env, article, row)


def write_article(env, article, row):
    """What editors and approvers did: a first text, a better one, the approval."""
    editor, approver = (env.ref(f"{MODULE}.demo_user_{name}") for name in STAFF)
    article = article.with_user(editor)
    if row["first_remedy"]:
        article.remedy = as_html(row["first_remedy"])
    article.write({name: as_html(row[name]) for name in TEXTS})
    if "zh_CN" in dict(env["res.lang"].get_installed()):
        for name in filter(row.get, TEXTS):
            article.update_field_translations(
                name, {"zh_CN": {row[name]: row[f"{name}_zh"]}}
            )
    if row["state"] != "draft":
        article.action_submit()
    if row["state"] == "published":
        article.with_user(approver).action_publish()


def prepare_article(env, row):
    codes = [
        env.ref(f"aftersales_service.demo_{kind}_{row[f'{kind}_code']}").id
        for kind in ("symptom", "component")
        if row[f"{kind}_code"]
    ]
    return {
        "name": row["title"],
        "name_zh": row["title_zh"],
        "audience": row["audience"],
        "owner_id": env.ref(f"{MODULE}.demo_user_editor").id,
        "fault_code_ids": [Command.set(codes)],
        "product_categ_ids": [
            Command.set(env.ref("aftersales_service.demo_categ_engine").ids)
        ],
    }


def as_html(text):
    """A text as one paragraph."""
    return Markup("<p>%s</p>") % text if text else False
