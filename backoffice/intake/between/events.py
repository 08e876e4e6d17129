"""Facts about the people between: verdicts, withdrawals, reviews, and two registers. A submission's stand on its own chain."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def claim_subject(claim_id: int) -> Subject:
    """The claim of somebody prevented, as the subject of facts."""
    return Subject("fault_claim", str(claim_id))


def declaration_subject(declaration_id: int) -> Subject:
    """A false declaration as the subject of facts."""
    return Subject("false_declaration", str(declaration_id))


@event("intake.ExemptionJudged")
@dataclass(frozen=True)
class ExemptionJudged:
    """A person verified or denied the ground claimed."""

    submission_id: str
    ground: str
    verified: bool
    proof: str
    reason: str
    admission: str


@event("intake.DuplicateJudged")
@dataclass(frozen=True)
class DuplicateJudged:
    """A person compared two applications: the same person, or two."""

    submission_id: str
    other_id: str | None
    same: bool
    kept_id: str | None
    reason: str


@event("intake.SubmissionWithdrawn")
@dataclass(frozen=True)
class SubmissionWithdrawn:
    """The applicant withdrew; what becomes of the fee is said."""

    submission_id: str
    withdrawal_id: str
    source: str
    reference: str | None
    fee: str


@event("intake.RefundAnswered")
@dataclass(frozen=True)
class RefundAnswered:
    """A person decided whether the fee of a withdrawn application goes back."""

    withdrawal_id: str
    refund: bool
    reason: str


@event("intake.OutcomeReviewed")
@dataclass(frozen=True)
class OutcomeReviewed:
    """A person reviewed what a machine had decided: reinstated, or maintained (A-2.1 s. 65.2)."""

    submission_id: str
    before: str
    reinstated: bool
    reason: str


@event("intake.ApplicantTold")
@dataclass(frozen=True)
class ApplicantTold:
    """An applicant without a case was sent a message."""

    message_id: str
    kind: str
    readable: bool
    content_sha256: str


@event("intake.FaultClaimed")
@dataclass(frozen=True)
class FaultClaimed:
    """Somebody prevented by a fault was written into the register."""

    claim_id: int
    code: str
    programme: str
    window: str | None
    received_on: str
    files: int


@event("intake.FaultClaimDecided")
@dataclass(frozen=True)
class FaultClaimDecided:
    """Two people granted or declined it."""

    claim_id: int
    granted: bool
    reason: str
    first: str
    second: str


@event("intake.FaultClaimUsed")
@dataclass(frozen=True)
class FaultClaimUsed:
    """The application that the grant allows came: the grant is used up."""

    claim_id: int
    submission_id: str


@event("intake.ReserveGiven")
@dataclass(frozen=True)
class ReserveGiven:
    """A place of the reserve went to somebody prevented."""

    claim_id: int
    submission_id: str


@event("intake.FalseDeclarationEntered")
@dataclass(frozen=True)
class FalseDeclarationEntered:
    """A false declaration was written into the register."""

    declaration_id: int
    reference: str
    decided_on: str
    until: str


@event("intake.FalseDeclarationMet")
@dataclass(frozen=True)
class FalseDeclarationMet:
    """Somebody of an application looks like somebody of the register: nothing is cashed until a person looks."""

    submission_id: str
    declaration_id: int


@event("intake.FalseDeclarationJudged")
@dataclass(frozen=True)
class FalseDeclarationJudged:
    """A person compared them: the same, so the ministry declines to examine; or not the same."""

    submission_id: str
    declaration_id: int
    same: bool
    reason: str
