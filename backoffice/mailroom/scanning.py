"""From bytes to pages: every parser runs in the bounded process of `core.scans`; the original is kept before it is read."""

import tempfile
from pathlib import Path

from backoffice.core import files, scans
from backoffice.mailroom.values import Reading, ReadPage

MENDED = frozenset({"repaired", "structure_unread"})
"""A white page of a file that had to be mended may have lost what it showed: a person looks, it is not left out as blank."""


def read(sha256: str, name: str) -> Reading:
    """Read a kept file: its pages with their pictures kept, or the reason why it is refused."""
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path, into = Path(folder) / "received", Path(folder) / "pages"
        path.write_bytes(files.read(sha256))
        opened = scans.open_file(path, into, name=name)
        if isinstance(opened, scans.Refused):
            return Reading(None, (), (), opened.reason.value)
        mended = not MENDED.isdisjoint(opened.warnings)
        if mended and all(page.blank for page in opened.pages):
            return Reading(opened.media_type, (), opened.warnings, scans.Refusal.DAMAGED.value)
        return Reading(opened.media_type, tuple(_page(page, opened.warnings, mended=mended) for page in opened.pages), opened.warnings)


def _page(page: scans.PageImage, warnings: tuple[str, ...], *, mended: bool) -> ReadPage:
    doubtful = mended or f"page_unreadable:{page.number}" in warnings or f"image_shows_nothing:{page.number}" in warnings
    return ReadPage(
        number=page.number,
        picture_sha256=files.keep(page.picture.read_bytes()),
        thumbnail_sha256=files.keep(page.thumbnail.read_bytes()),
        width=page.width,
        height=page.height,
        blank=page.blank and not doubtful,
        codes=tuple(code.text for code in page.codes if not code.binary),
        separator=any(scans.is_separator(code) for code in page.codes),
    )
