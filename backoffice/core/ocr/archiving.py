"""Pages put together as one PDF for the archive, in memory that does not grow with their number."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pikepdf

from backoffice.core.ocr.declaring import SAVED, declare


def archive(pages: Sequence[bytes], *, title: str, created: datetime, into: Path) -> Path:
    """One PDF of these searchable pages in `into`, declared PDF/A-2b (ISO 19005-2); at least one page.

    `pages` may be a sequence that fetches each page when it is asked for. The same pages, title and moment give the same
    bytes, so that the archive of an envelope has one digest however often it is made.
    """
    into.mkdir(parents=True, exist_ok=True)
    path = into / "archive.pdf"
    with tempfile.TemporaryDirectory(prefix=".archiving-", dir=into) as scratch:
        kept = [_kept(Path(scratch), number, pages[number]) for number in range(len(pages))]
        merged = Path(scratch) / "merged.pdf"
        # qpdf by itself reads each file as it writes it; page by page from here, all would be held in memory
        pikepdf.Job(["qpdf", "--deterministic-id", "--empty", "--pages", *kept, "--", str(merged)]).run()
        with pikepdf.open(merged, access_mode=pikepdf.AccessMode.stream) as whole:
            declare(whole, title=title, created=created)
            whole.save(path, **SAVED)
    return path


def _kept(scratch: Path, number: int, page: bytes) -> str:
    path = scratch / f"{number}.pdf"
    path.write_bytes(page)
    return str(path)
