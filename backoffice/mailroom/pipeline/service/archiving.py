"""The archive copy of a scanned file: its pages with their recognised text, in one searchable PDF/A."""

import tempfile
from pathlib import Path

from backoffice.core import files
from backoffice.documents.states import TextState
from backoffice.mailroom.pipeline import queries
from backoffice.mailroom.pipeline.errors import NotRecognised


def archive_pdf(scan_id: int) -> bytes:
    """The searchable PDF/A of a file; pages whose text could not be had are in it as pictures."""
    from backoffice.core import ocr  # noqa: PLC0415 - its libraries are heavy, and few requests need them

    scan = queries.scan(scan_id)
    texts = queries.texts_of(scan)
    if waiting := sum(text.state is TextState.WAITING for text in texts):
        raise NotRecognised(waiting)
    searchable = {text.number: text.searchable_sha256 for text in texts}
    pages = [files.read(sha256) if (sha256 := searchable.get(page.number)) else files.read(page.picture_sha256) for page in queries.pages_of(scan_id)]
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        return ocr.archive(pages, title=scan.filename, created=scan.arrived_at, into=Path(folder)).read_bytes()
