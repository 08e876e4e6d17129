"""The watched folder: whole files once, in order; the rest waits or is shown with its reason."""

import os
import stat
from datetime import date
from pathlib import Path

import pytest

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.doors import dropping, queries
from backoffice.mailroom.doors.values import Home, Refusal
from backoffice.mailroom.pipeline import queries as stacks
from backoffice.mailroom.values import EnvelopeKind
from backoffice.staff.models import Account
from tests.mailroom.doors.simulator import picture


@pytest.fixture
def drop(tmp_path: Path, session: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dropping, "STILL_SECONDS", 0.0)
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def collect(drop: Path) -> int:
    """Two turns: the first sees, the second takes what has not changed since."""
    return dropping.collect_dropped(drop) + dropping.collect_dropped(drop)


def registered() -> list[str]:
    return [one.contents for one in sorted(room.envelopes(room.view("open", clock.today())), key=lambda one: one.id)]


def test_a_file_is_taken_once_it_is_still(drop: Path):
    path = drop / "2016-06-10_lot.jpg"
    path.write_bytes(picture(1)[:100])
    assert dropping.collect_dropped(drop) == 0
    path.write_bytes(picture(1))
    assert dropping.collect_dropped(drop) == 0
    assert dropping.collect_dropped(drop) == 1
    one = room.envelopes(room.view("open", clock.today()))[0]
    assert (one.legal_received_on, one.kind) == (date(2016, 6, 10), EnvelopeKind.UNKNOWN)
    assert [path.name for path in drop.iterdir()] == ["taken"]


def test_what_is_being_written_is_left_alone_and_a_rename_makes_it_whole(drop: Path):
    for name in ("a.jpg.part", ".b.jpg", "c.tmp", "~$d.jpg"):
        (drop / name).write_bytes(picture(1))
    assert collect(drop) == 0
    (drop / "a.jpg.part").rename(drop / "a.jpg")
    assert collect(drop) == 1


def test_many_files_come_in_the_order_of_their_names(drop: Path):
    for number in (10, 2, 1, 33, 4):
        (drop / f"lot{number}.jpg").write_bytes(picture(number))
    assert collect(drop) == 5
    assert registered() == ["lot1.jpg", "lot2.jpg", "lot4.jpg", "lot10.jpg", "lot33.jpg"]


def test_folders_are_named_after_their_batch_or_envelope(drop: Path, envelope: Home, batch: Home):
    for home in (envelope.number, batch.number):
        (drop / home).mkdir()
        for number in (1, 2):
            (drop / home / f"p{number}.jpg").write_bytes(picture(number))
    assert collect(drop) == 4
    assert [scan.filename for scan in room.envelope(envelope.number).scans] == ["p1.jpg", "p2.jpg"]
    found = stacks.batch_numbered(batch.number)
    assert found is not None
    assert {home.batch for home in (dropping.importing.home_of(one.scan_ids[0]) for one in queries.taken_drops()) if home.batch} == {batch.number}


def test_a_folder_without_a_home_waits_until_it_is_renamed(drop: Path, envelope: Home):
    (drop / "divers").mkdir()
    (drop / "divers" / "a.jpg").write_bytes(picture(1))
    assert collect(drop) == 0
    collect(drop)
    assert [(one.path, one.reason) for one in queries.refused_drops()] == [("divers", Refusal.NO_HOME.value)]
    (drop / "divers").rename(drop / envelope.number)
    assert collect(drop) == 1
    assert queries.refused_drops() == []


def test_a_closed_envelope_is_waited_for(drop: Path, envelope: Home, clerk: Account):
    with transaction():
        envelopes.return_envelope(envelope.number, "Essai", by=clerk.actor, at=clock.now())
    (drop / envelope.number).mkdir()
    (drop / envelope.number / "a.jpg").write_bytes(picture(1))
    assert collect(drop) == 0
    assert [one.reason for one in queries.refused_drops()] == [Refusal.HOME_CLOSED.value]
    assert (drop / envelope.number / "a.jpg").exists()


