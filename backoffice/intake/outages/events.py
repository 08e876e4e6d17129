"""Facts of outages: on the outage for each step, on each case and period that it touches."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def outage_subject(outage_id: int) -> Subject:
    """An outage as the subject of facts."""
    return Subject("outage", str(outage_id))


@dataclass(frozen=True)
class _Facts:
    outage_id: int
    starts_at: str
    ends_at: str | None
    doors: str
    window: str | None
    countries: str
    cases: int


@event("intake.outages.OutageRecorded")
@dataclass(frozen=True)
class OutageRecorded(_Facts):
    """Somebody wrote it down."""

    source: str


@event("intake.outages.OutageCorrected")
@dataclass(frozen=True)
class OutageCorrected(_Facts):
    """What was written down was put right; the facts before stand in the fact before."""

    version: int
    reason: str


@event("intake.outages.EvidenceKept")
@dataclass(frozen=True)
class EvidenceKept:
    """A file that shows it."""

    outage_id: int
    filename: str
    sha256: str


@event("intake.outages.ListPrepared")
@dataclass(frozen=True)
class ListPrepared:
    """The rule was applied: the list is frozen with its digest."""

    outage_id: int
    list_id: int
    kind: str
    terms: int
    windows: int
    apart: int
    list_sha256: str


@event("intake.outages.ListMoved")
@dataclass(frozen=True)
class ListMoved:
    """Nothing was signed: since the list was seen, terms began, ended or moved."""

    outage_id: int
    list_id: int
    added: int
    gone: int
    changed: int


@event("intake.outages.ListApproved")
@dataclass(frozen=True)
class ListApproved:
    """The second person signed this digest: it is carried out from now on."""

    outage_id: int
    list_id: int
    list_sha256: str


@event("intake.outages.ListDeclined")
@dataclass(frozen=True)
class ListDeclined:
    """The second person did not sign: nothing is done."""

    outage_id: int
    list_id: int


@event("intake.outages.ListAbandoned")
@dataclass(frozen=True)
class ListAbandoned:
    """Given up before anybody signed."""

    outage_id: int
    list_id: int


@event("intake.outages.ListAdvanced")
@dataclass(frozen=True)
class ListAdvanced:
    """Another part of the list has its result."""

    outage_id: int
    list_id: int
    done: int
    skipped: int
    refused: int
    left: int


@event("intake.outages.ListTold")
@dataclass(frozen=True)
class ListTold:
    """Another part of those touched were written to."""

    outage_id: int
    list_id: int
    told: int
    left: int


@event("intake.outages.ListFinished")
@dataclass(frozen=True)
class ListFinished:
    """Every line has its result, and each person was told."""

    outage_id: int
    list_id: int
    kind: str
    done: int
    skipped: int
    refused: int


@event("intake.outages.TermMoved")
@dataclass(frozen=True)
class TermMoved:
    """The last day of a term of this case moved by an outage, or its days were noted without moving it."""

    outage_id: int
    list_id: int
    term_id: int
    term: str
    before: str
    after: str


@event("intake.outages.ClosingMoved")
@dataclass(frozen=True)
class ClosingMoved:
    """A period closes later by an outage, or earlier again."""

    outage_id: int
    list_id: int
    code: str
    before: str
    after: str
