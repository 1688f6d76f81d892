"""Writes a backup that Odoo's own database manager restores, too.

The dump and the list of files come from one snapshot, so people may work on. Odoo's own
dump copies the filestore first: what is attached meanwhile would be lost.
"""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from contents import count_rows, stored_files

from odoo.service.db import dump_db_manifest
from odoo.sql_db import db_connect
from odoo.tools import config


def main() -> None:
    config.parse_config(sys.argv[1:], setup_logging=True)
    [name] = config["db_name"]
    target = Path(os.environ["AFTERSALES_BACKUP"])
    part = target.with_name(f"{target.name}.part")
    try:
        # Everybody's data and the hashes of passwords: nobody else reads it.
        part.unlink(missing_ok=True)
        part.touch(0o600)
        with TemporaryDirectory(dir=target.parent) as folder:
            dump = Path(folder, "dump.sql")
            manifest, names = take_snapshot(name, dump)
            write(part, dump, manifest, names, Path(config.filestore(name)))
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def take_snapshot(name, dump) -> tuple[dict, list[str]]:
    """Dump the database; what Odoo and we have to know of it, and its files."""
    with db_connect(name).cursor() as cr:
        cr.execute("SELECT pg_export_snapshot()")
        [(snapshot,)] = cr.fetchall()
        words = ["pg_dump", "--no-owner", f"--snapshot={snapshot}", f"--file={dump}"]
        subprocess.run([*words, name], check=True)
        return {**dump_db_manifest(cr), "rows": count_rows(cr)}, stored_files(cr)


def write(part, dump, manifest, names, filestore) -> None:
    """The file: dump first, as Odoo has it, then the files attachments refer to."""
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as backup:
        backup.write(dump, "dump.sql")
        missing = []
        for name in names:
            try:
                backup.write(filestore / name, f"filestore/{name}")
            except FileNotFoundError:
                missing.append(name)
        backup.writestr("manifest.json", json.dumps({**manifest, "missing": missing}))


main()
