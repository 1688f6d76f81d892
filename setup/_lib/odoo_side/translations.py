"""The terms of our addons against their Chinese translations.

Prints one line for each term that lacks its translation. With ``--refresh`` in
AFTERSALES_TRANSLATIONS it writes the template and adds new terms to zh_CN.po instead.
"""

import io
import logging
import os
import sys
from pathlib import Path

import polib

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules import Manifest
from odoo.modules.registry import Registry
from odoo.tools import config
from odoo.tools.translate import trans_export

_logger = logging.getLogger(__name__)
LANGUAGE = "zh_CN"


def template(env, name: str) -> str:
    """The .pot of an addon, as Odoo exports it."""
    buffer = io.BytesIO()
    trans_export(None, [name], buffer, "po", env)
    return buffer.getvalue().decode()


def untranslated(pot: polib.POFile, po: polib.POFile) -> list[str]:
    """Terms of the template that have no sound translation."""
    done = {
        (entry.msgctxt, entry.msgid)
        for entry in po
        if entry.msgstr and not entry.fuzzy and not entry.obsolete
    }
    return [entry.msgid for entry in pot if (entry.msgctxt, entry.msgid) not in done]


def refresh(folder: Path, name: str, pot_text: str) -> None:
    """Write the template and bring zh_CN.po to its terms, new ones empty."""
    folder.mkdir(exist_ok=True)
    pot = polib.pofile(pot_text)
    for key in ("POT-Creation-Date", "PO-Revision-Date"):
        pot.metadata.pop(key, None)
    pot.save(folder / f"{name}.pot")
    path = folder / f"{LANGUAGE}.po"
    po = polib.pofile(str(path)) if path.exists() else polib.POFile()
    po.metadata = {**pot.metadata, **po.metadata, "Language": LANGUAGE}
    po.header = po.header or pot.header
    po.merge(pot)
    po[:] = [entry for entry in po if not entry.obsolete]
    po.save(path)


def main() -> int:
    config.parse_config(sys.argv[1:], setup_logging=True)
    missing = 0
    with Registry(config["db_name"][0]).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        for name in os.environ["AFTERSALES_TRANSLATED"].split(","):
            folder = Path(Manifest.for_addon(name).path) / "i18n"
            pot_text = template(env, name)
            if os.environ.get("AFTERSALES_REFRESH"):
                refresh(folder, name, pot_text)
            path = folder / f"{LANGUAGE}.po"
            po = polib.pofile(str(path)) if path.exists() else polib.POFile()
            for term in untranslated(polib.pofile(pot_text), po):
                missing += 1
                print(f"{name}: no Chinese for {term!r}", file=sys.stderr)
    return 1 if missing else 0


sys.exit(main())
