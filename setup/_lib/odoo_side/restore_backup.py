"""Makes a database from a backup and compares it with what the backup says."""

import hashlib
import json
import os
import sys
import zipfile
from pathlib import Path

from contents import count_rows, stored_files

from odoo.modules.neutralize import neutralize_database
from odoo.service.db import restore_db
from odoo.sql_db import db_connect
from odoo.tools import config


def main() -> None:
    config.parse_config(sys.argv[1:], setup_logging=True)
    # Odoo guards its database manager; this is nobody's browser.
    config["list_db"] = True
    [name] = config["db_name"]
    source = os.environ["AFTERSALES_BACKUP"]
    manifest = read_manifest(source)
    restore_db(name, source)
    with db_connect(name).cursor() as cr:
        compare(cr, manifest, Path(config.filestore(name)))
        if os.environ.get("AFTERSALES_TRIAL"):
            neutralize_database(cr)


def read_manifest(source) -> dict:
    """What the backup says of itself; ends with a sentence if it is damaged."""
    try:
        with zipfile.ZipFile(source) as backup:
            if damaged := backup.testzip():
                sys.exit(f"Error: {damaged} in the backup is damaged.")
            return json.loads(backup.read("manifest.json"))
    except (zipfile.BadZipFile, KeyError):
        sys.exit("Error: the file is no backup, or not a whole one.")


def compare(cr, manifest, filestore) -> None:
    """Every row counted, every file read; a backup of Odoo's own counts no rows."""
    restored = count_rows(cr)
    known = manifest.get("rows", restored)
    for table in sorted(known.keys() | restored.keys()):
        if known.get(table) != restored.get(table):
            counts = f"{restored.get(table)} rows instead of {known.get(table)}"
            sys.exit(f"Error: {table} has {counts}.")
    missing = set(manifest.get("missing", ()))
    for name in stored_files(cr):
        if name not in missing and not is_whole(filestore / name):
            sys.exit(f"Error: the file {name} is missing or damaged.")


def is_whole(path) -> bool:
    """Odoo names a file by the hash of its content."""
    return path.is_file() and hashlib.sha1(path.read_bytes()).hexdigest() == path.name


main()
