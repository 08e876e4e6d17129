"""Where one stack of scanned pages becomes several documents: at the separator sheets."""

from collections.abc import Iterable

from backoffice.core.scans.values import Code, PageImage

SEPARATOR = "PATCHT"
_SEPARATOR_FORMATS = frozenset({"Code39", "Code128", "QRCode"})


def is_separator(code: Code) -> bool:
    """Whether a code says «a new document begins after this sheet»; nothing but the exact word does."""
    return code.format in _SEPARATOR_FORMATS and not code.binary and code.text == SEPARATOR


def split_at_separators(pages: Iterable[PageImage]) -> tuple[tuple[int, ...], ...]:
    """The page numbers of each document: a separator sheet is in none of them, and no document is empty."""
    parts: list[list[int]] = [[]]
    for page in pages:
        if any(is_separator(code) for code in page.codes):
            parts.append([])
        else:
            parts[-1].append(page.number)
    return tuple(tuple(part) for part in parts if part)
