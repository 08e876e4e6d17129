"""Letters on paper: HTML in, a tagged PDF out, the same bytes for the same letter.

Reading the print layout and the fonts costs more than laying out a page, so it is done once for each process. Nothing
is ever fetched from elsewhere: a letter is made of its own HTML, our layout and our fonts.
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from pathlib import Path
from threading import Lock
from urllib.parse import unquote, urlsplit

import pydyf
import weasyprint
from weasyprint import CSS, HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
STATIC = Path(__file__).resolve().parents[1] / "static"
FONTS = STATIC / "vendor" / "fonts"
LAYOUT = TEMPLATES / "mail" / "letters" / "print.css"

# A file of the family holds one script only, so each becomes a family of its own and the layout names them in this
# order. What none of them has (Arabic, Chinese) is drawn with a font of the system, and embedded like the others.
SUBSETS = {
    "latin": "Letter",
    "latin-ext": "Letter Ext",
    "vietnamese": "Letter Vi",
    "cyrillic": "Letter Cy",
    "cyrillic-ext": "Letter Cy Ext",
    "greek": "Letter Gr",
}
WEIGHTS = (400, 600, 700)

one_at_a_time = Lock()  # the font configuration is shared, and is not made for two threads at once


class ForbiddenAddress(FatalURLFetchingError):  # type: ignore[misc]  # the engine has no types
    """A letter asked for something that is not ours; it is not printed."""


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # the engine has no types
    """Gives our static files and what the page carries in itself; refuses the network and every other file."""

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Open an address of ours, or refuse."""
        if url.startswith("data:") or _is_static(url):
            return super().fetch(url, headers)
        log.error("letter refused", extra={"address": url[:200]})
        raise ForbiddenAddress(url[:200])


def _is_static(url: str) -> bool:
    address = urlsplit(url)
    if address.scheme != "file" or address.netloc:
        return False
    return Path(unquote(address.path)).resolve().is_relative_to(STATIC)


@dataclass(frozen=True)
class Printed:
    """A letter as it was printed, and the characters that no font here could draw: with any, a person looks first."""

    pdf: bytes
    missing: frozenset[str]
    pages: int


def render_pdf(html: str, *, variant: str = "pdf/ua-1", identifier: bytes | None = None, created: datetime | None = None) -> bytes:
    """Print a letter, as `print_letter` does, for who needs only the file."""
    return print_letter(html, variant=variant, identifier=identifier, created=created).pdf


def print_letter(html: str, *, variant: str = "pdf/ua-1", identifier: bytes | None = None, created: datetime | None = None) -> Printed:
    """Print a letter as a PDF that a screen reader can follow (SGQRI 008), of the variant asked for.

    The identifier of the file is the digest of the letter unless given, and no date is written unless given, so the
    same letter gives the same bytes today and in ten years with the same fonts.
    """
    if created is not None:
        stamp = f'<meta name="dcterms.created" content="{escape(created.isoformat(timespec="seconds"))}">'
        html = html.replace("<head>", f"<head>{stamp}", 1)
    identifier = identifier or hashlib.sha256(html.encode()).hexdigest()[:32].encode()
    with one_at_a_time:
        fonts, layout = faces()
        page = HTML(string=html, url_fetcher=OwnFilesOnly(), base_url=None)
        document = page.render(stylesheets=[layout], font_config=fonts, pdf_variant=variant, pdf_tags=True)
        named = identifier if variant.startswith("pdf/a") else None  # the archive's variants are named by the engine itself
        pdf = bytes(document.write_pdf(pdf_variant=variant, pdf_identifier=named, pdf_tags=True, finisher=_complete_tags))
    missing = frozenset(chr(codepoint) for font in document.fonts.values() for codepoint in font.missing)
    if missing:
        log.warning("characters without a font", extra={"count": len(missing)})
    return Printed(pdf if named else _identified(pdf, identifier), missing, len(document.pages))


def _identified(pdf: bytes, identifier: bytes) -> bytes:
    """Name the file in its last object, where nothing after it has an address.

    The engine would write every object a second time for it, which is a tenth of the work on a letter.
    """
    last = int(pdf.rpartition(b"startxref\n")[2].split()[0])
    place = pdf.index(b"<<", last) + 2
    names = pydyf.String(identifier).data + b" " + pydyf.String(hashlib.sha256(pdf).hexdigest()[:32]).data
    return b"".join((pdf[:place], b"/ID [", names, b"]", pdf[place:]))


def _complete_tags(_document: Document, pdf: pydyf.PDF) -> None:
    """Tell screen readers what the engine leaves out: which way a heading cell points, and what is English."""
    tags = {item.reference: item for item in pdf.objects if isinstance(item, pydyf.Dictionary)}
    for tag in tags.values():
        if tag.get("S") == "/TH":
            group = tags[tags[tag["P"]]["P"]]
            tag["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
        elif tag.get("S") == "/Art":
            tag["Lang"] = pydyf.String("en-CA")


@cache
def edition() -> str:
    """Names the engine, layout and fonts that letters are printed with: the same page comes out as long as it stays the same."""
    digest = hashlib.sha256(f"{weasyprint.__version__} {_font_faces()}".encode() + LAYOUT.read_bytes())
    for file in sorted(FONTS.glob("source-sans-3-*.woff2")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@cache
def faces() -> tuple[FontConfiguration, CSS]:
    """Read fonts and layout, once; only called with the lock held."""
    fonts = FontConfiguration()
    source = _font_faces() + LAYOUT.read_text("utf-8")
    return fonts, CSS(string=source, font_config=fonts, url_fetcher=OwnFilesOnly())


def _font_faces() -> str:
    """Declare each font file that was installed; without any, letters are printed with a font of the system."""
    faces = []
    for subset, family in SUBSETS.items():
        for weight in WEIGHTS:
            file = FONTS / f"source-sans-3-{subset}-{weight}.woff2"
            if file.exists():
                source = f'url("{file.as_uri()}") format("woff2")'
                faces.append(f'@font-face{{font-family:"{family}";font-weight:{weight};src:{source}}}')
    if not faces:
        log.warning("letter fonts missing", extra={"folder": str(FONTS)})
    return "\n".join(faces) + "\n"
