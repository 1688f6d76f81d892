"""Where things lie: the clone, its ignored folder, the cache outside it."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETUP = ROOT / "setup"
LOCAL = ROOT / ".setup"
VENV = LOCAL / "venv"
ODOO_PREFIX = LOCAL / "odoo"
NODE = LOCAL / "node"
#: Odoo's data folder with the filestores.
DATA = Path(os.environ.get("ODOO_DATA_DIR") or LOCAL / "data")
LOGS = LOCAL / "logs"
TEST_ADDONS = ROOT / "tests" / "addons"

#: Our addons in the order of their dependencies.
ADDONS = ("aftersales_service", "aftersales_settlement", "aftersales_knowledge")
#: The first goes into every test database, the second needs all of ours.
TEST_ADDON_NAMES = ("test_browser_assets", "test_aftersales")


def cache() -> Path:
    """The folder that all clones of one user share: verified downloads only."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "aftersales"


def clone_key() -> str:
    """Eight letters that tell this clone from every other on the machine."""
    return hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]


def addon_path(name: str) -> Path:
    return (TEST_ADDONS if name in TEST_ADDON_NAMES else ROOT) / name


def log_file(name: str) -> Path:
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS / f"{name}.log"
