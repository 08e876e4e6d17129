"""Facts of opening: on the envelope's own chain, or on the delivery's, the deposit slip's, the kit's."""

from dataclasses import dataclass

from backoffice.core.events import Subject, event


def delivery_subject(delivery_id: int) -> Subject:
    """A delivery as the subject of facts."""
    return Subject("delivery", str(delivery_id))


def deposit_subject(number: str) -> Subject:
    """A deposit slip as the subject of facts."""
    return Subject("deposit", number)


def kit_subject(kit_id: int) -> Subject:
    """A contingency kit as the subject of facts."""
    return Subject("slip_kit", str(kit_id))


@event("mailroom.opening.DeliveryRecorded")
@dataclass(frozen=True)
class DeliveryRecorded:
    """The carrier came."""

    delivery_id: int
    delivered_on: str
    carrier: str
    bags: int | None
    counted_envelopes: int | None


@event("mailroom.opening.DeliveryRecounted")
@dataclass(frozen=True)
class DeliveryRecounted:
    """The envelopes of a delivery were counted again."""

    delivery_id: int
    before: int | None
    after: int


@event("mailroom.opening.DeliverySettled")
@dataclass(frozen=True)
class DeliverySettled:
    """Why the envelopes counted and those registered are not the same number."""

    delivery_id: int
    difference: int
    reason: str


@event("mailroom.opening.PhotoKept")
@dataclass(frozen=True)
class PhotoKept:
    """A photograph of the envelope came; its bytes are kept, and it is read in a process of its own."""

    envelope: str
    sha256: str
    filename: str


@event("mailroom.opening.PhotoRead")
@dataclass(frozen=True)
class PhotoRead:
    """The picture of the envelope can be shown."""

    envelope: str
    picture_sha256: str


@event("mailroom.opening.PhotoRefused")
@dataclass(frozen=True)
class PhotoRefused:
    """The photograph cannot be shown; its bytes stay."""

    envelope: str
    reason: str


@event("mailroom.opening.PieceListed")
@dataclass(frozen=True)
class PieceListed:
    """A piece of an envelope has its control number; `followed` when its place must always be known."""

    envelope: str
    piece: str
    kind: str
    description: str
    sheets: int | None
    followed: bool


@event("mailroom.opening.PiecePlaced")
@dataclass(frozen=True)
class PiecePlaced:
    """A piece lies in a place that somebody answers for."""

    envelope: str
    piece: str
    place: str


@event("mailroom.opening.PieceSentBack")
@dataclass(frozen=True)
class PieceSentBack:
    """A piece went back to its sender."""

    envelope: str
    piece: str
    how: str


@event("mailroom.opening.PieceWithdrawn")
@dataclass(frozen=True)
class PieceWithdrawn:
    """A piece had been listed by mistake."""

    envelope: str
    piece: str
    reason: str


@event("mailroom.opening.InstrumentListed")
@dataclass(frozen=True)
class InstrumentListed:
    """The first person listed an instrument; it waits for a second."""

    receipt_id: int
    method: str
    accepted: bool


@event("mailroom.opening.InstrumentCounted")
@dataclass(frozen=True)
class InstrumentCounted:
    """A second person found the same: it counts as taken."""

    receipt_id: int
    amount_cents: int
    first: str
    second: str


@event("mailroom.opening.InstrumentDiffers")
@dataclass(frozen=True)
class InstrumentDiffers:
    """The second person found something else; a third looks."""

    receipt_id: int
    listed_cents: int
    found_cents: int
    second: str


@event("mailroom.opening.InstrumentSettled")
@dataclass(frozen=True)
class InstrumentSettled:
    """A third person said what is there."""

    receipt_id: int
    listed_cents: int
    found_cents: int
    settled_cents: int
    reason: str
    third: str


@event("mailroom.opening.DepositMade")
@dataclass(frozen=True)
class DepositMade:
    """Money counted and not deposited yet was gathered on a slip."""

    deposit: str
    instruments: int
    total_cents: int


@event("mailroom.opening.DepositAccepted")
@dataclass(frozen=True)
class DepositAccepted:
    """Finance counted the same and took the money over."""

    deposit: str
    instruments: int
    total_cents: int


@event("mailroom.opening.DepositDiffers")
@dataclass(frozen=True)
class DepositDiffers:
    """Finance counted something else; the slip stays with the mailroom."""

    deposit: str
    instruments: int
    total_cents: int
    found_instruments: int
    found_cents: int
    note: str


@event("mailroom.opening.DepositReversed")
@dataclass(frozen=True)
class DepositReversed:
    """The slip is void: its instruments wait again."""

    deposit: str
    instruments: int
    reason: str


@event("mailroom.opening.KitMade")
@dataclass(frozen=True)
class KitMade:
    """Receipt slips were numbered, to be printed for a day without the product."""

    kit_id: int
    first: str
    last: str
    slips: int
    kept_at: str


@event("mailroom.opening.PlacesKept")
@dataclass(frozen=True)
class PlacesKept:
    """The slips handed out have their places in the order of arrivals, by number, whoever is entered first."""

    kit_id: int
    first: str
    last: str
    places: int


@event("mailroom.opening.SlipUsed")
@dataclass(frozen=True)
class SlipUsed:
    """An envelope was registered under the slip that was handed out for it."""

    slip: str
    envelope: str
    received_on: str


@event("mailroom.opening.SlipSpoiled")
@dataclass(frozen=True)
class SlipSpoiled:
    """A slip was spoiled or lost: nobody holds it."""

    slip: str
    reason: str


@event("mailroom.opening.SlipRestored")
@dataclass(frozen=True)
class SlipRestored:
    """A slip noted as spoiled had been handed out after all."""

    slip: str
    reason: str
