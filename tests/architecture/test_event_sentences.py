"""Every fact that can be recorded has its sentence, in both languages."""

from pathlib import Path

from flask import Flask

from backoffice.cli import facts as _facts  # noqa: F401 - the console has facts of its own
from backoffice.core import events

ROOT = Path(__file__).resolve().parents[2]


def test_every_fact_has_a_sentence(app: Flask) -> None:
    missing = [kind for kind in events.kinds() if not (ROOT / "templates" / events.sentence_of(kind)).is_file()]
    assert not missing


def test_no_sentence_is_of_a_fact_that_does_not_exist(app: Flask) -> None:
    known = {events.sentence_of(kind).removesuffix(".html") for kind in events.kinds()}
    found = {str(path.relative_to(ROOT / "templates").with_suffix("")) for path in (ROOT / "templates").glob("**/events/*.html")}
    assert found <= known
