"""The watched folder: whole files are taken in order, half-written ones waited for, nothing of it lost or doubled.

A file lies in the folder itself, or in a folder named after its batch (L-2016-00007) or its envelope (E-2016-00012); a
folder with metadata.json is one envelope with the list of its pieces. What is taken moves to `taken`; what cannot be taken
stays, or moves to `refused`, and is shown to a person with the reason.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import structlog

from backoffice.core import clock, files
from backoffice.core.db import Json, db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.settings import settings
from backoffice.mailroom.doors import homes, importing, listed, queries, rules, service, sidecars
from backoffice.mailroom.doors.service.folder import Look, Taken, note_gone
from backoffice.mailroom.doors.values import MOST_BYTES, Home, MetaRefused, Refusal
from backoffice.mailroom.values import Door

log = structlog.get_logger()

STILL_SECONDS = 2.0
"""A file of the drop folder is whole once nothing of it changed for this long."""

WATCHED = timedelta(minutes=10)
"""A file that was taken is watched for so long: a slow program may still write into it."""

TAKEN, REFUSED = "taken", "refused"


@dataclass
class Seen:
    """What a file of the drop folder looked like, and since when."""

    look: tuple[int, int, int]
    since: float


_seen: dict[Path, Seen] = {}


def collect_dropped(folder: Path | None = None) -> int:
    """Take what is whole in the drop folder; what still changes, hidden files and `.part` wait. How many were taken."""
    root = folder or settings().drop_folder
    root.mkdir(parents=True, exist_ok=True)
    entries = [path for path in _listed(root) if path.name not in {TAKEN, REFUSED}]
    taken = sum(_entry(root, path) for path in entries)
    _forget_gone(root)
    _look_after_taken(root)
    return taken


def _listed(folder: Path) -> list[Path]:
    """What lies in a folder, in the order in which a person reads the names."""
    try:
        return sorted((path for path in folder.iterdir() if rules.is_finished_name(path.name)), key=lambda path: rules.in_order(path.name))
    except OSError:
        return []


def _entry(root: Path, path: Path) -> int:
    """One thing in the folder; a fault of one never keeps the others from being taken."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            return _folder(root, path)
        if stat.S_ISREG(mode):
            return _file(root, path, None)
        if stat.S_ISLNK(mode):
            _refuse(root, path, Refusal.LINK)
    except FileNotFoundError:
        pass  # renamed or taken away meanwhile
    except PermissionError:
        _refuse(root, path, Refusal.UNREADABLE)
    except (OSError, DomainError) as fault:
        db.session.rollback()
        log.warning("dropped file not taken", file=path.name, fault=type(fault).__name__)
        if isinstance(fault, DomainError):
            _refuse(root, path, Refusal.REFUSED, {"said": fault.message})
    return 0


def _folder(root: Path, folder: Path) -> int:
    if (folder / sidecars.NAME).is_file():
        return _envelope_folder(root, folder)
    envelope, batch = rules.folder_home(folder.name)
    inside = _listed(folder)
    if envelope or batch:
        return sum(_inside(root, path, Home(envelope, batch)) for path in inside)
    if inside and _are_still(inside):
        listing = any(path.suffix.lower() == ".json" for path in inside)
        _refuse(root, folder, Refusal.META_MISSING if listing else Refusal.NO_HOME)
    return 0


def _inside(root: Path, path: Path, home: Home) -> int:
    if path.is_symlink() or not path.is_dir():
        return _file(root, path, home) if not path.is_symlink() and path.is_file() else _refused_entry(root, path)
    _refuse(root, path, Refusal.SUBFOLDER)
    return 0


def _refused_entry(root: Path, path: Path) -> int:
    return _entry(root, path) if path.is_symlink() else 0


def _is_still(path: Path) -> bool:
    """Whether nothing of a file changed for a while."""
    try:
        found = path.lstat()
    except OSError:
        return False
    look, now = (found.st_size, found.st_mtime_ns, found.st_ino), time.monotonic()
    seen = _seen.get(path)
    if seen is None or seen.look != look:
        _seen[path] = Seen(look, now)
        return False
    return now - seen.since >= STILL_SECONDS


def _are_still(paths: Iterable[Path]) -> bool:
    """Whether nothing of any of them changed: each is looked at, so that each is known at the next turn."""
    return False not in {path: _is_still(path) for path in paths}.values()


def _file(root: Path, path: Path, home: Home | None) -> int:
    if not _is_still(path):
        return 0
    if path.stat().st_size > MOST_BYTES:
        _refuse(root, path, Refusal.TOO_LARGE)
        return 0
    if home and not homes.is_open(home):
        _refuse(root, path, Refusal.HOME_CLOSED, {"home": home.number})
        return 0
    try:
        with _copy(path) as (copy, look):
            if copy is None:
                return 0
            return _take(root, path, copy, Look(path.relative_to(root).as_posix(), look.size, look.changed_ns, look.sha256), home)
    except PermissionError:
        _refuse(root, path, Refusal.UNREADABLE)
        return 0


@contextmanager
def _copy(path: Path) -> Iterator[tuple[Path | None, Look]]:
    """A copy that nobody else writes to, with its digest; none if the file changed while it was copied."""
    settings().data_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="drop-", dir=settings().data_folder) as scratch:
        copy, digest = Path(scratch) / "whole", hashlib.sha256()
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as source, copy.open("wb") as target:
            before = os.fstat(source.fileno())
            while part := source.read(1024 * 1024):
                digest.update(part)
                target.write(part)
            after = os.fstat(source.fileno())
        look = Look("", after.st_size, after.st_mtime_ns, digest.hexdigest())
        same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) and copy.stat().st_size == after.st_size
        yield (copy if same else None), look


