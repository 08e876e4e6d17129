"""The box that takes any of our codes and goes there: a gun types it and ends with Enter, a clerk may type it too."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from backoffice.cases import queries as case_queries
from backoffice.core.errors import NotFound
from backoffice.mail import addresses
from backoffice.mail.codes import ReturnCode
from backoffice.mailroom import codes, queries
from backoffice.mailroom.batches import queries as batches
from backoffice.mailroom.codes import SheetKind
from backoffice.mailroom.custody import queries as custody
from backoffice.mailroom.letters import queries as letters
from backoffice.mailroom.opening import queries as opening
from backoffice.mailroom.opening import rules as opening_rules
from backoffice.mailroom.returns import queries as returns

_PIECE = re.compile(r"P-?(\d{4})-?(\d{6})-?(\d)", re.IGNORECASE)
_DEPOSIT = re.compile(r"BD-?(\d{4})-?(\d{4,6})", re.IGNORECASE)
_DECLARATION = re.compile(r"DS-?(\d{4})-?(\d{4,6})", re.IGNORECASE)
_RUN = re.compile(r"T-?(\d{4})-?(\d{4,6})", re.IGNORECASE)
_RETURN = re.compile(r"R-?(\d{4})-?(\d{4,6})", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """Where a code leads, and what is said there."""

    url: str
    words: str


def find(typed: str) -> Found | None:
    """Where a code leads; nothing when it is none of ours, or names nothing that exists."""
    text = typed.strip()
    readings: Sequence[Callable[[str], Found | None]] = (_sheet, _envelope, _return_sheet, _numbered, _place, _case)
    return next((found for read in readings if text and (found := read(text))), None)


def _envelope(text: str) -> Found | None:
    number = queries.normalise(text)
    if not number or not queries.find_envelope(number):
        return None
    return Found(url_for("mailroom.envelope", number=number), _("Envelope %(number)s", number=number))


def _sheet(text: str) -> Found | None:
    """One of our signed sheets."""
    sheet = codes.decode(text)
    if sheet is None:
        return None
    by_kind: dict[SheetKind, Callable[[str], Found | None]] = {
        SheetKind.ENVELOPE: _envelope, SheetKind.BATCH: _batch, SheetKind.PLACE: _place, SheetKind.PAPER: _paper, SheetKind.SLIP: _slip,
        SheetKind.RUN: _run,
    }  # fmt: skip
    read = by_kind.get(sheet.kind)
    return read(sheet.value) if read else None


def _return_sheet(text: str) -> Found | None:
    """The sheet that an applicant sends back: a new envelope, with what it says."""
    code: ReturnCode | None = addresses.read_return_code(text)
    if code is None:
        return None
    url = url_for("mailroom.new_envelope", kind="payment" if code.kind == "fee" else "documents", case=code.case_number)
    return Found(url, _("Return sheet of case %(number)s", number=code.case_number))


def _numbered(text: str) -> Found | None:
    """A number of ours: a batch, a piece, a receipt slip, a deposit slip, a declaration, a return."""
    bare = re.sub(r"[\s\u2010-\u2015\u2212]+", lambda gap: "-" if gap[0].strip() else "", text)
    readings: Sequence[Callable[[str], Found | None]] = (_batch, _paper, _slip, _deposit, _declaration, _paper_return, _run)
    return next((found for read in readings if (found := read(bare))), None)


def _run(text: str) -> Found | None:
    written = _RUN.fullmatch(text)
    try:
        number = letters.run(f"T-{written[1]}-{written[2]}").number if written else None
    except NotFound:
        return None
    return Found(url_for("letters.show", number=number), _("Print run %(number)s", number=number)) if number else None


def _batch(text: str) -> Found | None:
    number = batches.normalise(text)
    if not number or not batches.find(number):
        return None
    return _at("batches.batch", _("Batch %(number)s", number=number), number=number)


def _paper(text: str) -> Found | None:
    """A piece of an envelope, by its control number."""
    found = _PIECE.fullmatch(text)
    known = opening.find_piece(f"P-{found[1]}-{found[2]}-{found[3]}") if found else None
    if known is None:
        return None
    piece, envelope = known
    return Found(url_for("mailroom.envelope", number=envelope, _anchor=f"piece-{piece.number}"), _("Piece %(number)s", number=piece.number))


def _slip(text: str) -> Found | None:
    """A receipt slip: the envelope registered under it, else its kit."""
    read = opening_rules.read_slip(text)
    slip = opening.find_slip(opening_rules.slip_number(read.year, read.serial)) if read else None
    if slip is None:
        return None
    return _at("opening.kit", _("Receipt slip %(number)s", number=slip.number), kit_id=slip.kit_id)


def _deposit(text: str) -> Found | None:
    found = _DEPOSIT.fullmatch(text)
    number = f"BD-{found[1]}-{found[2]}" if found else ""
    return _at("opening.deposit", _("Deposit slip %(number)s", number=number), number=number) if found and _exists(opening.deposit, number) else None


def _declaration(text: str) -> Found | None:
    """A declaration of substitution scanning."""
    found = _DECLARATION.fullmatch(text)
    number = f"DS-{found[1]}-{found[2]}" if found else ""
    known = found and _exists(custody.declaration, number)
    return _at("custody.declaration", _("Declaration %(number)s", number=number), number=number) if known else None


def _paper_return(text: str) -> Found | None:
    found = _RETURN.fullmatch(text)
    number = f"R-{found[1]}-{found[2]}" if found else ""
    return _at("returns.show", _("Return %(number)s", number=number), number=number) if found and _exists(returns.find, number) else None


def _place(text: str) -> Found | None:
    """A box, a shelf or a desk."""
    code = custody.place_code(text)
    return _at("custody.place", _("Place %(code)s", code=code), code=code) if code else None


def _case(text: str) -> Found | None:
    """A case: its latest envelope."""
    try:
        case = case_queries.case(text)
    except NotFound:
        return None
    envelopes = queries.envelopes_of_case(case.id)
    if not envelopes:
        return None
    words = _("Envelope %(number)s, the latest of case %(case)s", number=envelopes[0].number, case=case.number)
    return Found(url_for("mailroom.envelope", number=envelopes[0].number), words)


def _at(endpoint: str, words: str, **values: Any) -> Found:
    return Found(url_for(endpoint, **values), words)


def _exists(find: Callable[[str], object], number: str) -> bool:
    try:
        find(number)
    except NotFound:
        return False
    return True
