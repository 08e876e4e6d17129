"""Packages depend downwards, as the contracts of import-linter say."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT


def test_the_layers_hold():
    checked = subprocess.run([Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
