"""The doors' pages, as a browser without scripts sees them."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backoffice.core.db import db
from backoffice.mailroom import queries as room
from backoffice.mailroom.doors import queries, working
from backoffice.mailroom.doors.values import Home
from backoffice.mailroom.models import ScanPage
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.mailroom.values import Excluded
from backoffice.staff.models import Account
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.core.scans.making import paper, scan_pdf
from tests.mailroom.doors.simulator import Machine, running


@pytest.fixture
def clerks(build: Builder, client: FlaskClient, clerk: Account) -> FlaskClient:
    return build.sign_in(client, clerk)


@pytest.fixture
def supervisors(build: Builder, client: FlaskClient) -> FlaskClient:
    return build.sign_in(client.application.test_client(), build.supervisor())


def added(supervisors: FlaskClient, address: str, name: str = "Salle 1") -> int:
    answer = supervisors.post("/mailroom/scanners", data={"name": name, "kind": "escl", "address": address})
    assert answer.status_code == 303, answer.text
    return queries.scanners()[0].id


def test_a_supervisor_adds_a_scanner_and_it_says_what_it_can_do(supervisors: FlaskClient, clerks: FlaskClient, build: Builder):
    with running(Machine()) as address:
        scanner = added(supervisors, address)
        assert "Essai 3000" in clerks.get("/mailroom/scanners").text
        assert supervisors.post("/mailroom/scanners", data={"name": "salle 1", "kind": "escl", "address": "http://x/eSCL"}).status_code == 422
        assert supervisors.post("/mailroom/scanners", data={"name": "Salle 2", "kind": "escl", "address": "http://x/?y"}).status_code == 422
        assert supervisors.post("/mailroom/scanners", data={"name": "", "kind": "escl", "address": ""}).status_code == 422
    assert clerks.post("/mailroom/scanners", data={}).status_code == 403
    assert clerks.post(f"/mailroom/scanners/{scanner}/check").status_code == 303
    assert queries.scanner(scanner).check_fault == "offline"
    assert queries.scanner(scanner).abilities["model"] == "Essai 3000"
    supervisors.post(f"/mailroom/scanners/{scanner}/retire")
    assert not queries.scanner(scanner).active
    administrator = build.sign_in(clerks.application.test_client(), build.account(Role.ADMIN))
    assert administrator.get("/mailroom/scanners").status_code == 200


def test_a_clerk_scans_from_the_envelope_and_sees_its_pages(supervisors: FlaskClient, clerks: FlaskClient, envelope: Home):
    with running(Machine(sheets=2)) as address:
        scanner = added(supervisors, address)
        assert "scan-form" in clerks.get(f"/mailroom/envelopes/{envelope.number}").text
        wanted = {"scanner": scanner, "source": "feeder", "resolution": "100", "colour": "grey", "sides": "whole"}
        asked = clerks.post(f"/mailroom/scanning?envelope={envelope.number}", data=wanted)
        job = asked.location
        busy = clerks.post(f"/mailroom/scanning?envelope={envelope.number}", data=wanted)
        assert busy.location.endswith(envelope.number)
        assert envelope.number in clerks.get("/mailroom/scanning").text
        working.run(int(job.rsplit("/", 1)[-1]), seconds=0)
        half = clerks.get(job, headers={"HX-Request": "true"}).text
        assert "every 1s" in half
        picture = clerks.get(f"{job}/pages/1")
        assert (picture.mimetype, picture.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        assert clerks.get(f"{job}/pages/9").status_code == 404
        working.run(int(job.rsplit("/", 1)[-1]), seconds=60)
    assert "every 1s" not in clerks.get(job).text
    assert clerks.post(f"{job}/apart").status_code == 303  # nothing waits: refused in words, nothing doubled
    assert len(room.envelope(envelope.number).scans) == 1
    form = clerks.get(f"/mailroom/envelopes/{envelope.number}").text
    assert '<option selected value="100">' in form  # the next pile is scanned as this one was


def test_settings_that_are_none_are_refused(supervisors: FlaskClient, clerks: FlaskClient, envelope: Home):
    with running(Machine()) as address:
        scanner = added(supervisors, address)
    wrong = {"scanner": scanner, "source": "duplex", "resolution": "4800", "colour": "grey", "sides": "whole"}
    assert clerks.post(f"/mailroom/scanning?envelope={envelope.number}", data=wrong).location.endswith(envelope.number)
    assert queries.jobs_of(envelope) == []
    assert clerks.post("/mailroom/scanning", data=wrong).status_code == 404


def both(clerks: FlaskClient, envelope: Home, tmp_path: Path, fronts: int, backs: int) -> list[int]:
    """Two files of one-sided passes, read."""
    for name, words in (("rectos", [f"Recto {n}" for n in range(1, fronts + 1)]), ("versos", [f"Verso {n}" for n in range(backs, 0, -1)])):
        path = scan_pdf(tmp_path / f"{name}.pdf", [paper(*[text] * 9) for text in words])
        clerks.post(f"/mailroom/files?envelope={envelope.number}", data={"files": (path.open("rb"), path.name)})
    pipeline.read_all()
    return [scan.id for scan in room.envelope(envelope.number).scans]


def pages(scan_id: int) -> list[ScanPage]:
    return sorted(db.session.query(ScanPage).filter(ScanPage.scan_id == scan_id), key=lambda page: page.number)


def test_two_uploaded_passes_are_put_together(clerks: FlaskClient, envelope: Home, tmp_path: Path):
    fronts, backs = both(clerks, envelope, tmp_path, 3, 3)
    before = {page.number: page.picture_sha256 for page in pages(fronts)}, {page.number: page.picture_sha256 for page in pages(backs)}
    assert "join-fronts" in clerks.get(f"/mailroom/envelopes/{envelope.number}").text
    assert clerks.post(f"/mailroom/envelopes/{envelope.number}/passes", data={"fronts": fronts, "backs": backs}).status_code == 303
    pipeline.read_all()
    whole = room.envelope(envelope.number).scans[-1]
    assert (whole.sides, len(room.envelope(envelope.number).scans)) == (2, 3)
    wanted = [before[0][1], before[1][3], before[0][2], before[1][2], before[0][3], before[1][1]]
    assert [page.picture_sha256 for page in pages(whole.id)] == wanted
    assert {page.excluded_reason for page in pages(fronts) + pages(backs)} == {Excluded.DUPLICATE.value}
    assert clerks.post(f"/mailroom/envelopes/{envelope.number}/passes", data={"fronts": fronts, "backs": backs}).status_code == 303
    assert len(room.envelope(envelope.number).scans) == 3


def test_passes_that_differ_stay_as_they_are(clerks: FlaskClient, envelope: Home, tmp_path: Path):
    fronts, backs = both(clerks, envelope, tmp_path, 3, 2)
    clerks.post(f"/mailroom/envelopes/{envelope.number}/passes", data={"fronts": fronts, "backs": backs})
    said = clerks.get(f"/mailroom/envelopes/{envelope.number}").text
    assert "3 rectos et 2 versos" in said
    assert [page.state.value for page in pages(fronts) + pages(backs)] == ["to_file"] * 5
    assert clerks.post(f"/mailroom/envelopes/{envelope.number}/passes", data={"fronts": fronts, "backs": fronts}).status_code == 303
    assert clerks.post(f"/mailroom/envelopes/{envelope.number}/passes", data={}).status_code == 303
