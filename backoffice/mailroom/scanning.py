"""From bytes to pages: every parser runs in the bounded process of `core.scans`; the original is kept before it is read."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from backoffice.core import files, scans
from backoffice.mailroom.values import ReadPage

MENDED = frozenset({"repaired", "structure_unread"})
"""A white page of a file that had to be mended may have lost what it showed: a person looks, it is not left out as blank."""

Opened = Callable[[int, tuple[str, ...]], None]
Taken = Callable[[ReadPage], None]


def read(sha256: str, name: str, *, start: int, opened: Opened, page: Taken) -> scans.Opened | scans.Refused:
    """Read a kept file from a page on: `opened` hears how many pages it has, `page` each page as it is ready, its pictures kept."""
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path, into = Path(folder) / "received", Path(folder) / "pages"
        files.fetch(sha256, path)
        beware: list[str] = []

        def heard(count: int, warnings: tuple[str, ...]) -> None:
            beware.extend(warnings)
            opened(count, warnings)

        return scans.open_file(
            path, into, name=name, start=start, opened=heard, page=lambda one: page(_kept(one, mended=not MENDED.isdisjoint(beware)))
        )


def is_doubtful(number: int, warnings: tuple[str, ...]) -> bool:
    """Whether a white page may have lost what it showed."""
    return not MENDED.isdisjoint(warnings) or f"page_unreadable:{number}" in warnings or f"image_shows_nothing:{number}" in warnings


def _kept(page: scans.PageImage, *, mended: bool) -> ReadPage:
    taken = ReadPage(
        number=page.number, picture_sha256=files.keep(page.picture.read_bytes()), thumbnail_sha256=files.keep(page.thumbnail.read_bytes()),
        width=page.width, height=page.height, blank=page.blank and not mended,
        codes=tuple(code.text.replace("\x00", "") for code in page.codes if not code.binary),
        separator=any(scans.is_separator(code) for code in page.codes), ink=page.ink, dpi=page.dpi,
    )  # fmt: skip
    page.picture.unlink()
    page.thumbnail.unlink()
    return taken
