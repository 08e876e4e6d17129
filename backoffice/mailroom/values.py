"""Plain values of the mailroom."""

from enum import StrEnum


class EnvelopeKind(StrEnum):
    """What an envelope seems to be on arrival."""

    APPLICATION = "application"
    DOCUMENTS = "documents"
    PAYMENT = "payment"
    CHANGE = "change"
    REVIEW = "review"
    OTHER = "other"
    UNKNOWN = "unknown"


class Ground(StrEnum):
    """Why an application on paper is accepted (the portal is the rule since 2016-01-05)."""

    RECEIVED_BEFORE_2016 = "received_before_2016"
    INTERNET_IMPOSSIBLE = "internet_impossible"
    PORTAL_FAULT = "portal_fault"
    MANUAL_CORRECTION = "manual_correction"
