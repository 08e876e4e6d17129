"""Facts about envelopes, on the envelope's own chain."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def envelope_subject(number: str) -> Subject:
    """An envelope as the subject of facts."""
    return Subject("envelope", number)


@event("mailroom.EnvelopeRegistered")
@dataclass(frozen=True)
class EnvelopeRegistered:
    """An envelope was opened and stamped."""

    envelope: str
    legal_received_on: str
    kind: str
    declared_sheets: int | None


@event("mailroom.ScanReceived")
@dataclass(frozen=True)
class ScanReceived:
    """A scanned file came; its bytes are kept, and it waits to be read."""

    scan_id: int
    sha256: str
    door: str
    same_as: str | None


@event("mailroom.ScanRead")
@dataclass(frozen=True)
class ScanRead:
    """Its pages were taken."""

    scan_id: int
    pages: int
    excluded: int


@event("mailroom.ScanParked")
@dataclass(frozen=True)
class ScanParked:
    """It could not be taken; the original waits for a person."""

    scan_id: int
    refusal: str


@event("mailroom.ScanRetried")
@dataclass(frozen=True)
class ScanRetried:
    """A person asked to read it again."""

    scan_id: int


@event("mailroom.ScanSetAside")
@dataclass(frozen=True)
class ScanSetAside:
    """A person said what was done instead of this file; the original stays."""

    scan_id: int
    reason: str


@event("mailroom.PagesFiled")
@dataclass(frozen=True)
class PagesFiled:
    """Pages became a document of a case, by their code or by a person."""

    case_id: int
    case_number: str
    document_id: int
    pages: int
    by_code: bool
    items: list[int]


@event("mailroom.PagesExcluded")
@dataclass(frozen=True)
class PagesExcluded:
    """Pages were left out with a reason; their pictures are kept."""

    page_ids: list[int]
    reason: str


@event("mailroom.PagesRestored")
@dataclass(frozen=True)
class PagesRestored:
    """Pages left out are to be filed again."""

    page_ids: list[int]


@event("mailroom.EnvelopeReclassified")
@dataclass(frozen=True)
class EnvelopeReclassified:
    """A person said what the envelope is."""

    before: str
    after: str


@event("mailroom.EnvelopeDoubted")
@dataclass(frozen=True)
class EnvelopeDoubted:
    """The envelope waits for a person, for a reason."""

    reason: str


@event("mailroom.EnvelopeResolved")
@dataclass(frozen=True)
class EnvelopeResolved:
    """Nothing of the envelope is in doubt any more."""

    envelope: str


@event("mailroom.EnvelopeClosed")
@dataclass(frozen=True)
class EnvelopeClosed:
    """The pages balance: the envelope is done."""

    pages: int
    filed: int
    excluded: int
    reason: str | None


@event("mailroom.EnvelopeReturned")
@dataclass(frozen=True)
class EnvelopeReturned:
    """Everything went back to the sender, with the reason; nothing was cashed."""

    reason: str
    instruments: int


@event("mailroom.EnvelopeReopened")
@dataclass(frozen=True)
class EnvelopeReopened:
    """A closed envelope is worked on again."""

    reason: str


@event("mailroom.ExceptionAsked")
@dataclass(frozen=True)
class ExceptionAsked:
    """The application keyed waits for a supervisor: paper needs an exception."""

    ground: str
    approval_id: int


@event("mailroom.ExceptionDeclined")
@dataclass(frozen=True)
class ExceptionDeclined:
    """The exception was declined; the keying is a draft again."""

    approval_id: int


@event("mailroom.ApplicationKeyed")
@dataclass(frozen=True)
class ApplicationKeyed:
    """The application on paper was received: same hallway, same fields as online."""

    envelope: str
    submission_id: str
    ground: str


@event("mailroom.ApplicationIndexed")
@dataclass(frozen=True)
class ApplicationIndexed:
    """The application on paper has its outcome, and its pages are in its case if there is one."""

    submission_id: str
    case_number: str | None


@event("mailroom.ContentsAcknowledged")
@dataclass(frozen=True)
class ContentsAcknowledged:
    """The applicant was told what the envelope held and when it was received."""

    case_number: str
    message_id: str
    lines: int
    online: bool