def test_links_are_never_followed(drop: Path, tmp_path: Path, envelope: Home):
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(picture(9))
    (drop / "a.jpg").symlink_to(secret)
    (drop / envelope.number).mkdir()
    (drop / envelope.number / "b.jpg").symlink_to(secret)
    assert collect(drop) == 0
    assert sorted(one.path for one in queries.refused_drops()) == [f"{envelope.number}/b.jpg", "a.jpg"]
    assert secret.exists()
    assert not os.path.lexists(drop / "a.jpg")


def test_a_file_that_is_too_large_is_put_aside(drop: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dropping, "MOST_BYTES", 1000)
    (drop / "grand.jpg").write_bytes(picture(1))
    (drop / "petit.jpg").write_bytes(b"\xff\xd8")
    assert collect(drop) == 1
    (refused,) = queries.refused_drops()
    assert refused.reason == Refusal.TOO_LARGE.value
    assert (drop / (refused.stands or "")).read_bytes() == picture(1)


def test_a_file_that_cannot_be_read_hurts_no_other(drop: Path, monkeypatch: pytest.MonkeyPatch):
    (drop / "a.jpg").write_bytes(picture(1))
    (drop / "b.jpg").write_bytes(picture(2))
    opened = os.open

    def guarded(path: object, flags: int, *rest: int, **more: int | None) -> int:
        if str(path).endswith("a.jpg"):
            raise PermissionError
        return opened(path, flags, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", guarded)  # root may read everything
    assert collect(drop) == 1
    assert [one.reason for one in queries.refused_drops()] == [Refusal.UNREADABLE.value]
    monkeypatch.undo()
    monkeypatch.setattr(dropping, "STILL_SECONDS", 0.0)
    assert collect(drop) == 1
    assert queries.refused_drops() == []


def test_a_crash_before_the_file_is_moved_doubles_nothing(drop: Path, monkeypatch: pytest.MonkeyPatch):
    (drop / "a.jpg").write_bytes(picture(1))
    move = dropping._move

    def killed(path: Path, to: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dropping, "_move", killed)
    with pytest.raises(KeyboardInterrupt):
        collect(drop)
    monkeypatch.setattr(dropping, "_move", move)
    assert collect(drop) == 1
    assert registered() == ["a.jpg"]
    assert [path.name for path in drop.iterdir()] == ["taken"]


def test_a_file_that_grows_after_it_was_taken_is_taken_whole_too(drop: Path):
    path = drop / "a.jpg"
    with path.open("wb") as slow:
        slow.write(picture(1)[:500])
        slow.flush()
        assert collect(drop) == 1
        slow.write(picture(1)[500:])
    collect(drop)
    (refused,) = queries.refused_drops()
    one = room.envelope(room.envelopes(room.view("open", clock.today()))[0].number)
    assert (refused.reason, [scan.size for scan in one.scans]) == (Refusal.GREW.value, [500, len(picture(1))])
    collect(drop)
    assert len(queries.refused_drops()) == 1


def test_a_file_that_changes_while_it_is_copied_waits(drop: Path, monkeypatch: pytest.MonkeyPatch):
    path = drop / "a.jpg"
    path.write_bytes(picture(1))
    still = dropping._is_still

    def grows(seen: Path) -> bool:
        found = still(seen)
        if found and seen == path and path.stat().st_size < 2 * len(picture(1)):
            os.utime(path, ns=(0, path.stat().st_mtime_ns))
        return found

    monkeypatch.setattr(dropping, "_is_still", grows)
    fstat, calls = os.fstat, []

    def moving(handle: int) -> os.stat_result:
        found = fstat(handle)
        if stat.S_ISREG(found.st_mode) and len(calls) < 1:
            calls.append(handle)
            with path.open("ab") as more:
                more.write(b"more")
        return found

    monkeypatch.setattr(os, "fstat", moving)
    assert dropping.collect_dropped(drop) == 0
    assert dropping.collect_dropped(drop) == 0
    monkeypatch.setattr(os, "fstat", fstat)
    assert collect(drop) == 1
    assert len(registered()) == 1
