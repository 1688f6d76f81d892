"""Tests that run outside Odoo's own loader; the addons below addons/ run inside it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
