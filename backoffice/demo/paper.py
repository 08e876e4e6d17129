"""Fictitious paper: pages drawn once, filed to cases as a scan would be."""

from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from backoffice.cases.models import Case
from backoffice.core import clock, files
from backoffice.core.actors import SYSTEM
from backoffice.core.db import transaction
from backoffice.documents import service as documents
from backoffice.documents.models import Document
from backoffice.documents.values import NewDocument, NewPage

A4_AT_100_DPI = (827, 1169)

FONT = Path(__file__).resolve().parents[1] / "static" / "vendor" / "fonts" / "open-sans-latin-400.woff2"
"""The pages' own font has the accents that Pillow's default lacks."""

FORM = (
    "DEMANDE DE CERTIFICAT DE SÉLECTION — SPÉCIMEN FICTIF", "", "1. Nom de famille à la naissance", "    BENFICTIF", "", "2. Prénom(s)",
    "    YOUSSEF", "", "3. Date de naissance (année / mois / jour)", "    1984 / 07 / 14", "", "4. Sexe   [ ] F   [X] M   [ ] X", "",
    "5. Pays de naissance", "    ALGÉRIE", "", "6. Citoyenneté(s)", "    ALGÉRIENNE", "", "7. Passeport nº", "    157 33 09 21", "",
    "8. Adresse de correspondance", "    12, rue de l’Exemple, Oran, Algérie",
)  # fmt: skip

CERTIFICATE = (
    "ACTE DE NAISSANCE — SPÉCIMEN FICTIF",
    "",
    "Commune de Ville-Fictive",
    "",
    "Extrait du registre, copie certifiée conforme",
    "",
    "(document d’exemple)",
)


def draw_page(lines: tuple[str, ...], number: int) -> Image.Image:
    """A page as a scanner would bring it."""
    page = Image.new("L", A4_AT_100_DPI, 250)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(FONT, size=20) if FONT.exists() else ImageFont.load_default(size=20)
    for place, line in enumerate(lines):
        pen.text((80, 90 + 34 * place), line, fill=40, font=font)
    pen.text((720, 1110), f"{number}", fill=90, font=font)
    pen.rectangle((40, 50, 787, 1140), outline=160)
    return page


def pdf(*pages: tuple[str, ...]) -> bytes:
    """The pages as one scanned file."""
    drawn = [draw_page(lines, place + 1) for place, lines in enumerate(pages)]
    out = BytesIO()
    drawn[0].save(out, "PDF", save_all=True, append_images=drawn[1:], resolution=100)
    return out.getvalue()


@cache
def _kept(*pages: tuple[str, ...]) -> tuple[str, tuple[NewPage, ...]]:
    original = files.keep(pdf(*pages))
    kept = []
    for place, lines in enumerate(pages):
        picture, small = BytesIO(), BytesIO()
        image = draw_page(lines, place + 1)
        image.save(picture, "PNG", optimize=True)
        image.resize((141, 200)).save(small, "PNG")
        kept.append(NewPage(original, place + 1, files.keep(picture.getvalue()), files.keep(small.getvalue())))
    return original, tuple(kept)


def file_form(case: Case, when: datetime) -> None:
    """The paper form of a case, as the mailroom filed it."""
    original, pages = _kept(FORM, CERTIFICATE)
    new = NewDocument(
        "Demande papier", "envelope", f"E-DEMO-{case.number}", case.legal_received_on, "application/pdf", "demande.pdf", original, pages
    )
    with transaction():
        documents.file_document(case.id, new, by=SYSTEM, at=when)


def file_answer(case_id: int, request_id: int, when: datetime) -> Document:
    """Documents that answered a request."""
    original, pages = _kept(CERTIFICATE, CERTIFICATE)
    day = when.astimezone(clock.MONTREAL).date()
    new = NewDocument("Documents reçus", "portal", f"demande {request_id}", day, "application/pdf", "documents.pdf", original, pages)
    return documents.file_document(case_id, new, request_id=request_id, by=SYSTEM, at=when)
