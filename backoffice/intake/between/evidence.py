"""Evidence of a claim: read for what it is in a bounded process, as every file received, and kept by its content."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

from werkzeug.datastructures import FileStorage

from backoffice.core import files, scans
from backoffice.intake import uploads
from backoffice.intake.between.errors import EvidenceRefused
from backoffice.intake.between.values import NewEvidence

MOST_FILES = 10


def keep(sent: Iterable[FileStorage]) -> tuple[NewEvidence, ...]:
    """Keep every file, or refuse with the first that is not a readable document."""
    return tuple(_keep(file) for file in list(sent)[:MOST_FILES])


def _keep(sent: FileStorage) -> NewEvidence:
    name = (sent.filename or "fichier").replace("\x00", "")[:200]
    data = sent.stream.read(uploads.FILE_LIMIT + 1)
    if len(data) > uploads.FILE_LIMIT:
        raise EvidenceRefused(name, uploads.refusal(scans.Refusal.TOO_LARGE))
    with tempfile.TemporaryDirectory() as folder:
        path, into = Path(folder) / "received", Path(folder) / "pages"
        path.write_bytes(data)
        into.mkdir()
        opened = scans.open_file(path, into, name=name)
        if isinstance(opened, scans.Refused):
            raise EvidenceRefused(name, uploads.refusal(opened.reason))
    return NewEvidence(name, opened.media_type, len(data), files.keep(data))
