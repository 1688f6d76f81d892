"""The demo company's year, told at the moment AFTERSALES_MOMENT names.

The clock of the process and of its transactions stands still, so that two plays can
be compared to the second. All else is setup/demo's own program.
"""

import os
import runpy
from datetime import datetime
from pathlib import Path

import freezegun

MOMENT = os.environ["AFTERSALES_MOMENT"]
STORY = Path(__file__).resolve().parents[2] / "setup/_lib/odoo_side/tell_story.py"


def main() -> None:
    """Stop the clock, then tell the story."""
    freezegun.freeze_time(MOMENT).start()
    from odoo.sql_db import BaseCursor

    BaseCursor.now = lambda _cursor: datetime.fromisoformat(MOMENT)
    runpy.run_path(str(STORY), run_name="__main__")


main()
