"""Printing letters. The press behind it (`mail.press`, WeasyPrint) takes a second to load, so it is loaded at the first letter."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from backoffice.core import files
from backoffice.mail.values import LetterSource, NewFile

if TYPE_CHECKING:
    from backoffice.mail.stamping import Series


def render_pdf(html: str, *, variant: str = "pdf/ua-1", identifier: bytes | None = None, created: datetime | None = None) -> bytes:
    """Print a letter as a PDF that a screen reader can follow; the same letter gives the same bytes."""
    from backoffice.mail import press  # noqa: PLC0415 - a web process that prints nothing must start at once

    return press.render_pdf(html, variant=variant, identifier=identifier, created=created)


def keep_letter(html: str, filename: str) -> NewFile:
    """Print a letter and keep its bytes, together with what it was printed from and the characters that no font has."""
    from backoffice.mail import press  # noqa: PLC0415 - a second to load, only for whoever prints

    printed = press.print_letter(html)
    source = LetterSource(files.keep(html.encode()), press.edition(), "".join(sorted(printed.missing)), printed.pages)
    return NewFile("letter", filename, "application/pdf", len(printed.pdf), files.keep(printed.pdf), source)


def series(letters: Iterable[str] = ()) -> "Series":
    """Print letters for paper into one file, each model laid out once (`mail.stamping`)."""
    from backoffice.mail.stamping import Series  # noqa: PLC0415 - a second to load, only for whoever prints

    made = Series()
    for html in letters:
        made.add(html)
    return made


def edition() -> str:
    """What letters are printed with today."""
    from backoffice.mail import press  # noqa: PLC0415 - a second to load, only for whoever prints

    return press.edition()


def warm_up() -> None:
    """Load the press and print one letter, so that the first caseworker does not wait for it."""
    render_pdf("<html lang='fr'><head><title>·</title></head><body><p>·</p></body></html>")
