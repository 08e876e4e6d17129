"""Paper for the tests: a really printed return sheet with generated pages behind it."""

from io import BytesIO
from pathlib import Path

import pikepdf

from backoffice.core import files
from tests.core.scans.making import paper, scan_pdf


def behind_sheet(folder: Path, letter_sha256: str, *pages: str, name: str = "lot.pdf") -> Path:
    """The last page of a letter of ours, then pages of text, in one PDF as a scanner writes it."""
    stack = scan_pdf(folder / "stack.pdf", [paper(*[text] * 5) for text in pages])
    with pikepdf.open(BytesIO(files.read(letter_sha256))) as letter, pikepdf.open(stack) as rest, pikepdf.new() as whole:
        whole.pages.append(letter.pages[-1])
        whole.pages.extend(rest.pages)
        whole.save(folder / name)
    return folder / name


def plain(folder: Path, *pages: str, name: str = "plain.pdf") -> Path:
    """Pages of text without any code."""
    return scan_pdf(folder / name, [paper(*[text] * 5) for text in pages])
