"""The archive copy of a scanned file: its pages with their recognised text, in one searchable PDF/A."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import overload

import img2pdf

from backoffice.core import files
from backoffice.documents.states import TextState
from backoffice.mailroom.pipeline import queries
from backoffice.mailroom.pipeline.errors import NotRecognised


class _Pages(Sequence[bytes]):
    """Pages fetched one at a time: those with text as they were kept, the others made of their picture."""

    def __init__(self, kept: Sequence[tuple[str | None, str]]) -> None:
        self.kept = kept

    def __len__(self) -> int:
        return len(self.kept)

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        if isinstance(place, slice):
            return _Pages(self.kept[place])
        searchable, picture = self.kept[place]
        return files.read(searchable) if searchable else img2pdf.convert(files.read(picture))


def archive_pdf(scan_id: int) -> bytes:
    """The searchable PDF/A of a file; sheets, blank sides and pages whose text could not be had are in it as pictures."""
    from backoffice.core import ocr  # noqa: PLC0415 - its libraries are heavy, and few requests need them

    scan = queries.scan(scan_id)
    texts = queries.texts_of(scan)
    if waiting := sum(text.state is TextState.WAITING for text in texts):
        raise NotRecognised(waiting)
    searchable = {text.number: text.searchable_sha256 for text in texts}
    pages = _Pages([(searchable.get(page.number), page.picture_sha256) for page in queries.pages_of(scan_id)])
    with tempfile.TemporaryDirectory(prefix="archive-") as folder:
        return ocr.archive(pages, title=scan.filename, created=scan.arrived_at, into=Path(folder)).read_bytes()
