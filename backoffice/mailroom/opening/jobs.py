"""What opening does later: read the photograph of an envelope, follow pieces that went back with their envelope."""

import tempfile
from pathlib import Path

from backoffice.core import clock, files, scans
from backoffice.core.actors import SYSTEM
from backoffice.core.events import Recorded, on
from backoffice.mailroom import queries as room
from backoffice.mailroom.custody.events import PaperMoved
from backoffice.mailroom.custody.values import DESTROYED, OPENING_TABLE, SENT_BACK, VOID
from backoffice.mailroom.events import EnvelopeReturned
from backoffice.mailroom.opening import queries, service
from backoffice.mailroom.opening.events import PhotoKept
from backoffice.mailroom.opening.states import PieceState

BOUNDS = scans.Limits(max_pages=1, max_bytes=25 * 1024 * 1024)
"""A photograph has one page."""


@on(PhotoKept)
def read_photo(recorded: Recorded[PhotoKept]) -> None:
    """Make the picture of an envelope out of its photograph, in a bounded process."""
    picture, refusal = picture_of(recorded.event.sha256, recorded.event.filename)
    service.note_photo(recorded.event.envelope, picture, refusal, by=SYSTEM, at=clock.now())


def picture_of(sha256: str, filename: str) -> tuple[str | None, str | None]:
    """The picture's digest, or why there is none."""
    with tempfile.TemporaryDirectory(prefix="photo-") as folder:
        path = Path(folder) / "received"
        path.write_bytes(files.read(sha256))
        opened = scans.open_file(path, Path(folder) / "pages", name=filename, limits=BOUNDS)
        if isinstance(opened, scans.Refused):
            return None, opened.reason.value
        return (files.keep(opened.pages[0].picture.read_bytes()), None) if opened.pages else (None, scans.Refusal.EMPTY.value)


@on(EnvelopeReturned)
def pieces_went_back(recorded: Recorded[EnvelopeReturned]) -> None:
    """Everything went back to the sender: so did the pieces on the table."""
    envelope = room.find_envelope(recorded.subject.id)
    for piece in queries.pieces_of(envelope.id) if envelope else []:
        if piece.state is PieceState.LISTED:
            service.send_piece_back(piece.number, recorded.event.reason, by=recorded.by, at=clock.now())


@on(PaperMoved)
def piece_moved(recorded: Recorded[PaperMoved]) -> None:
    """A piece followed to its place by the barcode gun is no longer on the table."""
    if recorded.subject.kind == "piece" and recorded.event.after not in {OPENING_TABLE, SENT_BACK, DESTROYED, VOID}:
        service.note_place(recorded.subject.id, recorded.event.after)
