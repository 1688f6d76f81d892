"""Tests that run outside Odoo's own loader; the addons below addons/ run inside it."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: What the commands share, for all tests.
sys.path.insert(0, str(ROOT / "setup"))
