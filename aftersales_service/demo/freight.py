"""A freight forwarder's classes and quotations: data alone, none of it in the code."""

from odoo.tools import convert_file

from .loading import MODULE

FILES = ("demo/freight.xml", "demo/aftersales.interaction.csv")
CHINESE = {
    "demo_class_shipper": "直客货主",
    "demo_class_forwarder": "货代同行",
    "demo_kind_freight": "运价报价",
}


def play(env):
    """Load the files as an import would; then the names in Chinese."""
    for name in FILES:
        convert_file(env, MODULE, name, {}, mode="init", noupdate=True)
    if "zh_CN" in dict(env["res.lang"].get_installed()):
        for key, name in CHINESE.items():
            env.ref(f"{MODULE}.{key}").with_context(lang="zh_CN").name = name
