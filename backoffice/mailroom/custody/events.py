"""Facts of the paper: where it is, what was declared of it, that it was destroyed."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event
from backoffice.mailroom.custody.values import PaperKind


def paper_subject(kind: PaperKind, number: str) -> Subject:
    """A thing that is followed: an envelope's moves are on its own chain."""
    return Subject("envelope" if kind is PaperKind.ENVELOPE else "piece", number)


def place_subject(code: str) -> Subject:
    """A place as the subject of facts."""
    return Subject("paper_place", code)


def declaration_subject(number: str) -> Subject:
    """A declaration as the subject of facts."""
    return Subject("scan_declaration", number)


@event("mailroom.custody.PlaceSetUp")
@dataclass(frozen=True)
class PlaceSetUp:
    """A place was set up and has its code."""

    place: str
    kind: str
    label: str


@event("mailroom.custody.PaperMoved")
@dataclass(frozen=True)
class PaperMoved:
    """It went from one place to another; never in two, never in none."""

    number: str
    before: str | None
    after: str
    reason: str


@event("mailroom.custody.PaperHeld")
@dataclass(frozen=True)
class PaperHeld:
    """A legal hold: this paper is not destroyed."""

    reason: str


@event("mailroom.custody.HoldLifted")
@dataclass(frozen=True)
class HoldLifted:
    """The legal hold is over."""

    reason: str


@event("mailroom.custody.DeclarationBegun")
@dataclass(frozen=True)
class DeclarationBegun:
    """A declaration of substitution scanning was begun for these envelopes."""

    declaration: str
    envelopes: list[str]


@event("mailroom.custody.DeclarationSigned")
@dataclass(frozen=True)
class DeclarationSigned:
    """The operator signed what was scanned; these pages are for the controller."""

    declaration: str
    digest: str
    drawn: int


@event("mailroom.custody.PageLookedAt")
@dataclass(frozen=True)
class PageLookedAt:
    """The controller said what a page looks like."""

    page_id: int
    look: str


@event("mailroom.custody.DeclarationSealed")
@dataclass(frozen=True)
class DeclarationSealed:
    """The controller signed: the declaration is kept and never changes."""

    declaration: str
    digest: str
    pdf_sha256: str


@event("mailroom.custody.DeclarationGivenUp")
@dataclass(frozen=True)
class DeclarationGivenUp:
    """The declaration was given up before it was sealed."""

    declaration: str
    reason: str


@event("mailroom.custody.DestructionAsked")
@dataclass(frozen=True)
class DestructionAsked:
    """The first person asks to destroy the paper of a declaration."""

    declaration: str
    reason: str


@event("mailroom.custody.PaperDestroyed")
@dataclass(frozen=True)
class PaperDestroyed:
    """Two people destroyed the paper; the certificate is kept."""

    certificate: str
    declaration: str
    items: int
    first: str
    second: str
    pdf_sha256: str
