"""States of a term."""

from enum import StrEnum


class TermState(StrEnum):
    """Where a term stands; « late » is not a state, it is computed."""

    RUNNING = "running"
    SATISFIED = "satisfied"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class TermAction(StrEnum):
    """What can end a term."""

    SATISFY = "satisfy"
    LAPSE = "lapse"
    CANCEL = "cancel"
    REVIVE = "revive"
    RENEW = "renew"


class StartChange(StrEnum):
    """Why a term has another day zero: its letter was issued again, it was reinstated, or the day had been recorded wrong."""

    REISSUED = "reissued"
    RENEWED = "renewed"
    CORRECTED = "corrected"


TRANSITIONS = {
    (TermState.RUNNING, TermAction.SATISFY): TermState.SATISFIED,
    (TermState.RUNNING, TermAction.LAPSE): TermState.LAPSED,
    (TermState.RUNNING, TermAction.CANCEL): TermState.CANCELLED,
    # An instrument that comes back unpaid, a refusal of a document: the same term runs on, with its first day.
    (TermState.SATISFIED, TermAction.REVIVE): TermState.RUNNING,
    # The act that cancelled it was stayed by a court: it runs on, less the days during which it could not.
    (TermState.CANCELLED, TermAction.REVIVE): TermState.RUNNING,
    # A person reinstated what had lapsed, or undid what had cancelled it: the whole term again, from a new first day.
    (TermState.LAPSED, TermAction.RENEW): TermState.RUNNING,
    (TermState.CANCELLED, TermAction.RENEW): TermState.RUNNING,
}
