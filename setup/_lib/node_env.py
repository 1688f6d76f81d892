"""prettier, eslint, Firefox's driver: pinned by a lock file with checksums, cached."""

import os
import shutil

from . import files, layout, processes
from .progress import Step

BIN = layout.NODE / "node_modules" / ".bin"


def prepare() -> None:
    """Bring the ignored folder to the state of the lock file."""
    lock = layout.SETUP / "package-lock.json"
    stamp = layout.NODE / ".complete"
    fingerprint = files.digest(lock)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    layout.NODE.mkdir(parents=True, exist_ok=True)
    for path in (lock, layout.SETUP / "package.json"):
        shutil.copy(path, layout.NODE)
    variables = {
        **os.environ,
        "npm_config_cache": str(layout.cache() / "npm"),
        "npm_config_prefer_offline": "true",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
        "npm_config_ignore_scripts": "true",
    }
    with Step("Installing JavaScript packages"):
        processes.run(
            ["npm", "ci"],
            layout.log_file("npm"),
            "npm could not install what package-lock.json names",
            cwd=layout.NODE,
            env=variables,
        )
    stamp.write_text(fingerprint)
