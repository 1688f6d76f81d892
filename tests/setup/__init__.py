"""Tests of the commands: their rules, and the sentences for what can be missing."""

import sys

from tests import ROOT

sys.path.insert(0, str(ROOT / "setup"))
