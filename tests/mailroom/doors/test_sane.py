"""Scanners of this computer: `scanimage` with its test backend, and a stand-in for what that backend cannot do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.mailroom import queries as room
from backoffice.mailroom.doors import queries, sane, service, working
from backoffice.mailroom.doors.errors import NotADevice
from backoffice.mailroom.doors.models import ScanJob
from backoffice.mailroom.doors.speaking import ScannerFault
from backoffice.mailroom.doors.states import JobState
from backoffice.mailroom.doors.values import Colour, Fault, Home, ScannerKind, Source, Wanted
from backoffice.mailroom.pipeline import jobs as pipeline
from backoffice.staff.models import Account
from tests.mailroom.doors.conftest import add
from tests.mailroom.doors.simulator import picture

Ask = Callable[[Home, int, Wanted], ScanJob]

installed = pytest.mark.skipif(shutil.which("scanimage") is None, reason="scanimage is missing: install the system package sane-utils")

FUJITSU = """All options specific to device `fujitsu:fi-7160:1208958':
  Standard:
    --source ADF Front|ADF Back|ADF Duplex [ADF Front]
        Selects the scan source (such as a document-feeder).
    --mode Lineart|Halftone|Gray|Color [Lineart]
        Selects the scan mode (e.g., lineart, monochrome, or color).
    --resolution 50..600dpi (in steps of 1) [600]
        Sets the resolution of the scanned image.
"""
BROTHER = """All options specific to device `brother4:net1;dev0':
    --mode Black & White|Gray[Error Diffusion]|True Gray|24bit Color[Fast] [24bit Color[Fast]]
        Select the scan mode
    --resolution 100|150|200|300|400|600|1200dpi [200]
        Sets the resolution of the scanned image.
    --source FlatBed|Automatic Document Feeder(left aligned)|Automatic Document Feeder(left aligned,Duplex) [Automatic Document Feeder(left aligned)]
        Selects the scan source (such as a document-feeder).
