"""What the demo company knows and tells: articles, news, and who keeps them."""

from pathlib import Path

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo.fields import Command

from odoo.addons.aftersales_service.demo.company import make_staff
from odoo.addons.aftersales_service.demo.loading import get_today, load, read_rows

from . import guide

MODULE = "aftersales_knowledge"
TEXTS = ("symptom", "cause", "remedy")
NEWS = (
    (
        "demo_bulletin_oil",
        "Below −10 °C use CF-4 5W-30. Tell your customers before the frost comes.",
        "零下 10 ℃ 以下请使用 CF-4 5W-30，请在降温前告知用户。",
    ),
    (
        "demo_bulletin_pump",
        "The new pump has a ceramic seal and fits all engines since 2019.",
        "新水泵采用陶瓷水封，适用于 2019 年以后的全部机型。",
    ),
)
CHAT = "发动机冒黑烟，没劲，能派人来吗？"
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
    # Titles are written again, whatever state the articles are in by now.
    loaded = env["aftersales.article"]._unguarded().env
    articles = load(
        loaded,
        "aftersales.article",
        {f"demo_article_{row['key']}": prepare_article(env, row) for row in rows},
        MODULE,
    )
    for row in rows:
        article = articles[f"demo_article_{row['key']}"]._guarded_again()
        if article.state == "draft" and not article.remedy:
            write_article(env, article, row)
    use_articles(env)
    # Whoever keeps the articles keeps the phrases, too.
    editors = env.ref("aftersales_knowledge.group_knowledge_editor")
    phrases = env["aftersales.intake.script"].search([]).phrase_ids
    phrases.write({"group_ids": [Command.link(editors.id)]})
    publish_news(env)
    open_chat(env)
    guide.play(env)


def open_chat(env):
    """A customer has written in the chat; ``/request`` makes a request of it."""
    agent = env.ref("aftersales_service.demo_user_agent")
    agent.group_ids = [Command.link(env.ref("im_livechat.im_livechat_group_user").id)]
    channels = env["discuss.channel"]
    if channels.search_count([("livechat_operator_id", "=", agent.partner_id.id)]):
        return
    customer = env.ref("aftersales_service.demo_customer_001")
    members = [(agent.partner_id, "agent"), (customer, "visitor")]
    chat = channels.with_user(agent).sudo()
    chat = chat.create(
        {
            "name": customer.name,
            "channel_type": "livechat",
            "livechat_operator_id": agent.partner_id.id,
            "channel_member_ids": [
                Command.create({"partner_id": who.id, "livechat_member_type": kind})
                for who, kind in members
            ],
        }
    )
    chat.message_post(body=CHAT, message_type="comment", author_id=customer.id)


def use_articles(env):
    """Stations said of every second repair which article had helped."""
    orders = env["aftersales.work.order"]
    for article in env["aftersales.article"].search([("state", "=", "published")]):
        components = article.fault_code_ids.filtered(lambda c: c.kind == "component")
        repairs = orders.search(
            [("state", "=", "done"), ("component_id", "in", components.ids)], order="id"
        )
        repairs[::2].article_ids = [Command.link(article.id)]


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


def publish_news(env):
    """News of this month, read by one station and not by the others; one planned."""
    editor, approver = (env.ref(f"{MODULE}.demo_user_{name}") for name in STAFF)
    this_month = get_today(env).replace(day=1)
    next_month = this_month + relativedelta(months=1)
    bulletins = load(
        env["aftersales.bulletin"]._unguarded().env,
        "aftersales.bulletin",
        {
            "demo_bulletin_oil": {
                "name": "Oil for the winter",
                "name_zh": "冬季用油提示",
                "kind": "service",
                "planned_month": this_month,
                "receivers": "all",
            },
            "demo_bulletin_pump": {
                "name": "New water pump for single-cylinder engines",
                "name_zh": "单缸机新型水泵",
                "kind": "product",
                "planned_month": next_month,
                "receivers": "station",
            },
        },
        MODULE,
    )
    for key, text, text_zh in NEWS:
        bulletin = bulletins[key]._guarded_again().with_user(editor)
        if bulletin.state == "draft" and not bulletin.body:
            bulletin.body = as_html(text)
            if "zh_CN" in dict(env["res.lang"].get_installed()):
                bulletin.update_field_translations("body", {"zh_CN": {text: text_zh}})
            bulletin.action_plan()
    oil = bulletins["demo_bulletin_oil"]._guarded_again()
    if oil.state == "planned":
        oil.with_user(approver).action_publish()
        user = env["res.users"].search([("login", "=", "station")])
        station = user.partner_id.commercial_partner_id
        rows = oil.reader_ids.filtered(lambda row: row.partner_id == station)
        rows.with_user(user).sudo()._note_read()


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
