"""States of envelopes, scans, pages and keying."""

from enum import StrEnum


class EnvelopeState(StrEnum):
    """Where an envelope stands in the room."""

    OPEN = "open"
    IN_DOUBT = "in_doubt"
    CLOSED = "closed"
    RETURNED = "returned"


class EnvelopeAction(StrEnum):
    """What is done with an envelope."""

    DOUBT = "doubt"
    RESOLVE = "resolve"
    CLOSE = "close"
    RETURN = "return"
    REOPEN = "reopen"


ENVELOPES = {
    (EnvelopeState.OPEN, EnvelopeAction.DOUBT): EnvelopeState.IN_DOUBT,
    (EnvelopeState.IN_DOUBT, EnvelopeAction.RESOLVE): EnvelopeState.OPEN,
    (EnvelopeState.OPEN, EnvelopeAction.CLOSE): EnvelopeState.CLOSED,
    (EnvelopeState.OPEN, EnvelopeAction.RETURN): EnvelopeState.RETURNED,
    (EnvelopeState.IN_DOUBT, EnvelopeAction.RETURN): EnvelopeState.RETURNED,
    (EnvelopeState.CLOSED, EnvelopeAction.REOPEN): EnvelopeState.OPEN,
}


class ScanState(StrEnum):
    """What became of a scanned file."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    PARKED = "parked"
    SET_ASIDE = "set_aside"


class ScanAction(StrEnum):
    """What the reading gave."""

    BEGIN = "begin"
    READ = "read"
    PARK = "park"
    RETRY = "retry"
    SET_ASIDE = "set_aside"


SCANS = {
    (ScanState.WAITING, ScanAction.BEGIN): ScanState.READING,
    (ScanState.READING, ScanAction.READ): ScanState.READ,
    (ScanState.WAITING, ScanAction.READ): ScanState.READ,
    (ScanState.WAITING, ScanAction.PARK): ScanState.PARKED,
    (ScanState.READING, ScanAction.PARK): ScanState.PARKED,
    (ScanState.PARKED, ScanAction.RETRY): ScanState.WAITING,
    (ScanState.PARKED, ScanAction.SET_ASIDE): ScanState.SET_ASIDE,  # a person says what was done instead; the original stays
    (ScanState.SET_ASIDE, ScanAction.RETRY): ScanState.WAITING,
}


class PageState(StrEnum):
    """What became of a page."""

    TO_FILE = "to_file"
    FILED = "filed"
    EXCLUDED = "excluded"


class PageAction(StrEnum):
    """What is done with a page."""

    FILE = "file"
    EXCLUDE = "exclude"
    RESTORE = "restore"


PAGES = {
    (PageState.TO_FILE, PageAction.FILE): PageState.FILED,
    (PageState.TO_FILE, PageAction.EXCLUDE): PageState.EXCLUDED,
    (PageState.EXCLUDED, PageAction.RESTORE): PageState.TO_FILE,
}


class BatchState(StrEnum):
    """Where a batch stands: being filled and scanned, or balanced and signed."""

    OPEN = "open"
    CLOSED = "closed"


class BatchAction(StrEnum):
    """What is done with a batch."""

    CLOSE = "close"
    REOPEN = "reopen"


BATCHES = {
    (BatchState.OPEN, BatchAction.CLOSE): BatchState.CLOSED,
    (BatchState.CLOSED, BatchAction.REOPEN): BatchState.OPEN,
}


class KeyingState(StrEnum):
    """Where the keying of an application stands."""

    DRAFT = "draft"
    SECOND = "second"
    DIFFERS = "differs"
    WAITING_APPROVAL = "waiting_approval"
    FILED = "filed"


class KeyingAction(StrEnum):
    """What is done with a keyed application."""

    KEY_TWICE = "key_twice"
    DIFFER = "differ"
    SEND_BACK = "send_back"
    ASK = "ask"
    DECLINE = "decline"
    FILE = "file"


KEYINGS = {
    (KeyingState.DRAFT, KeyingAction.KEY_TWICE): KeyingState.SECOND,
    (KeyingState.DRAFT, KeyingAction.DIFFER): KeyingState.DIFFERS,  # the amount on the form is not the one in the envelope
    (KeyingState.SECOND, KeyingAction.DIFFER): KeyingState.DIFFERS,
    (KeyingState.SECOND, KeyingAction.SEND_BACK): KeyingState.DRAFT,
    (KeyingState.DIFFERS, KeyingAction.SEND_BACK): KeyingState.DRAFT,
    (KeyingState.SECOND, KeyingAction.ASK): KeyingState.WAITING_APPROVAL,
    (KeyingState.SECOND, KeyingAction.FILE): KeyingState.FILED,
    (KeyingState.DIFFERS, KeyingAction.ASK): KeyingState.WAITING_APPROVAL,
    (KeyingState.DIFFERS, KeyingAction.FILE): KeyingState.FILED,
    (KeyingState.DRAFT, KeyingAction.ASK): KeyingState.WAITING_APPROVAL,
    (KeyingState.WAITING_APPROVAL, KeyingAction.DECLINE): KeyingState.DRAFT,
    (KeyingState.WAITING_APPROVAL, KeyingAction.FILE): KeyingState.FILED,
    (KeyingState.DRAFT, KeyingAction.FILE): KeyingState.FILED,
}
