"""Facts about accounts and approvals."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def account_subject(account_id: int) -> Subject:
    """An account as the subject of facts."""
    return Subject("account", str(account_id))


@event("staff.AccountCreated")
@dataclass(frozen=True)
class AccountCreated:
    """An account was opened."""

    account_id: int
    role: str


@event("staff.SignedIn")
@dataclass(frozen=True)
class SignedIn:
    """A session began."""

    account_id: int


@event("staff.SignedOut")
@dataclass(frozen=True)
class SignedOut:
    """A session was ended by its owner."""

    account_id: int


@event("staff.SessionsEnded")
@dataclass(frozen=True)
class SessionsEnded:
    """Every session of an account was ended."""

    account_id: int
    sessions: int


@event("staff.KeyIssued")
@dataclass(frozen=True)
class KeyIssued:
    """A key was given to another system."""

    key_id: int
    scopes: list[str]


@event("staff.KeyRotated")
@dataclass(frozen=True)
class KeyRotated:
    """A key was replaced by a new one; both are accepted until the instant named."""

    key_id: int
    new_key_id: int
    until: str


@event("staff.KeyRevoked")
@dataclass(frozen=True)
class KeyRevoked:
    """A key was taken back."""

    key_id: int


@event("staff.ApprovalAsked")
@dataclass(frozen=True)
class ApprovalAsked:
    """An act waits for a second person."""

    approval_id: int
    kind: str


@event("staff.ApprovalDecided")
@dataclass(frozen=True)
class ApprovalDecided:
    """A second person answered."""

    approval_id: int
    kind: str
    approved: bool
