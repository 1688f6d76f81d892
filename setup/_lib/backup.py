"""Backups: one file with a database and its filestore, and back again."""

import json
import re
import zipfile
from pathlib import Path

from . import files, layout, odoo_run
from .database import Databases, filestore
from .problem import Problem
from .progress import Step

#: As Odoo's database manager wants a name: it is a folder's, too.
NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
#: PostgreSQL cuts what is longer, and would find another database by it.
LONGEST_NAME = 63


def save(databases: Databases, name: str, target: Path) -> list[str]:
    """Write a backup while everybody works on; the file appears when it is whole.

    :param name: of the database, without the server's prefix
    :return: files that attachments name and the filestore does not have
    :raise Problem: there is no such database, or the file is there already
    """
    if name not in databases.names():
        raise Problem(f"There is no database {name} on this server.")
    if target.exists():
        raise Problem(f"{target} is there already: name another file.")
    if not target.absolute().parent.is_dir():
        raise Problem(f"{target.absolute().parent} is no folder.")
    files.need_space(target.absolute().parent, 1)
    _run(f"Saving {name}", "save_backup", databases, name, target)
    with zipfile.ZipFile(target) as backup:
        return json.loads(backup.read("manifest.json"))["missing"]


def restore(
    databases: Databases, source: Path, name: str, is_trial: bool = False
) -> None:
    """Make a database from a backup and compare it with what was saved.

    :param name: of the new database
    :param is_trial: it shall disturb nobody: no mail, no scheduled action
    :raise Problem: the name is taken or none, or the file is no whole backup; then
        there is no such database
    """
    full_name = databases.full_name(name)
    if not NAME.fullmatch(name) or len(full_name) > LONGEST_NAME:
        raise Problem(
            f"{name} is no name of a database: take letters, digits, _, . and -, at"
            f" most {LONGEST_NAME - len(databases.full_name(''))} of them."
        )
    if name in databases.names():
        raise Problem(f"{name} is there already: name another database.")
    # What fails is dropped again, with the files of that name.
    if filestore(full_name).exists():
        raise Problem(f"{filestore(full_name)} is there already: name another one.")
    if not source.is_file():
        raise Problem(f"There is no file {source}.")
    files.need_space(layout.LOCAL, 1)
    trial = {"AFTERSALES_TRIAL": "yes"} if is_trial else {}
    try:
        _run(f"Restoring {name}", "restore_backup", databases, name, source, trial)
    except BaseException:
        databases.drop(name)
        raise


def _run(step, program, databases, name, path, variables=()) -> None:
    log = odoo_run.Log(layout.log_file(f"{program}_{name}"))
    words = odoo_run.command(
        (odoo_run.SIDE / f"{program}.py",), databases.full_name(name)
    )
    facts = {"AFTERSALES_BACKUP": str(path.absolute()), **dict(variables)}
    with Step(step):
        if odoo_run.run(words, log, databases, variables=facts):
            raise Problem(f"{step} failed: {odoo_run.failure(log.path)} ({log.path})")
