"""Sheets that the room prints: headers, envelope sheets, separators, and the signed sheet of a day.

Each coded sheet carries its signed code three times (two square codes at opposite corners, one of lines for the gun), so
that a torn or badly turned sheet is still read; the number beside it is for eyes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backoffice.core import files, formats
from backoffice.core.calendar import MONTREAL
from backoffice.documents.catalogue import CATALOGUE
from backoffice.mail import printing
from backoffice.mail.texts import letters_environment
from backoffice.mailroom import codes
from backoffice.mailroom.batches.models import DaySheet
from backoffice.mailroom.batches.values import SignedAs
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.models import Batch, Envelope

PEOPLE = {"principal": "Requérant principal", "spouse": "Conjoint"} | {f"child{n}": f"Enfant {n}" for n in range(1, 7)}
"""Whom a separator of persons can name."""

SIGNERS = {SignedAs.CLERK: "Salle du courrier", SignedAs.SUPERVISOR: "Superviseur"}

EXCLUDED = {
    "return_sheet": "feuilles de retour", "separator": "séparateurs", "our_sheet": "feuilles de la salle", "blank": "pages blanches",
    "duplicate": "pages en double", "not_ours": "pages qui ne nous sont pas destinées", "illegible_rescanned": "pages numérisées de nouveau",
    "envelope_cover": "enveloppes", "returned": "pages retournées",
}  # fmt: skip
MONEY = {"received": "en attente", "allocated": "imputés", "returned": "retournés", "refunded": "remboursés", "reversed": "annulés"}


@dataclass(frozen=True)
class Sheet:
    """One sheet to print: its code, its words, and what it says in figures."""

    code: str
    title: str
    aim: str
    number: str
    lines: tuple[tuple[str, str], ...] = ()


def header(batch: Batch) -> Sheet:
    """The sheet on top of a batch, with what it declares."""
    lines = (
        ("Enveloppes", formats.number(batch.expected_envelopes)), ("Feuilles", formats.number(batch.expected_sheets)),
        ("Séparateurs", formats.number(batch.expected_separators)), ("Paiements", formats.number(batch.expected_cheques)),
        ("Somme des paiements", dollars(batch.expected_cents)),
    )  # fmt: skip
    return Sheet(
        codes.encode(SheetCode(SheetKind.BATCH, batch.number)), "Bordereau de lot", "À poser sur la pile, avant la numérisation", batch.number, lines
    )


def of_envelope(one: Envelope) -> Sheet:
    """The sheet before the contents of an envelope."""
    counted = "non comptées" if one.declared_sheets is None else formats.number(one.declared_sheets)
    lines = (("Estampille", one.legal_received_on.isoformat()), ("Feuilles comptées", counted))
    return Sheet(codes.encode(SheetCode(SheetKind.ENVELOPE, one.number)), "Enveloppe", "Ce qui suit vient de cette enveloppe", one.number, lines)


def of_document(code: str) -> Sheet:
    """A separator for one type of document."""
    return Sheet(
        codes.encode(SheetCode(SheetKind.DOCUMENT, code)), "Feuille séparatrice", "Ce qui suit est un document de ce type", CATALOGUE[code].label_fr
    )


def of_person(who: str) -> Sheet:
    """A separator for one person of the family."""
    return Sheet(codes.encode(SheetCode(SheetKind.PERSON, who)), "Feuille séparatrice", "Ce qui suit concerne cette personne", PEOPLE[who])


def plain() -> Sheet:
    """A separator that only says that a document begins."""
    return Sheet(codes.encode(SheetCode(SheetKind.SEPARATOR, "1")), "Feuille séparatrice", "Un autre document commence ici", "Document suivant")


def print_sheets(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as one PDF, one sheet of paper each."""
    return printing.render_pdf(letters_environment().get_template("mailroom/batches/sheets.html").render(sheets=list(sheets)))


def dollars(cents: int) -> str:
    """An amount as it is printed: « 1 271,00 $ »."""
    whole = f"{cents // 100:,}".replace(",", formats.NBSP)
    return f"{whole},{cents % 100:02d}{formats.NBSP}$"


def day_sheet(sheet: DaySheet, signers: Sequence[tuple[SignedAs, str, datetime]]) -> str:
    """Print the signed sheet of a day; the digest under which it is kept."""
    signed = [(SIGNERS[role], name, at.astimezone(MONTREAL).strftime("%Y-%m-%d, %H h %M")) for role, name, at in signers]
    html = letters_environment().get_template("mailroom/batches/day.html").render(
        sheet=sheet, figures=sheet.figures, rows=_rows(sheet.figures), signed=signed
    )  # fmt: skip
    return files.keep(printing.render_pdf(html, variant="pdf/a-3a"))


def _rows(figures: dict[str, object]) -> list[tuple[str, str]]:
    def number(name: str) -> str:
        value = figures[name]
        return "—" if not isinstance(value, int) else formats.number(value)

    rows = [
        ("Arrivages", number("deliveries")), ("Enveloppes comptées à l’arrivage", number("counted")), ("Enveloppes ouvertes", number("envelopes")),
        ("… fermées", number("closed")), ("… retournées", number("returned")), ("… encore en traitement", number("open")),
        ("Feuilles comptées", number("sheets")), ("Pages numérisées", number("pages")), ("… classées à un dossier", number("filed")),
        ("… à classer", number("to_file")),
    ]  # fmt: skip
    rows += [
        (f"… écartées : {EXCLUDED.get(name, name)}".replace(" :", f"{formats.NBSP}:"), formats.number(n)) for name, n in _each(figures, "excluded")
    ]
    cents = figures["cents"]
    rows += [("Paiements trouvés", number("cheques")), ("Somme des paiements", dollars(cents) if isinstance(cents, int) else "—")]
    money = dict(_each(figures, "cents_out"))
    return rows + [(f"… {MONEY.get(name, name)}", f"{n} ({dollars(money.get(name, 0))})") for name, n in _each(figures, "cheques_out")]


def _each(figures: dict[str, object], name: str) -> list[tuple[str, int]]:
    value = figures[name]
    return list(value.items()) if isinstance(value, dict) else []
