"""Every file of the sample set goes through a public door, and ends as its manifest honestly expects.

A telling part by default; all of it with `BACKOFFICE_SOAK=1`. `python -m tests.corpus.table` writes what became of each
file into `docs/scans.md`.
"""

import json
import os
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.cli import mailroom as console
from backoffice.core import files
from backoffice.core.scans import Refusal
from backoffice.mailroom import forms, queries, scanning
from backoffice.mailroom.models import Scan, ScanPage
from backoffice.mailroom.pipeline import jobs
from backoffice.mailroom.pipeline import queries as pipeline_queries
from backoffice.mailroom.pipeline.values import GIVEN_UP, MALWARE
from backoffice.mailroom.showing import scan_row
from backoffice.mailroom.states import ScanState
from tests.builders import Builder
from tests.core.scans.making import paper, scan_pdf
from tests.corpus.outcomes import BARCODES, ENVELOPES, HOSTILE, PICTURES, SCANS, Accepted, Turned
from tests.mailroom.pipeline.test_reading import register

SOAK = os.environ.get("BACKOFFICE_SOAK") == "1"
TABLE = os.environ.get("BACKOFFICE_TABLE")
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

EXPECTED: dict[str, Accepted | Turned] = {
    **{f"1-scans/{name}": outcome for name, outcome in SCANS.items()},
    **{f"1-scans/barcodes/{name}": outcome for name, outcome in BARCODES.items()},
    **{f"1-scans/barcodes/pictures/{name}": Accepted(1) for name in PICTURES},
    **{f"1-scans/envelopes/{name}": Accepted(pages) for name, pages in ENVELOPES.items()},
    **{f"2-hostile/{name}": outcome for name, outcome in HOSTILE.items()},
}
TELLING = (
    "1-scans/typewriter.png", "1-scans/cardinal.pdf", "1-scans/g4-multi.tiff", "1-scans/blank.pdf", "1-scans/with-form.pdf",
    "1-scans/simple.heic", "1-scans/poster.pdf", "1-scans/barcodes/patch-code-t-middle.pdf", "1-scans/barcodes/several-patcht-codes.pdf",
    "1-scans/barcodes/patch-code-t-qr.pdf", "1-scans/barcodes/split-by-asn-1.pdf", "1-scans/barcodes/patch-code-t-middle-unreadable.pdf",
    "1-scans/envelopes/missing_document__1111001.pdf", "2-hostile/bomb_giant.pdf", "2-hostile/encrypted.pdf", "2-hostile/html-disguised.pdf",
    "2-hostile/zero-bytes.pdf", "2-hostile/evaljs.pdf", "2-hostile/Pages-tree-refs.pdf", "2-hostile/empty#hash.pdf", "2-hostile/attachment.pdf",
    "2-hostile/issue-1503.pdf", "2-hostile/truncated_jpeg.jpg", "2-hostile/oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif",
)  # fmt: skip
BY_THE_CONSOLE = (
    "1-scans/barcodes/patch-code-t-middle.tiff", "2-hostile/password-is-test.pdf", "2-hostile/svg-disguised.pdf", "1-scans/multi-page-images.tiff",
    "2-hostile/corrupted.pdf", "2-hostile/append-xref-loop.pdf",
)  # fmt: skip
NAMES = tuple(EXPECTED) if SOAK or TABLE else TELLING
CONSOLE = tuple(EXPECTED) if SOAK and not TABLE else BY_THE_CONSOLE


@pytest.fixture
def room(build: Builder, client: FlaskClient) -> FlaskClient:
    return build.sign_in(client, build.clerk())


def test_each_part_named_here_is_in_the_set() -> None:
    assert set(TELLING) | set(BY_THE_CONSOLE) <= set(EXPECTED)


def _handfuls(names: tuple[str, ...], size: int = 8) -> list[tuple[str, ...]]:
    return [names[start : start + size] for start in range(0, len(names), size)]


@pytest.mark.parametrize("some", _handfuls(NAMES), ids=lambda some: Path(some[0]).name)
def test_files_sent_by_a_browser_end_as_expected_and_a_good_one_behind_them_comes_through(
    room: FlaskClient, build: Builder, samples: Path, tmp_path: Path, app: Flask, some: tuple[str, ...]
):
    """Bad beside good in one envelope; a good one is the last, so that everything before it was survived."""
    number = register(build.clerk())
    good = scan_pdf(tmp_path / "bonne.pdf", [paper("Une bonne page")])
    for path in (*(samples / name for name in some), good):
        sent = {"files": (BytesIO(path.read_bytes()), path.name)}
        assert room.post(f"/mailroom/envelopes/{number}/scans", data=sent).status_code == 303
    jobs.read_all()
    scans = queries.envelope(number).scans
    assert (scans[-1].filename, scans[-1].state) == ("bonne.pdf", ScanState.READ)
    by_digest = {scan.sha256: scan for scan in scans}
    wrong = []
    for name in some:
        scan = by_digest[files.keep((samples / name).read_bytes())]
        wrong += [f"{name}: {fault}" for fault in _faults(scan, EXPECTED[name], samples / name, app)]
        _note(name, scan, app)
    assert wrong == []
    assert room.get(f"/mailroom/envelopes/{number}").status_code == 200


