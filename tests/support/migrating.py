"""Builds the template database by the migrations, in a process of its own, as the owner."""

import os
import subprocess
import sys
from pathlib import Path

from backoffice.supervisor.postgres import Cluster

ROOT = Path(__file__).resolve().parents[2]


def build_template(cluster: Cluster, environment: dict[str, str]) -> None:
    """Create the template and bring it to the present version."""
    cluster.create("template_tests")
    migrated = subprocess.run(
        [sys.executable, "-m", "backoffice.cli", "db", "upgrade"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if migrated.returncode:
        raise RuntimeError(migrated.stderr)
