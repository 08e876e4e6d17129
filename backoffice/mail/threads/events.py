"""Facts of threads: on the case when somebody is given its thread, on the bulk message for each of its steps."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def bulk_subject(bulk_id: int) -> Subject:
    """A bulk message as the subject of facts."""
    return Subject("bulk_message", str(bulk_id))


@event("mail.threads.ThreadGiven")
@dataclass(frozen=True)
class ThreadGiven:
    """The thread of a case has somebody to answer it; nobody: the case's own caseworker again."""

    account_id: int | None
    before: int | None


@event("mail.threads.BulkPrepared")
@dataclass(frozen=True)
class BulkPrepared:
    """A message to many was written and its list frozen: its digest is what will be signed."""

    bulk_id: int
    listed: int
    left_out: int
    list_sha256: str
    reason: str


@event("mail.threads.BulkAbandoned")
@dataclass(frozen=True)
class BulkAbandoned:
    """Given up before anybody signed."""

    bulk_id: int


@event("mail.threads.BulkApproved")
@dataclass(frozen=True)
class BulkApproved:
    """The second person signed: it is sent from now on."""

    bulk_id: int
    list_sha256: str


@event("mail.threads.BulkDeclined")
@dataclass(frozen=True)
class BulkDeclined:
    """The second person did not sign: nobody is written to."""

    bulk_id: int


@event("mail.threads.BulkAdvanced")
@dataclass(frozen=True)
class BulkAdvanced:
    """Another part of the list was written to."""

    bulk_id: int
    sent: int
    skipped: int
    left: int


@event("mail.threads.BulkFinished")
@dataclass(frozen=True)
class BulkFinished:
    """Everybody of the list has a message, or the reason why not."""

    bulk_id: int
    sent: int
    skipped: int
