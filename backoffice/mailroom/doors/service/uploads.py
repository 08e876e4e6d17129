"""Uploads in parts: begun, gone on with by whatever process, finished as one scanned file, or given up by a person."""

import hashlib
import re
from datetime import datetime
from uuid import UUID, uuid4

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.core.states import move
from backoffice.mailroom import service as room
from backoffice.mailroom.doors import homes, partial, queries
from backoffice.mailroom.doors.errors import OtherBytes, OutOfStep, PartDamaged, Unfinished, UploadEmpty, UploadTooLarge
from backoffice.mailroom.doors.events import UploadDiscarded, home_subject
from backoffice.mailroom.doors.models import Upload
from backoffice.mailroom.doors.states import UPLOADS, UploadAction, UploadState
from backoffice.mailroom.doors.values import MOST_BYTES, Announced
from backoffice.mailroom.models import Scan
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.values import Door

_DIGEST = re.compile(r"[0-9a-f]{64}")


def begin_upload(new: Announced, *, owner: int, at: datetime) -> Upload:
    """Open an upload; the same file to the same place goes on where it stopped, whoever began it and wherever."""
    homes.check_open(new.home)
    if new.size > MOST_BYTES:
        raise UploadTooLarge
    if new.size <= 0:
        raise UploadEmpty
    sha256 = new.sha256.lower() if new.sha256 and _DIGEST.fullmatch(new.sha256.lower()) else None
    clean = Announced(new.home, room.clean_name(new.filename), new.size, sha256, new.stamp[:40])
    known = queries.same_upload(clean)
    if known:
        known.received = min(known.received, partial.have(known.key))  # what another machine's disk holds is sent again
        known.owner_id, known.touched_at = owner, at
        return known
    made = Upload(
        key=uuid4(), envelope=clean.home.envelope, batch=clean.home.batch, filename=clean.filename, size=clean.size, sha256=sha256, stamp=clean.stamp,
        received=0, state=UploadState.OPEN, owner_id=owner, started_at=at, touched_at=at,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def take_part(key: UUID, offset: int, data: bytes, sha256: str | None, *, at: datetime) -> Upload:
    """Take the next part of a file: on the disk before it counts. A part that came already, or too early, is refused with where the file stands."""
    upload = queries.lock_upload(key)
    if upload.state is not UploadState.OPEN or offset != upload.received or offset + len(data) > upload.size or not data:
        raise OutOfStep(upload.received)
    if sha256 and hashlib.sha256(data).hexdigest() != sha256.lower():
        raise PartDamaged
    partial.write(key, offset, data)
    upload.received, upload.touched_at = offset + len(data), at
    return upload


def finish_upload(key: UUID, *, by: Actor, at: datetime) -> Scan:
    """All parts are there: the file is checked against what was announced and goes to the pipeline. Done twice, it gives the same file."""
    upload = queries.lock_upload(key)
    if upload.state is UploadState.DONE:
        return db.session.get_one(Scan, upload.scan_id)
    if upload.received != upload.size or partial.have(key) < upload.size:
        raise Unfinished
    partial.cut(key, upload.size)
    if upload.sha256 and partial.digest(key) != upload.sha256:
        raise OtherBytes
    path = partial.place(key)
    scan = pipeline.receive(
        path, upload.filename, Door.UPLOAD, envelope=upload.envelope, batch=upload.batch, made_with={"operator": by.id}, by=by, at=at
    )
    upload.state, upload.scan_id, upload.touched_at = move(UPLOADS, upload.state, UploadAction.FINISH), scan.id, at
    return scan


def begin_again(key: UUID, *, at: datetime) -> None:
    """What arrived was another file: nothing of it counts any more."""
    upload = queries.lock_upload(key)
    if upload.state is UploadState.OPEN:
        upload.received, upload.touched_at = 0, at


def discard_upload(key: UUID, *, by: Actor, at: datetime) -> Upload:
    """A person gives up a file that came only in part; what came of it is removed once this is written."""
    upload = queries.lock_upload(key)
    upload.state = move(UPLOADS, upload.state, UploadAction.DISCARD)
    upload.touched_at = at
    events.record(home_subject(upload.home), UploadDiscarded(upload.id, upload.size, upload.received), by=by, at=at)
    return upload
