"""Which picture a page shows: as a person turned it, else upright as it was recognised, else as it was scanned."""

from collections.abc import Sequence
from io import BytesIO

from PIL import Image

from backoffice.core import files
from backoffice.documents import texts
from backoffice.mailroom import queries
from backoffice.mailroom.models import ScanPage

_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}

Pair = tuple[str, str]
"""A picture and its thumbnail, by their digests."""


def shown(page: ScanPage) -> Pair:
    """The picture and the thumbnail that a page shows now."""
    return shown_all([page])[page.id]


def shown_all(pages: Sequence[ScanPage]) -> dict[int, Pair]:
    """The same of many pages, in as many questions as of one."""
    scans = queries.scans_of(pages) if pages else {}
    keys = {page.id: (scans[page.scan_id].sha256, page.number) for page in pages}
    upright = texts.pictures([key for page in pages if not page.shown_sha256 for key in [keys[page.id]]])
    return {page.id: _edited(page) or upright.get(keys[page.id]) or (page.picture_sha256, page.thumbnail_sha256) for page in pages}


def _edited(page: ScanPage) -> Pair | None:
    return (page.shown_sha256, page.shown_thumbnail_sha256) if page.shown_sha256 and page.shown_thumbnail_sha256 else None


def turned(page: ScanPage, degrees: int) -> Pair:
    """New pictures of a page, turned clockwise from the picture as it was scanned, which stays as it is."""
    if degrees == 0:
        return page.picture_sha256, page.thumbnail_sha256
    return _turned(page.picture_sha256, degrees), _turned(page.thumbnail_sha256, degrees)


def _turned(sha256: str, degrees: int) -> str:
    with Image.open(BytesIO(files.read(sha256)), formats=["JPEG", "PNG"]) as image:
        out = BytesIO()
        image.transpose(_TURNS[degrees]).save(out, "JPEG", quality=88)
    return files.keep(out.getvalue())
