"""Network scanners, against a machine of ours that misbehaves as machines do."""

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from backoffice.core import clock, files
from backoffice.core.db import transaction
from backoffice.mailroom import queries as room
from backoffice.mailroom.doors import escl, queries, service, working
from backoffice.mailroom.doors.errors import NotAnAddress, ScannerCannot, ScannerInUse
from backoffice.mailroom.doors.models import ScanJob
from backoffice.mailroom.doors.speaking import ScannerFault
from backoffice.mailroom.doors.states import JobState
from backoffice.mailroom.doors.values import Abilities, Colour, Fault, Home, Pass, ScannerKind, Source, Wanted
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.staff.models import Account
from tests.mailroom.doors.conftest import add
from tests.mailroom.doors.simulator import Machine, picture, running

Ask = Callable[[Home, int, Wanted], ScanJob]
LOW = Wanted(resolution=100)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(escl, "PAUSE_SECONDS", 0.02)


def test_a_scanner_says_what_it_can_do():
    with running(Machine()) as address:
        found = escl.Scanner(address).abilities()
    assert (found.model, found.serial) == ("Essai 3000", "S-42")
    assert set(found.sources) == {Source.FEEDER, Source.DUPLEX, Source.FLATBED}
    assert found.resolutions == (100, 200, 300)
    assert set(found.colours) == {Colour.COLOUR, Colour.GREY}
    assert Abilities.kept(found.plain()) == found


@pytest.mark.parametrize(("colour", "mode"), [(Colour.GREY, "Grayscale8"), (Colour.COLOUR, "RGB24")])
def test_pages_become_one_file_of_the_envelope(envelope: Home, clerk: Account, scan: Ask, colour: Colour, mode: str):
    machine = Machine(sheets=4, slow_times=2)
    with running(machine) as address:
        job = scan(envelope, add(ScannerKind.ESCL, address, clerk), Wanted(Source.DUPLEX, 100, colour))
    assert (job.state, job.fault, [page.number for page in job.pages]) == (JobState.DONE, None, [1, 2, 3, 4])
    assert (machine.asked[0]["ColorMode"], machine.asked[0]["Duplex"], machine.asked[0]["XResolution"]) == (mode, "true", "100")
    one = room.envelope(envelope.number).scans[0]
    assert (one.id, one.door, one.sides) == (job.scan_id, "scanner", 2)
    made = one.made_with
    assert (made["scanner"], made["resolution"], made["mode"], made["source"], made["operator"]) == (
        "Numériseur du bureau", 100, colour.value, "duplex", clerk.actor.id,
    )  # fmt: skip
    with pikepdf.open(BytesIO(files.read(one.sha256))) as pdf:
        kept = [bytes(page.Resources.XObject.Im.read_raw_bytes()) for page in pdf.pages]
    assert kept == [files.read(page.sha256) for page in job.pages]
    pipeline.read_now(one.id)
    assert [page.number for page in room.envelope(envelope.number).pages] == [1, 2, 3, 4]


def test_a_jam_keeps_the_pages_that_came(envelope: Home, clerk: Account, scan: Ask):
    machine = Machine(sheets=10, jam_after=7)
    with running(machine) as address:
        job = scan(envelope, add(ScannerKind.ESCL, address, clerk), LOW)
    assert (job.state, job.fault, len(job.pages)) == (JobState.STOPPED, Fault.JAM.value, 7)
    assert machine.deleted == ["/eSCL/ScanJobs/1"]
    with pikepdf.open(BytesIO(files.read(room.envelope(envelope.number).scans[0].sha256))) as pdf:
        assert len(pdf.pages) == 7


def test_an_empty_feeder_an_open_cover_and_a_jam_are_told_before_anything_moves(envelope: Home, clerk: Account, scan: Ask):
    states = [("ScannerAdfEmpty", Fault.EMPTY), ("ScannerAdfHatchOpen", Fault.COVER), ("ScannerAdfJam", Fault.JAM)]
    for n, (adf, fault) in enumerate(states):
        machine = Machine(adf=adf)
        with running(machine) as address:
            job = scan(envelope, add(ScannerKind.ESCL, address, clerk, f"N{n}"), LOW)
        assert (job.state, job.fault, machine.asked) == (JobState.STOPPED, fault.value, [])
    assert room.envelope(envelope.number).scans == []


