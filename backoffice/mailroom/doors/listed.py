"""An envelope that comes with the list of its pieces: taken whole, or refused whole with what is wrong."""

from pathlib import Path

from flask_babel import gettext as _

from backoffice.core import clock, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.doors import queries, service, sidecars
from backoffice.mailroom.doors.events import ListedEnvelopeTaken
from backoffice.mailroom.doors.service.folder import Look, Taken
from backoffice.mailroom.doors.values import ListedEnvelope, MetaRefused, Refusal
from backoffice.mailroom.errors import StampInFuture
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.pipeline import service as pipeline
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope


def take(folder: Path, metadata: bytes, look: Look, stands: str) -> None:
    """Check the list, then take the envelope with its pieces in one transaction; what a crash left behind is only moved away."""
    if queries.taken_before(look.path, look.sha256 or ""):
        return
    if again := queries.metadata_taken(look.sha256 or ""):
        raise MetaRefused(Refusal.META_AGAIN, (again,))
    listed = sidecars.read(metadata)
    numbers = [piece.control_number for piece in listed.pieces]
    if taken := queries.control_numbers_taken(numbers):
        raise MetaRefused(Refusal.META_DUPLICATE, tuple(sorted(taken)), tuple(sorted(set(taken.values()))))
    present = [path.name for path in folder.iterdir() if path.name != sidecars.NAME]
    if strange := sorted(path.name for path in folder.iterdir() if path.is_symlink() or not path.is_file()):
        raise MetaRefused(Refusal.SUBFOLDER, (), tuple(strange))
    sidecars.check_files(listed, present)
    if listed.delivered_on > clock.today():
        raise StampInFuture
    _register(folder, listed, look, stands)


def _register(folder: Path, listed: ListedEnvelope, look: Look, stands: str) -> None:
    kind = EnvelopeKind(sidecars.CLASSES.get(listed.classification, EnvelopeKind.UNKNOWN.value))
    with transaction():
        at = clock.now()
        number = envelopes.register_envelope(NewEnvelope(listed.delivered_on, kind, contents=contents(listed)), by=SYSTEM, at=at).number
        scans = [
            pipeline.receive(
                folder / piece.file_name, piece.file_name, Door.DROP, envelope=number,
                made_with={"control_number": piece.control_number, "document_type": piece.document_type, "listed_in": look.sha256}, by=SYSTEM, at=at,
            )
            for piece in listed.pieces
        ]  # fmt: skip
        detail = {"control_numbers": [piece.control_number for piece in listed.pieces], "name": listed.name, "rescan_for": listed.rescan_for}
        service.take_dropped(look, Taken(stands, number, [scan.id for scan in scans], detail), at=at)
        fact = ListedEnvelopeTaken(len(listed.pieces), len(listed.payments), len(listed.unscanned), look.sha256 or "")
        events.record(envelope_subject(number), fact, by=SYSTEM, at=at)


def contents(listed: ListedEnvelope) -> str:
    """What the list says is inside, for the clerk who opens the envelope's page."""
    lines = [_("List of the scanning house: %(name)s", name=listed.name)]
    lines += [_("Piece %(number)s: %(type)s (%(file)s)", number=p.control_number, type=p.document_type, file=p.file_name) for p in listed.pieces]
    lines += [_("Payment %(number)s", number=number) for number in listed.payments]
    lines += [_("Not scanned, %(number)s: %(type)s. %(notes)s", number=u.control_number, type=u.item_type, notes=u.notes) for u in listed.unscanned]
    lines += [_("Case number given: %(number)s", number=listed.case_number)] if listed.case_number else []
    lines += [_("Scanned again for: %(name)s", name=listed.rescan_for)] if listed.rescan_for else []
    return "\n".join(lines)[:4000]