def test_files_from_the_console_end_as_expected(build: Builder, samples: Path, app: Flask):
    wrong = []
    for name in CONSOLE:
        answer = console.import_one(samples / name, date(2016, 6, 13))[0]
        json.dumps(answer)
        scan = next(one for one in queries.envelope(str(answer["envelope"])).scans)
        wrong += [f"{name}: {fault}" for fault in _faults(scan, EXPECTED[name], samples / name, app)]
        if (answer["parked"], answer["pages"]) != (scan.refusal, len(pipeline_queries.pages_of(scan.id))):
            wrong.append(f"{name}: the console says {answer}")
    assert wrong == []


def test_the_test_string_of_antivirus_makers_is_refused_and_kept_away_and_the_others_come_through(room: FlaskClient, build: Builder, tmp_path: Path):
    number = register(build.clerk())
    good = scan_pdf(tmp_path / "bonne.pdf", [paper("Une bonne page")]).read_bytes()
    for content, name in ((EICAR.encode(), "eicar.pdf"), (good, "bonne.pdf")):
        assert room.post(f"/mailroom/envelopes/{number}/scans", data={"files": (BytesIO(content), name)}).status_code == 303
    jobs.read_all()
    bad, fine = queries.envelope(number).scans
    assert (bad.state, bad.refusal) == (ScanState.PARKED, "malware_pattern")
    assert files.read(bad.sha256) == EICAR.encode()
    assert [page.scan_id for page in queries.envelope(number).pages] == [fine.id]
    assert (fine.state, queries.envelope(number).parked_reason) == (ScanState.READ, "parked")
    saved = room.get(f"/mailroom/envelopes/{number}/scans/{bad.id}/original")
    assert saved.headers["Content-Disposition"].startswith("attachment")


def test_every_refusal_has_a_sentence_a_clerk_understands(app: Flask):
    with app.test_request_context():
        said = {code: str(forms.REFUSALS[code]) for code in (*(one.value for one in Refusal), GIVEN_UP, MALWARE)}
    assert all(sentence.endswith(".") and len(sentence) > 25 for sentence in said.values()), said
    assert len(set(said.values())) == len(said)


def _faults(scan: Scan, expected: Accepted | Turned, path: Path, app: Flask) -> Iterator[str]:
    """What differs from the manifest: the outcome, its sentence, the pages, and the bytes, which stay as they came."""
    pages = pipeline_queries.pages_of(scan.id)
    if files.read(scan.sha256) != path.read_bytes():
        yield "the original was altered"
    if scan.state is ScanState.PARKED:
        with app.test_request_context():
            if scan_row(scan)["refusal"] in {"", scan.refusal}:
                yield f"no sentence for {scan.refusal}"
        if pages:
            yield f"parked with {len(pages)} pages"
    yield from _turned(scan, pages, expected) if isinstance(expected, Turned) else _accepted(scan, pages, expected)


def _turned(scan: Scan, pages: list[ScanPage], expected: Turned) -> Iterator[str]:
    if scan.state is ScanState.PARKED and scan.refusal not in expected.reasons:
        yield f"refused as {scan.refusal}"
    if scan.state is not ScanState.PARKED and (scan.state is not ScanState.READ or len(pages) != expected.pages):
        yield f"{scan.state.value} with {len(pages)} pages"


def _accepted(scan: Scan, pages: list[ScanPage], expected: Accepted) -> Iterator[str]:
    if scan.state is not ScanState.READ or len(pages) != expected.pages:
        yield f"{scan.state.value} ({scan.refusal}) with {len(pages)} pages"
        return
    if missing := expected.warnings - set(scan.warnings):
        yield f"does not say {sorted(missing)}"
    blank = tuple(page.number for page in pages if page.excluded_reason == "blank")
    mended = not scanning.MENDED.isdisjoint(scan.warnings)  # then a white page may have lost what it showed: a person looks
    if expected.blank is not None and blank != (() if mended else expected.blank):
        yield f"blank: {blank}"
    for page in pages:
        if expected.codes.get(page.number, tuple(page.codes)) != tuple(page.codes):
            yield f"codes of page {page.number}: {page.codes}"
        if ("PATCHT" in page.codes) != (page.excluded_reason == "separator"):
            yield f"page {page.number} is {page.excluded_reason}"


def _note(name: str, scan: Scan, app: Flask) -> None:
    """One line of the table of outcomes."""
    if not TABLE:
        return
    pages = pipeline_queries.pages_of(scan.id)
    with app.test_request_context():
        row = scan_row(scan)
    line = {
        "name": name, "outcome": scan.state.value, "pages": len(pages), "left_out": [page.excluded_reason for page in pages if page.excluded_reason],
        "refusal": row["refusal"], "warnings": row["warnings"],
    }  # fmt: skip
    with Path(TABLE).open("a") as out:
        out.write(json.dumps(line, ensure_ascii=False) + "\n")
