"""The examples of docs/backlog.md are true: they are read, checked, and say the same."""

import re
from pathlib import Path

from backoffice.intake.backlog import checking, columns, reading
from tests.conftest import ROOT

DOC = (ROOT / "docs" / "backlog.md").read_text()


def example(kind: str, folder: Path) -> list[checking.Checked]:
    path = folder / f"example.{kind}"
    path.write_text(re.search(rf"```{kind}\n(.*?)```", DOC, re.DOTALL)[1])
    return [checking.check(raw, "2016-06-13") for raw in reading.lines(path, kind)]


def test_both_examples_are_good_and_the_same(tmp_path: Path):
    (as_csv,), (as_json,) = example("csv", tmp_path), example("json", tmp_path)
    assert as_csv.faults == as_json.faults == []
    assert as_csv.sha256 == as_json.sha256


def test_every_column_is_documented():
    assert [name for name in columns.PLAIN if f"`{name}`" not in DOC] == []
    assert [name for name in columns.REQUIRED if f"**`{name}`**" not in DOC] == []
