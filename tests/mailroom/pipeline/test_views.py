"""The pages of the reading of files, as a browser without scripts sees them."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backoffice.cli import doctor
from backoffice.core import clock, ocr
from backoffice.core.db import transaction
from backoffice.mailroom.pipeline import jobs, queries
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.states import ScanState
from backoffice.mailroom.values import Door
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.core.scans.making import paper, scan_pdf
from tests.mailroom.pipeline.test_reading import open_batch, register, take


@pytest.fixture
def room(build: Builder, client: FlaskClient) -> FlaskClient:
    return build.sign_in(client, build.clerk())


def test_the_page_says_what_waits_what_is_parked_and_that_nothing_scans_for_malware(room: FlaskClient, build: Builder, tmp_path: Path):
    clerk = build.clerk()
    number = register(clerk)
    assert "Aucun fichier" in room.get("/mailroom/scans").text
    take(clerk, scan_pdf(tmp_path / "attend.pdf", [paper("Une page")]), envelope=number)
    (tmp_path / "vide.pdf").write_bytes(b"")
    jobs.read_now(take(clerk, tmp_path / "vide.pdf", envelope=number))
    shown = room.get("/mailroom/scans").text
    assert "attend.pdf" in shown
    assert "vide.pdf" in shown
    assert number in shown
    assert "CLAMD" not in shown
    assert "antivirus" in shown.lower()
    assert 'hx-trigger="every 2s"' in shown
    fragment = room.get("/mailroom/scans/progress").text
    assert fragment.lstrip().startswith('<div id="files"')
    assert "<html" not in fragment


def test_an_envelope_shows_how_far_its_files_are_and_gives_their_archive_copy(room: FlaskClient, build: Builder, tmp_path: Path):
    clerk = build.clerk()
    number = register(clerk)
    scan_id = take(clerk, scan_pdf(tmp_path / "lot.pdf", [paper("Une page"), paper()]), envelope=number)
    part = f"/mailroom/envelopes/{number}/reading"
    assert 'hx-trigger="every 2s"' in room.get(part).text
    jobs.read_now(scan_id)
    assert "pages lues : 2 sur 2" in room.get(part).text.replace("\xa0", " ")
    early = room.get(f"/mailroom/scans/{scan_id}/archive")
    assert early.status_code == 303
    jobs.work_all()
    whole = room.get(part).text
    assert "hx-trigger" not in whole
    assert f"/mailroom/scans/{scan_id}/archive" in whole
    assert whole in room.get(f"/mailroom/envelopes/{number}").text
    copy = room.get(f"/mailroom/scans/{scan_id}/archive")
    assert copy.data.startswith(b"%PDF")
    assert copy.headers["Content-Disposition"].startswith("attachment")
    assert room.get(f"/mailroom/scans/{scan_id}/original").data == (tmp_path / "lot.pdf").read_bytes()


def test_a_parked_file_of_a_batch_is_read_again_or_set_aside(room: FlaskClient, build: Builder, tmp_path: Path):
    clerk = build.clerk()
    (tmp_path / "vide.pdf").write_bytes(b"")
    scan_id = take(clerk, tmp_path / "vide.pdf", batch=open_batch(clerk))
    jobs.read_now(scan_id)
    shown = room.get("/mailroom/scans").text
    assert f"/mailroom/scans/{scan_id}/retry" in shown
    assert room.post(f"/mailroom/scans/{scan_id}/aside", data={"reason": ""}).status_code == 303
    assert queries.scan(scan_id).state is ScanState.PARKED
    assert room.post(f"/mailroom/scans/{scan_id}/retry").status_code == 303
    assert queries.scan(scan_id).state is ScanState.WAITING
    jobs.read_now(scan_id)
    assert room.post(f"/mailroom/scans/{scan_id}/aside", data={"reason": "Numérisé de nouveau"}).status_code == 303
    assert queries.scan(scan_id).state is ScanState.SET_ASIDE


def test_others_do_not_see_it(client: FlaskClient, build: Builder):
    build.sign_in(client, build.account(Role.ADMIN))
    assert client.get("/mailroom/scans").status_code == 403


def findings() -> dict[str, doctor.Finding]:
    return {one.what.split(":")[0]: one for one in doctor.examine(invariants=False)}


def test_the_doctor_tells_of_the_antivirus_of_languages_and_of_files_that_nobody_takes(
    build: Builder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    found = findings()
    assert (found["antivirus configured"].faulty, found["antivirus configured"].well) == (False, False)
    assert found["languages of text recognition"].well
    assert found["scanned files are taken in time"].well
    monkeypatch.setenv("CLAMD_ADDRESS", str(tmp_path / "nobody.sock"))
    monkeypatch.setattr(ocr, "languages", lambda: ("eng",))
    clerk = build.clerk()
    number = register(clerk)
    with transaction():
        data = scan_pdf(tmp_path / "lot.pdf", [paper("Une page")])
        pipeline.receive(data, "lot.pdf", Door.UPLOAD, envelope=number, by=clerk.actor, at=clock.now() - queries.STUCK_AFTER * 2)
    found = findings()
    assert found["antivirus answers"].faulty
    assert found["languages of text recognition"].faulty
    assert "not begun" in found["scanned files are taken in time"].mend
