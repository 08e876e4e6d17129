"""Which pages of a scanned stack go where, by the codes on them; a code is never guessed nor mended.

A return sheet of ours routes the pages after it to its case, until the next return sheet, the next envelope or a separator
that is not ours: what follows that one may be somebody else's, so it goes to a person. Our own sheets for a document, a
person or a new document split without leaving the case. Sheets and blank pages are left out, each with its reason; a page
that says two things at once is not a sheet: it stays, and a person looks.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from backoffice.mail.codes import ReturnCode
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.values import Excluded, ReadPage

Read = Callable[[str], ReturnCode | None]
Decode = Callable[[str], SheetCode | None]

SPLITTING = frozenset({SheetKind.BATCH, SheetKind.ENVELOPE, SheetKind.DOCUMENT, SheetKind.PERSON, SheetKind.SEPARATOR})
"""Sheets of ours that stand between papers; the other codes are labels stuck on a paper, which stays a page like any other."""


@dataclass
class Part:
    """Pages that belong together; with a code, the request that they answer; with sheets, what they are and of whom."""

    code: ReturnCode | None
    numbers: list[int] = field(default_factory=list)
    document: str | None = None
    person: str | None = None


@dataclass(frozen=True)
class Plan:
    """The parts of a stack in order, the pages left out, the batches that its sheets name, and what a person should look at."""

    parts: tuple[Part, ...]
    excluded: dict[int, Excluded]
    batches: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """What the codes of one page say together."""

    code: ReturnCode | None = None
    sheets: dict[SheetKind, str] = field(default_factory=dict)
    separator: bool = False
    contradicts: bool = False

    @property
    def reason(self) -> Excluded | None:
        """Why the page is a sheet, if it is one."""
        if self.contradicts:
            return None
        if self.code:
            return Excluded.RETURN_SHEET
        if self.sheets:
            return Excluded.OUR_SHEET
        return Excluded.SEPARATOR if self.separator else None


def said(page: ReadPage, read: Read, decode: Decode) -> Said:
    """What a page says; two return sheets, or two sheets of one kind, on one page contradict each other."""
    returns = {known for text in page.codes if (known := read(text))}
    sheets = {sheet for text in page.codes if (sheet := decode(text)) and sheet.kind in SPLITTING}
    kinds = {sheet.kind: sheet.value for sheet in sheets}
    contradicts = len(returns) > 1 or len(kinds) < len(sheets)
    return Said(next(iter(returns), None), kinds, page.separator, contradicts)


def left_out(page: ReadPage, what: Said) -> Excluded | None:
    """Why a page is not filed, as far as the page alone tells."""
    return what.reason or (Excluded.BLANK if page.blank and not what.contradicts else None)


def plan(pages: Sequence[ReadPage], read: Read, decode: Decode = lambda _text: None) -> Plan:
    """Split a stack; `read` and `decode` give what one of our codes says, and nothing for a forged or foreign one."""
    parts, excluded, batches, warnings = [Part(None)], {}, [], []
    for page in pages:
        what = said(page, read, decode)
        if what.contradicts:
            warnings.append(f"two_codes:{page.number}")
            parts.append(Part(None))
        elif what.reason:
            parts.append(_next(parts[-1], what))
            batches += [what.sheets[SheetKind.BATCH]] if SheetKind.BATCH in what.sheets else []
        if reason := left_out(page, what):
            excluded[page.number] = reason
        else:
            parts[-1].numbers.append(page.number)
    return Plan(tuple(part for part in parts if part.numbers or part.code), excluded, tuple(batches), tuple(warnings))


def _next(before: Part, what: Said) -> Part:
    """The part that begins behind a sheet: our own sheets for documents and persons stay with the case before them."""
    part = Part(before.code, document=None, person=before.person)
    if what.separator or SheetKind.BATCH in what.sheets or SheetKind.ENVELOPE in what.sheets:
        part = Part(None)
    if what.code:
        part = Part(what.code)
    if SheetKind.PERSON in what.sheets:
        part = replace(part, person=what.sheets[SheetKind.PERSON])
    if SheetKind.DOCUMENT in what.sheets:
        part = replace(part, document=what.sheets[SheetKind.DOCUMENT])
    return part
