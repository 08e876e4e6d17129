"""Facts about windows, on the window's chain, and about admissions, on the submission's."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def window_subject(code: str) -> Subject:
    """A window as the subject of facts."""
    return Subject("window", code)


def admission_subject(submission_id: object) -> Subject:
    """An application's admission as the subject of facts: the application's own chain, so that arrivals never wait for one another."""
    return Subject("submission", str(submission_id))


@event("quota.WindowLoaded")
@dataclass(frozen=True)
class WindowLoaded:
    """A window was created from a ministerial decision."""

    code: str
    capacity: int
    opens_at: str
    closes_at: str
    override_reason: str | None
    second: str | None


@event("quota.WindowMoved")
@dataclass(frozen=True)
class WindowMoved:
    """A window was announced, opened, suspended, resumed, closed…; the counts are those of that instant."""

    code: str
    action: str
    state: str
    held: int
    confirmed: int
    reason: str | None
    second: str | None = None
    arrivals: str | None = None


@event("quota.WindowAmended")
@dataclass(frozen=True)
class WindowAmended:
    """A decision has a new version."""

    code: str
    version: int
    changed: str
    reason: str
    second: str | None
    given: int


@event("quota.NoticeRecorded")
@dataclass(frozen=True)
class NoticeRecorded:
    """Something was said to the public."""

    code: str
    notice_id: int
    published_on: str
    where: str


@event("quota.TieSecretRevealed")
@dataclass(frozen=True)
class TieSecretRevealed:
    """The secret from which ties were drawn is public from now on."""

    code: str
    commitment: str


@event("quota.PaperRegistered")
@dataclass(frozen=True)
class PaperRegistered:
    """Every envelope stamped up to a day is registered: their places were given."""

    code: str
    day: str
    given: int


@event("quota.DrawCommitted")
@dataclass(frozen=True)
class DrawCommitted:
    """The list of a draw is frozen, its digest and the commitment to a secret are public."""

    code: str
    list_sha256: str
    count: int
    commitment: str
    public_source: str


@event("quota.DrawRevealed")
@dataclass(frozen=True)
class DrawRevealed:
    """The draw was made before a witness."""

    code: str
    public_value: str
    witness: str
    given: int


@event("quota.RoundOpened")
@dataclass(frozen=True)
class RoundOpened:
    """A round of invitations was made."""

    code: str
    number: int
    best: int | None
    cut_off: int | None
    invited: int
    second: str


@event("quota.DeclarationScored")
@dataclass(frozen=True)
class DeclarationScored:
    """The score of a declaration of interest was computed."""

    submission_id: str
    window: str
    score: int
    offer: bool


@event("quota.AdmissionDecided")
@dataclass(frozen=True)
class AdmissionDecided:
    """The place of one application changed: held, confirmed, released, refused…; `act` is the input of the ledger that caused it, `n` its line."""

    submission_id: str
    window: str
    act: str
    status: str
    reason: str | None
    rank: int | None
    n: int