"""
EPSON = """All options specific to device `epsonscan2:ES-500':
    --source Flatbed|ADF [Flatbed]
    --adf-mode Simplex|Duplex [inactive]
    --duplex[=(yes|no)] [no]
    --mode Lineart|Gray|Color [Gray]
    --resolution 75|150|300dpi [75]
"""


def test_makers_name_their_options_each_in_their_own_way():
    fujitsu = sane.read_abilities(FUJITSU)
    assert fujitsu.names["feeder"] == "--source=ADF Front"
    assert fujitsu.names["duplex"] == "--source=ADF Duplex"
    assert Source.FLATBED not in fujitsu.sources
    assert fujitsu.resolutions == (150, 200, 300, 400, 600)
    brother = sane.read_abilities(BROTHER)
    assert brother.names["duplex"] == "--source=Automatic Document Feeder(left aligned,Duplex)"
    assert brother.names["feeder"] == "--source=Automatic Document Feeder(left aligned)"
    assert set(brother.sources) == set(Source)
    assert (brother.names["lineart"], brother.names["grey"]) == ("--mode=Black & White", "--mode=True Gray")
    epson = sane.read_abilities(EPSON)
    assert epson.names["duplex"] == "--source=ADF\n--duplex=yes"
    assert sane.command("d:1", Wanted(Source.DUPLEX, 300, Colour.LINEART), epson.names, Path("/f"))[3:8] == [
        "--source=ADF", "--duplex=yes", "--mode=Lineart", "--resolution", "300",
    ]  # fmt: skip


@pytest.mark.parametrize(("said", "fault"), [
    ("scanimage: sane_start: Document feeder jammed", Fault.JAM), ("sane_start: Scanner cover is open", Fault.COVER), ("Device busy", Fault.BUSY),
    ("open of device x failed: Invalid argument", Fault.OFFLINE), ("Batch terminated, 3 pages scanned", None), ("Document feeder out of documents", None),
])  # fmt: skip
def test_what_the_program_complains_of(said: str, fault: Fault | None):
    assert sane.fault_in(said) == fault


@pytest.mark.parametrize("device", ["", "-d", "--format=tiff", "test;rm -rf", "a\nb", "$(id)", "x" * 300])
def test_only_names_of_devices_are_devices(clerk: Account, device: str):
    with pytest.raises(NotADevice), transaction():
        service.add_scanner("N", ScannerKind.SANE, device, by=clerk.actor, at=clock.now())


@pytest.fixture
def test_scanner(clerk: Account) -> int:
    """The test backend, as a supervisor added and checked it."""
    scanner = add(ScannerKind.SANE, "test", clerk)
    with transaction():
        service.note_check(scanner, sane.abilities("test"), at=clock.now())
    return scanner


@installed
def test_the_feeder_gives_its_ten_pages(envelope: Home, test_scanner: int, scan: Ask):
    job = scan(envelope, test_scanner, Wanted(Source.FEEDER, 150, Colour.GREY))
    assert (job.state, job.fault, [page.number for page in job.pages]) == (JobState.DONE, None, list(range(1, 11)))
    assert not sane.place(job.id).exists()
    one = room.envelope(envelope.number).scans[0]
    assert (one.id, one.made_with["source"], one.made_with["model"]) == (job.scan_id, "feeder", "test")
    pipeline.read_now(one.id)
    assert len(room.envelope(envelope.number).pages) == 10


@installed
def test_the_flatbed_gives_one_page(envelope: Home, test_scanner: int, scan: Ask):
    job = scan(envelope, test_scanner, Wanted(Source.FLATBED, 150, Colour.COLOUR))
    assert (job.state, len(job.pages), job.pages[0].media_type) == (JobState.DONE, 1, "image/jpeg")


@installed
def test_a_device_that_is_not_there(envelope: Home, clerk: Account, scan: Ask):
    with pytest.raises(ScannerFault, match="offline"):
        sane.abilities("nosuch:0")
    job = scan(envelope, add(ScannerKind.SANE, "nosuch:0", clerk), Wanted())
    assert (job.state, job.fault) == (JobState.STOPPED, Fault.OFFLINE.value)


@installed
def test_a_worker_that_is_killed_leaves_the_program_at_work(envelope: Home, clerk: Account, test_scanner: int, monkeypatch: pytest.MonkeyPatch):
    with transaction():
        job_id = service.ask_scan(envelope, test_scanner, Wanted(Source.FEEDER, 300, Colour.COLOUR), by=clerk.actor, at=clock.now()).id
    kept, keep = [], service.keep_page

    def killed(job_id: int, page: object, **how: object) -> bool:
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(page)
        return keep(job_id, page, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "keep_page", killed)
    with pytest.raises(KeyboardInterrupt):
        working.run(job_id, seconds=60)
    monkeypatch.setattr(service, "keep_page", keep)
    assert (queries.job(job_id).state, len(queries.job(job_id).pages)) == (JobState.RUNNING, 2)
    working.run(job_id, seconds=60)
    job = queries.job(job_id)
    assert (job.state, job.fault, [page.number for page in job.pages]) == (JobState.DONE, None, list(range(1, 11)))


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int, str, int], None]:
    """A program in the place of `scanimage` that writes pages and ends as it is told."""

    def put(pages: int, words: str, sleep: int = 0) -> None:
        page = tmp_path / "page.jpg"
        page.write_bytes(picture(1))
        program = tmp_path / "scanimage-stand-in"
        program.write_text(
            '#!/bin/sh\nfor a in "$@"; do case "$a" in --batch=*) f="${a#--batch=}";; esac; done\n'
            f'for n in $(seq 1 {pages}); do p=$(printf "$f" $n); cp {page} "$p.part"; mv "$p.part" "$p"; done\n'
            f'sleep {sleep}\necho "{words}" >&2\n'
        )
        program.chmod(0o755)
        monkeypatch.setattr(sane, "PROGRAM", str(program))

    return put


def test_a_jam_after_page_seven_keeps_seven(envelope: Home, clerk: Account, scan: Ask, stand_in: Callable[..., None]):
    stand_in(7, "scanimage: sane_read: Document feeder jammed\nBatch terminated, 8 pages scanned")
    job = scan(envelope, add(ScannerKind.SANE, "fujitsu:fi", clerk), Wanted())
    assert (job.state, job.fault, len(job.pages)) == (JobState.STOPPED, Fault.JAM.value, 7)
    assert len(room.envelope(envelope.number).scans) == 1


def test_an_empty_feeder_and_a_program_that_hangs(
    envelope: Home, clerk: Account, scan: Ask, stand_in: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    stand_in(0, "scanimage: sane_start: Document feeder out of documents\nBatch terminated, 0 pages scanned")
    assert scan(envelope, add(ScannerKind.SANE, "fujitsu:a", clerk, "A"), Wanted()).fault == Fault.EMPTY.value
    stand_in(1, "", sleep=30)
    monkeypatch.setattr(sane, "PAGE_SECONDS", 0.5)
    monkeypatch.setattr(sane, "STOP_SECONDS", 1.0)
    job = scan(envelope, add(ScannerKind.SANE, "fujitsu:b", clerk, "B"), Wanted())
    assert (job.fault, len(job.pages)) == (Fault.SLOW.value, 1)


def test_a_missing_program_says_so(envelope: Home, clerk: Account, scan: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sane, "PROGRAM", "no-such-program")
    assert scan(envelope, add(ScannerKind.SANE, "fujitsu:fi", clerk), Wanted()).fault == Fault.MISSING.value
