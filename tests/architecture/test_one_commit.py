"""`session.commit()` is written once: one operation, one transaction."""

import ast
from pathlib import Path

from tests.conftest import ROOT


def calls(path: Path, name: str) -> list[int]:
    tree = ast.parse(path.read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name]
    return [node.lineno for node in found]


def test_the_session_commits_in_one_place_only():
    found = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "backoffice").rglob("*.py"))
        for line in calls(path, "commit")
        if "session" in path.read_text().splitlines()[line - 1]
    ]
    assert found == ["backoffice/core/db.py"]


def test_operations_do_not_open_transactions():
    """Views, jobs and commands do: operations compose inside."""
    for path in (ROOT / "backoffice").rglob("service.py"):
        assert "with transaction()" not in path.read_text(), path