def test_a_busy_scanner_is_asked_again_then_left(envelope: Home, clerk: Account, scan: Ask, monkeypatch: pytest.MonkeyPatch):
    with running(Machine(busy_times=3)) as address:
        assert scan(envelope, add(ScannerKind.ESCL, address, clerk, "A"), LOW).state is JobState.DONE
    monkeypatch.setattr(escl, "BUSY_SECONDS", 0.1)
    with running(Machine(busy_times=1000)) as address:
        job = scan(envelope, add(ScannerKind.ESCL, address, clerk, "B"), LOW)
    assert (job.state, job.fault) == (JobState.STOPPED, Fault.BUSY.value)


def test_a_scanner_that_sends_nothing_more_is_left(envelope: Home, clerk: Account, scan: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(escl, "PAGE_SECONDS", 0.2)
    with running(Machine(slow_times=10_000)) as address:
        job = scan(envelope, add(ScannerKind.ESCL, address, clerk), LOW)
    assert (job.state, job.fault) == (JobState.STOPPED, Fault.SLOW.value)


@pytest.mark.parametrize(
    ("machine", "fault"),
    [
        (Machine(page=b"<html>", page_type="text/html"), Fault.STRANGE),
        (Machine(page=b"<html>", page_type="image/jpeg"), Fault.STRANGE),
        (Machine(page=b"\xff\xd8" + b"0" * 2_000_000), Fault.TOO_LARGE),
        (Machine(location="http://203.0.113.9/latest/meta-data"), Fault.STRANGE),
        (Machine(location="http://127.0.0.1/eSCL/ScanJobs/../../admin"), Fault.STRANGE),
        (Machine(cut_after=0), Fault.OFFLINE),
    ],
)
def test_what_is_no_page_is_not_taken(envelope: Home, clerk: Account, scan: Ask, monkeypatch: pytest.MonkeyPatch, machine: Machine, fault: Fault):
    monkeypatch.setattr(escl, "MOST_PAGE_BYTES", 1_000_000)
    with running(machine) as address:
        job = scan(envelope, add(ScannerKind.ESCL, address, clerk), LOW)
    assert (job.state, job.fault, job.pages) == (JobState.STOPPED, fault.value, [])


def test_another_host_in_the_jobs_place_is_not_followed(envelope: Home, clerk: Account, scan: Ask):
    machine = Machine(sheets=1, location="http://other.example/eSCL/ScanJobs/7")
    with running(machine) as address:
        assert scan(envelope, add(ScannerKind.ESCL, address, clerk), LOW).state is JobState.DONE
    assert "/eSCL/ScanJobs/7/NextDocument" in machine.requests


@pytest.mark.parametrize(
    "answer",
    [
        "<a",
        "<html/>",
        "",
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><scan:ScannerCapabilities xmlns:scan="x">&b;</scan:ScannerCapabilities>',
        '<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a>" + "x" * 1_100_000 + "</a>",
        "\x00",
    ],
)
def test_answers_that_are_no_capabilities_are_refused(answer: str):
    with running(Machine(capabilities=answer)) as address, pytest.raises(ScannerFault):
        escl.Scanner(address).abilities()


def test_a_scanner_that_is_off_says_so(envelope: Home, clerk: Account, scan: Ask):
    with running(Machine()) as address:
        pass
    job = scan(envelope, add(ScannerKind.ESCL, address, clerk), LOW)
    assert (job.state, job.fault) == (JobState.STOPPED, Fault.OFFLINE.value)


def test_a_worker_that_is_killed_is_gone_on_with(envelope: Home, clerk: Account, monkeypatch: pytest.MonkeyPatch):
    machine = Machine(sheets=6)
    with running(machine) as address:
        scanner = add(ScannerKind.ESCL, address, clerk)
        with transaction():
            job_id = service.ask_scan(envelope, scanner, LOW, by=clerk.actor, at=clock.now()).id
        working.run(job_id, seconds=0)  # a turn of one page; its worker goes on to something else, or is killed
        working.run(job_id, seconds=0)
        half = queries.job(job_id)
        assert (half.state, [page.number for page in half.pages]) == (JobState.RUNNING, [1, 2])
        with clock.stopped_at(clock.now().replace(hour=23)):
            assert queries.left_behind(clock.now()) == [job_id]
        working.run(job_id, seconds=60)
    job = queries.job(job_id)
    assert (job.state, [page.number for page in job.pages], len(machine.asked)) == (JobState.DONE, [1, 2, 3, 4, 5, 6], 1)


def test_a_clerk_stops_a_scanner_and_keeps_what_came(envelope: Home, clerk: Account):
    machine = Machine(sheets=50)
    with running(machine) as address:
        scanner = add(ScannerKind.ESCL, address, clerk)
        with transaction():
            job_id = service.ask_scan(envelope, scanner, LOW, by=clerk.actor, at=clock.now()).id
        working.run(job_id, seconds=0)
        with pytest.raises(ScannerInUse), transaction():
            service.ask_scan(envelope, scanner, LOW, by=clerk.actor, at=clock.now())
        with transaction():
            service.cancel_job(job_id, by=clerk.actor, at=clock.now())
        working.run(job_id, seconds=60)
    job = queries.job(job_id)
    assert (job.state, len(job.pages), machine.deleted) == (JobState.CANCELLED, 2, ["/eSCL/ScanJobs/1"])
    assert len(room.envelope(envelope.number).scans) == 1


def test_a_batch_takes_pages_too(batch: Home, clerk: Account, scan: Ask):
    with running(Machine(sheets=2)) as address:
        job = scan(batch, add(ScannerKind.ESCL, address, clerk), LOW)
    assert (job.state, job.scan_id is not None) == (JobState.DONE, True)


def test_two_passes_come_together(envelope: Home, clerk: Account, scan: Ask):
    machine = Machine(sheets=3)
    with running(machine) as address:
        scanner = add(ScannerKind.ESCL, address, clerk)
        fronts = scan(envelope, scanner, Wanted(resolution=100, sides=Pass.FRONTS))
        assert (fronts.state, room.envelope(envelope.number).scans) == (JobState.HELD, [])
        machine.sheets = 6
        backs = scan(envelope, scanner, Wanted(resolution=100, sides=Pass.BACKS))
    assert (queries.job(fronts.id).state, backs.state) == (JobState.DONE, JobState.DONE)
    scans = room.envelope(envelope.number).scans
    assert [one.sides for one in scans] == [2]
    assert scans[0].made_with["passes"] == [fronts.id, backs.id]
    with pikepdf.open(BytesIO(files.read(scans[0].sha256))) as pdf:
        kept = [bytes(page.Resources.XObject.Im.read_raw_bytes()) for page in pdf.pages]
    assert kept == [picture(n) for n in (1, 6, 2, 5, 3, 4)]


def test_passes_that_differ_are_both_kept_until_a_person_decides(envelope: Home, clerk: Account, scan: Ask):
    machine = Machine(sheets=3)
    with running(machine) as address:
        scanner = add(ScannerKind.ESCL, address, clerk)
        fronts = scan(envelope, scanner, Wanted(resolution=100, sides=Pass.FRONTS))
        machine.sheets = 5
        backs = scan(envelope, scanner, Wanted(resolution=100, sides=Pass.BACKS))
        assert (backs.state, backs.fault, room.envelope(envelope.number).scans) == (JobState.HELD, Fault.COUNTS_DIFFER.value, [])
        working.file_apart(backs.id, by=clerk.actor)
        machine.sheets = 8
        again = scan(envelope, scanner, Wanted(resolution=100, sides=Pass.BACKS))
    assert (again.state, queries.job(fronts.id).state) == (JobState.DONE, JobState.DONE)
    assert sorted(one.sides for one in room.envelope(envelope.number).scans) == [1, 2]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "file:///etc/passwd",
        "http://a:b@host/eSCL",
        "http://host/eSCL?x=1",
        "ftp://host",
        "http://169.254.169.254/eSCL",
        "http://h/../x",
        "http://h\r\nX: y/",
    ],
)
def test_only_plain_addresses_are_scanners(clerk: Account, address: str):
    with pytest.raises(NotAnAddress), transaction():
        service.add_scanner("N", ScannerKind.ESCL, address, by=clerk.actor, at=clock.now())


def test_a_scanner_is_not_asked_for_what_it_cannot_do(envelope: Home, clerk: Account):
    with running(Machine()) as address:
        scanner = add(ScannerKind.ESCL, address, clerk)
        with transaction():
            service.note_check(scanner, escl.Scanner(address).abilities(), at=clock.now())
    with pytest.raises(ScannerCannot), transaction():
        service.ask_scan(envelope, scanner, Wanted(resolution=1200), by=clerk.actor, at=clock.now())
