"""Facts about proposals, intentions and decisions, on the case's chain."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def intention_owner(intention_id: int) -> Subject:
    """An intention letter as the owner of a term."""
    return Subject("intention", str(intention_id))


@event("decisions.ReminderSent")
@dataclass(frozen=True)
class ReminderSent:
    """The applicant was reminded that a term ends."""

    term_id: int
    term: str
    days_before: int
    left: int
    message_id: str


@event("decisions.ProposalMade")
@dataclass(frozen=True)
class ProposalMade:
    """A term is over: what follows is put before a person."""

    proposal_id: int
    term: str
    last_day: str
    barred: bool


@event("decisions.ProposalClosed")
@dataclass(frozen=True)
class ProposalClosed:
    """A proposal was decided, dismissed, or overtaken by what happened."""

    proposal_id: int
    outcome: str
    reason: str


@event("decisions.IntentionSent")
@dataclass(frozen=True)
class IntentionSent:
    """The applicant was warned of what is intended, with the reasons and the time to answer."""

    intention_id: int
    intended: str
    message_id: str
    items: list[int]
    letter_sha256: str


@event("decisions.IntentionReissued")
@dataclass(frozen=True)
class IntentionReissued:
    """The letter was issued again, with a new day zero."""

    intention_id: int
    message_id: str
    before: str
    reason: str


@event("decisions.IntentionWithdrawn")
@dataclass(frozen=True)
class IntentionWithdrawn:
    """What was intended is not done: the case goes back to the examination."""

    intention_id: int
    reason: str


@event("decisions.RejectionProposed")
@dataclass(frozen=True)
class RejectionProposed:
    """A caseworker proposed the rejection: it waits for a second person."""

    decision_id: int
    reason: str


@event("decisions.RejectionSentBack")
@dataclass(frozen=True)
class RejectionSentBack:
    """The second person did not sign."""

    decision_id: int
    reason: str


@event("decisions.CaseRejected")
@dataclass(frozen=True)
class CaseRejected:
    """The application was rejected, signed by two; the fee is kept."""

    decision_id: int
    message_id: str
    letter_sha256: str
    proposed_by: str


@event("decisions.GoneOnUnreachable")
@dataclass(frozen=True)
class GoneOnUnreachable:
    """Two people decided to go on although the applicant could not be reached."""

    proposal_id: int
    reason: str
    asked_by: str


@event("decisions.SignatureRefused")
@dataclass(frozen=True)
class SignatureRefused:
    """What two people signed could not be done any more."""

    approval_id: int
    act: str
    refusal: str


@event("decisions.ErrorCorrected")
@dataclass(frozen=True)
class ErrorCorrected:
    """A supervisor corrected an error of the ministry, without formal review."""

    before: str
    after: str
    reason: str
