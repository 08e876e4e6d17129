"""Printing letters. The press behind it (`mail.press`, WeasyPrint) takes a second to load, so it is loaded at the first letter."""

from datetime import datetime


def render_pdf(html: str, *, variant: str = "pdf/ua-1", identifier: bytes | None = None, created: datetime | None = None) -> bytes:
    """Print a letter as a PDF that a screen reader can follow; the same letter gives the same bytes."""
    from backoffice.mail import press  # noqa: PLC0415 - a web process that prints nothing must start at once

    return press.render_pdf(html, variant=variant, identifier=identifier, created=created)


def warm_up() -> None:
    """Load the press and print one letter, so that the first caseworker does not wait for it."""
    render_pdf("<html lang='fr'><head><title>·</title></head><body><p>·</p></body></html>")
