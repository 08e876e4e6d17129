"""Facts about submissions; they stand on the submission's own chain, so that arrivals never wait for one another."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def submission_subject(submission_id: object) -> Subject:
    """A submission as the subject of facts."""
    return Subject("submission", str(submission_id))


@event("intake.SubmissionReceived")
@dataclass(frozen=True)
class SubmissionReceived:
    """An application was received, durably kept and stamped."""

    submission_id: str
    sequence: int
    channel: str
    window: str
    content_sha256: str


@event("intake.SubmissionSettled")
@dataclass(frozen=True)
class SubmissionSettled:
    """It was given its outcome: a case, or a refusal."""

    submission_id: str
    case_number: str | None
    admission: str


def kept_subject(kept_id: int) -> Subject:
    """A body refused for its form as the subject of facts."""
    return Subject("kept_arrival", str(kept_id))


@event("intake.ArrivalAccepted")
@dataclass(frozen=True)
class ArrivalAccepted:
    """A person accepted, with a reason, what had been refused for its form; both digests are kept, as it came and as accepted."""

    kept_id: int
    submission_id: str
    sha256: str
    content_sha256: str
    reason: str


@event("intake.ArrivalDismissed")
@dataclass(frozen=True)
class ArrivalDismissed:
    """A person set aside, with a reason, what had been refused for its form."""

    kept_id: int
    reason: str


@event("intake.AttachmentInfected")
@dataclass(frozen=True)
class AttachmentInfected:
    """The antivirus recognised malicious software in a file sent through the portal: it is kept, and stays closed."""

    message_id: str
    attachment_id: str
    sha256: str
    signature: str
