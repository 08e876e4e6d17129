"""`python -m tests.corpus.table`: sends every file of the sample set through the upload door, and writes what became of each into `docs/scans.md`."""

import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "scans.md"
BEGIN, END = "<!-- outcomes: begin -->", "<!-- outcomes: end -->"
TEST = "tests/mailroom/pipeline/test_corpus_by_the_doors.py"
OUTCOMES = {"read": "accepted", "parked": "parked"}


def main() -> int:
    """Run the corpus by the doors, then render its notes."""
    with tempfile.TemporaryDirectory() as folder:
        notes = Path(folder) / "outcomes.jsonl"
        notes.touch()
        ran = subprocess.run(
            [sys.executable, "-m", "pytest", TEST, "-q", "-k", "browser", "-p", "no:cacheprovider", "--timeout=900"],
            cwd=ROOT, env={**os.environ, "BACKOFFICE_TABLE": str(notes)}, check=False,
        )  # fmt: skip
        lines = [json.loads(line) for line in notes.read_text().splitlines()]
    if not lines:
        return 1
    before, _, rest = PAGE.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{render(lines)}\n{END}{after}")
    return ran.returncode


def render(lines: list[dict[str, object]]) -> str:
    """The table, and its sums."""
    parked = sum(line["outcome"] == "parked" for line in lines)
    said = f"{len(lines)} files: {len(lines) - parked} accepted, {parked} parked ({datetime.now(UTC).date()})."
    rows = ["| File | Outcome | Pages | Left out | What the clerk reads |", "| --- | --- | --- | --- | --- |", *map(_row, lines)]
    return "\n".join((said, "", *rows))


def _row(line: dict[str, object]) -> str:
    left_out, warnings = line["left_out"], line["warnings"]
    assert isinstance(left_out, list)
    assert isinstance(warnings, list)
    words = " ".join(str(one) for one in ([line["refusal"]] if line["refusal"] else warnings))
    cells = (f"`{line['name']}`", OUTCOMES.get(str(line["outcome"]), str(line["outcome"])), str(line["pages"]), ", ".join(left_out), words)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    sys.exit(main())
