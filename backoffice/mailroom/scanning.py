"""From bytes to pages: every parser runs in the bounded process of `core.scans`; the original is kept before it is read."""

import tempfile
from pathlib import Path

from backoffice.core import files, scans
from backoffice.mailroom.values import Reading, ReadPage


def read(sha256: str, name: str) -> Reading:
    """Read a kept file: its pages with their pictures kept, or the reason why it is refused."""
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path, into = Path(folder) / "received", Path(folder) / "pages"
        path.write_bytes(files.read(sha256))
        opened = scans.open_file(path, into, name=name)
        if isinstance(opened, scans.Refused):
            return Reading(None, (), (), opened.reason.value)
        return Reading(opened.media_type, tuple(_page(page) for page in opened.pages), opened.warnings)


def _page(page: scans.PageImage) -> ReadPage:
    return ReadPage(
        number=page.number,
        picture_sha256=files.keep(page.picture.read_bytes()),
        thumbnail_sha256=files.keep(page.thumbnail.read_bytes()),
        width=page.width,
        height=page.height,
        blank=page.blank,
        codes=tuple(code.text for code in page.codes if not code.binary),
        separator=any(scans.is_separator(code) for code in page.codes),
    )
