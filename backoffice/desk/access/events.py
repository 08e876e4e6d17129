"""Facts about requests for access; each stands on the request's own chain."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def access_subject(request_id: int) -> Subject:
    """A request as the subject of facts."""
    return Subject("access_request", str(request_id))


@event("desk.access.AccessRequested")
@dataclass(frozen=True)
class AccessRequested:
    """Somebody asked for their file."""

    request_id: int
    case_number: str
    received_on: str
    channel: str
    last_day: str


@event("desk.access.AccessExtended")
@dataclass(frozen=True)
class AccessExtended:
    """Ten days were added, before the twenty had ended."""

    request_id: int
    reason: str
    last_day: str


@event("desk.access.ItemChosen")
@dataclass(frozen=True)
class ItemChosen:
    """A person chose what becomes of something in the file."""

    request_id: int
    item: str
    ground: str | None
    reason: str


@event("desk.access.ExportAsked")
@dataclass(frozen=True)
class ExportAsked:
    """The copy of the file is to be made."""

    request_id: int


@event("desk.access.ExportMade")
@dataclass(frozen=True)
class ExportMade:
    """The copy of the file stands, under its digest."""

    request_id: int
    sha256: str
    given: int
    left_out: int


@event("desk.access.ExportTaken")
@dataclass(frozen=True)
class ExportTaken:
    """Somebody saved the copy of the file on their computer."""

    request_id: int
    sha256: str


@event("desk.access.AccessReviewed")
@dataclass(frozen=True)
class AccessReviewed:
    """A person looked at what is given and at what is left out."""

    request_id: int
    sha256: str


@event("desk.access.AccessReleased")
@dataclass(frozen=True)
class AccessReleased:
    """The copy of the file was given."""

    request_id: int
    sha256: str
    released_on: str
    way: str
    left_out: int


@event("desk.access.AccessRefused")
@dataclass(frozen=True)
class AccessRefused:
    """The request was refused, with its ground."""

    request_id: int
    ground: str
    reason: str
