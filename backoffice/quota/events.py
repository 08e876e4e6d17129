"""Facts about windows and admissions; an admission's facts stand on the window's chain."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def window_subject(code: str) -> Subject:
    """A window as the subject of facts."""
    return Subject("window", code)


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


@event("quota.AdmissionDecided")
@dataclass(frozen=True)
class AdmissionDecided:
    """The place of one application changed: held, confirmed, released, refused…"""

    submission_id: str
    window: str
    action: str
    status: str
    reason: str | None
    rank: int | None
    position: int