def _take(root: Path, path: Path, copy: Path, look: Look, home: Home | None) -> int:
    stands = f"{TAKEN}/{(look.sha256 or '')[:12]}-{path.name}"[-220:]
    fresh = queries.taken_before(look.path, look.sha256 or "") is None
    if fresh:
        files.keep_file(copy)
        with transaction():
            at = clock.now()
            scan, envelope = importing.receive(copy, path.name, stamp(path), door=Door.DROP, home=home, at=at)
            service.take_dropped(look, Taken(stands, envelope, [scan.id]), at=at)
    _move(path, root / stands)
    return 1


def _move(path: Path, to: Path) -> None:
    to.parent.mkdir(exist_ok=True)
    path.replace(to)
    _seen.pop(path, None)


def stamp(path: Path) -> date:
    """The day in the file's name, if it has come; else the day the file was written, as the scanner's clock says."""
    today, named = clock.today(), rules.day_in_name(path.name)
    if named and named <= today:
        return named
    return min(datetime.fromtimestamp(path.stat().st_mtime, clock.MONTREAL).date(), today)


def _envelope_folder(root: Path, folder: Path) -> int:
    """The folder of one envelope, once all of it is still: taken whole or refused whole."""
    inside = list(folder.iterdir())
    if not _are_still(inside) or any(not rules.is_finished_name(path.name) for path in inside):
        return 0
    metadata = (folder / sidecars.NAME).read_bytes()[: sidecars.MOST_BYTES + 1]
    look = Look(folder.relative_to(root).as_posix(), len(metadata), folder.stat().st_mtime_ns, files.keep(metadata))
    try:
        stands = f"{TAKEN}/{(look.sha256 or '')[:12]}-{folder.name}"[-220:]
        listed.take(folder, metadata, look, stands)
    except MetaRefused as refused:
        db.session.rollback()
        _refuse(root, folder, refused.reason, {"listed": list(refused.listed), "found": list(refused.found)}, look)
        return 0
    except DomainError as refused:
        db.session.rollback()
        _refuse(root, folder, Refusal.REFUSED, {"said": refused.message}, look)
        return 0
    _move(folder, root / stands)
    return 1


_MOVED = frozenset({Refusal.LINK, Refusal.TOO_LARGE}) | {reason for reason in Refusal if reason.value.startswith("meta_")} - {Refusal.META_MISSING}
"""What is put aside; the rest stays where a person can rename it, or until its envelope is open again."""


def _refuse(root: Path, path: Path, reason: Refusal, detail: Json | None = None, look: Look | None = None) -> None:
    """Put it aside where it cannot be taken, or leave it; either way a person sees it with the reason."""
    name = path.relative_to(root).as_posix()
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        seen = look or Look(name, found.st_size, found.st_mtime_ns)
        stands = f"{REFUSED}/{clock.now():%Y%m%d-%H%M%S}-{found.st_ino}-{path.name}"[-220:] if reason in _MOVED else None
        known = queries.standing_refusal(name) if stands is None else None
        if known is None or known.reason != reason.value:
            with transaction():
                service.refuse_dropped(seen, reason, detail or {}, stands, at=clock.now())
        if stands:
            _move(path, root / stands)


def _forget_gone(root: Path) -> None:
    """What stood refused in the folder and is gone was taken at last, renamed or removed."""
    for path in set(_seen):
        if not path.is_relative_to(root) or not os.path.lexists(path):
            del _seen[path]
    gone = [one.id for one in queries.refused_drops() if one.stands is None and not os.path.lexists(root / one.path)]
    for dropped_id in gone:
        with transaction():
            note_gone(dropped_id, at=clock.now())


def _look_after_taken(root: Path) -> None:
    """A file that went on growing after it was taken: its later bytes are taken too, beside the first, and a person is told."""
    for one in queries.taken_since(clock.now() - WATCHED):
        path = root / (one.stands or "")
        with contextlib.suppress(OSError):
            found = path.lstat()
            changed = stat.S_ISREG(found.st_mode) and (found.st_size, found.st_mtime_ns) != (one.size, one.changed_ns)
            if changed and _is_still(path):
                _take_grown(path, one.id)


def _take_grown(path: Path, dropped_id: int) -> None:
    with _copy(path) as (copy, look):
        if copy is None:
            return
        files.keep_file(copy)
        with transaction():
            one = queries.lock_dropped(dropped_id)
            home = Home(one.envelope, None) if one.envelope else importing.home_of(one.scan_ids[0])
            one.size, one.changed_ns = look.size, look.changed_ns
            if look.sha256 == one.sha256:
                return
            detail: Json = {"home": home.number, "sha256": look.sha256}
            if homes.is_open(home):
                scan, _envelope = importing.receive(copy, Path(one.path).name, clock.today(), door=Door.DROP, home=home, at=clock.now())
                detail["scan"] = scan.id
            service.refuse_dropped(Look(one.path, look.size, look.changed_ns, look.sha256), Refusal.GREW, detail, one.stands, at=clock.now())


def try_again(dropped_id: int, root: Path | None = None) -> bool:
    """Put something refused back into the folder, to be taken anew; false if it stands there no longer."""
    root, one = root or settings().drop_folder, queries.dropped(dropped_id)
    if one.stands is None or not one.stands.startswith(f"{REFUSED}/"):
        return False
    path = root / one.stands
    target = root / one.path
    if not os.path.lexists(path) or os.path.lexists(target) or path.is_symlink():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    path.replace(target)
    return True
