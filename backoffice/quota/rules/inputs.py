"""What the ledger can say that happened: one value for each type of input, read from its line and written to it (docs/ledger.md)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Self, cast, get_type_hints

from backoffice.quota.statuses import Doubt, InputType, Order, WindowAction, WindowState
from backoffice.quota.values import WindowTerms


class MalformedInputError(ValueError):
    """A line that does not have the members of its type."""


class Verdict(StrEnum):
    """What a person found: of a ground claimed (verified, denied), of a suspected duplicate (same, different)."""

    VERIFIED = "verified"
    DENIED = "denied"
    SAME = "same"
    DIFFERENT = "different"


def instant(at: datetime) -> str:
    """An instant as the ledger writes it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _plain(value: object) -> object:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


class Input:
    """Something that happened. Its members are those of its line."""

    __slots__ = ()
    type: ClassVar[InputType]

    def data(self) -> dict[str, object]:
        """The members of its line."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}  # type: ignore[arg-type]  # every input is a dataclass

    @classmethod
    def read(cls, data: Mapping[str, object]) -> Self:
        """The input of a line; refuses another member, a missing one, or one of another kind."""
        kinds = _hints(cls)
        if set(data) != set(kinds):
            raise MalformedInputError(f"{cls.type.value} has the members {', '.join(sorted(kinds))}")
        return cls(**{name: _READERS[kind](data[name], name) for name, kind in kinds.items()})


_KINDS: Final[dict[type[Input], dict[str, object]]] = {}


def _hints(cls: type[Input]) -> dict[str, object]:
    """The members of an input and their kinds."""
    if cls not in _KINDS:
        hints = get_type_hints(cls)
        _KINDS[cls] = {each.name: hints[each.name] for each in fields(cls)}  # type: ignore[arg-type]  # every input is a dataclass
    return _KINDS[cls]


@dataclass(frozen=True, slots=True)
class Terms(Input):
    """The decision, or its next version."""

    type = InputType.TERMS
    version: int
    capacity: int
    margin: int
    reserve: int
    paper_share: int | None
    country_caps: Mapping[str, object]
    waiting_list: bool
    exempt_grounds: list[str]
    channels: list[str]
    policy: Mapping[str, object]
    opens_at: datetime
    closes_at: datetime

    @property
    def rules(self) -> WindowTerms:
        """What the rules look at."""
        return terms_of(
            self.policy, self.country_caps, capacity=self.capacity, margin=self.margin, reserve=self.reserve, paper_share=self.paper_share,
            waiting_list=self.waiting_list, exempt_grounds=self.exempt_grounds, channels=self.channels,
        )  # fmt: skip

    @property
    def tie_seconds(self) -> int:
        """The interval inside which arrivals are drawn; 0 for none."""
        return tie_seconds(self.policy)


def tie_seconds(policy: Mapping[str, object]) -> int:
    """The interval inside which arrivals are drawn, as a policy says it; 0 for none."""
    return cast("int", policy.get("tie_seconds") or 0)


def terms_of(
    policy: Mapping[str, object], caps: Mapping[str, object], *, capacity: int, margin: int, reserve: int, paper_share: int | None,
    waiting_list: bool, exempt_grounds: list[str], channels: list[str],
) -> WindowTerms:  # fmt: skip
    """What the rules look at, of the data of a decision."""
    return WindowTerms(
        capacity=capacity, margin=margin, reserve=reserve, paper_share=paper_share, waiting_list=waiting_list,
        country_caps_default=cast("int | None", caps.get("default")), country_caps=dict(cast("Mapping[str, int] | None", caps.get("by_country")) or {}),
        exempt_grounds=frozenset(exempt_grounds), channels=frozenset(channels), order=Order(str(policy.get("order", Order.FIRST_COME.value))),
        paper_day_drawn=policy.get("paper_day") == "draw", offers_first=policy.get("offers_first") is True,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moved(Input):
    """The window moved."""

    type = InputType.WINDOW
    act: WindowAction
    state: WindowState


@dataclass(frozen=True, slots=True)
class TieCommitment(Input):
    """The secret of the ties is committed to."""

    type = InputType.TIE_COMMITMENT
    commitment: str


@dataclass(frozen=True, slots=True)
class TieSecret(Input):
    """That secret, revealed."""

    type = InputType.TIE_SECRET
    secret: str


@dataclass(frozen=True, slots=True)
class Arrived(Input):
    """An application."""

    type = InputType.ARRIVAL
    id: str
    sequence: int
    received_at: datetime
    day: date
    channel: str
    country: str
    ground: str | None
    doubt: Doubt | None
    late: bool

    def data(self) -> dict[str, object]:
        """The members of its line, written out: it is the commonest of all."""
        return {
            "id": self.id, "sequence": self.sequence, "received_at": instant(self.received_at), "day": self.day.isoformat(), "channel": self.channel,
            "country": self.country, "ground": self.ground, "doubt": self.doubt.value if self.doubt else None, "late": self.late,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperThrough(Input):
    """Every envelope stamped up to this day is registered and keyed."""

    type = InputType.PAPER_THROUGH
    day: date


@dataclass(frozen=True, slots=True)
class Scored(Input):
    """The score of a declaration."""

    type = InputType.SCORE
    id: str
    score: int
    offer: bool


@dataclass(frozen=True, slots=True)
class About(Input):
    """What happened to one application and has no other member."""

    id: str


@dataclass(frozen=True, slots=True)
class Paid(About):
    """The fee was paid in time."""

    type = InputType.PAID


@dataclass(frozen=True, slots=True)
class UnpaidAgain(About):
    """The payment came back."""

    type = InputType.UNPAID_AGAIN


@dataclass(frozen=True, slots=True)
class Lapsed(About):
    """The fee was not paid by its last day."""

    type = InputType.LAPSED


@dataclass(frozen=True, slots=True)
class Expired(About):
    """A declaration is 12 months old, or an invitation was not answered in its 60 days."""

    type = InputType.EXPIRED


@dataclass(frozen=True, slots=True)
class Filed(About):
    """Somebody invited filed the application."""

    type = InputType.FILED


@dataclass(frozen=True, slots=True)
class Withdrawn(About):
    """The applicant withdrew."""

    type = InputType.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Reinstated(About):
    """A person reviewed what had lapsed or been refused, and found a place for it."""

    type = InputType.REINSTATED


@dataclass(frozen=True, slots=True)
class FromReserve(About):
    """A person was prevented by a recorded fault: a place of the reserve is given by decision of two."""

    type = InputType.RESERVE


@dataclass(frozen=True, slots=True)
class Annulled(About):
    """The admission is void."""

    type = InputType.ANNULLED


@dataclass(frozen=True, slots=True)
class Restored(About):
    """The annulment is undone."""

    type = InputType.RESTORED


@dataclass(frozen=True, slots=True)
class Exemption(Input):
    """A person looked at the ground claimed."""

    type = InputType.EXEMPTION
    id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Duplicate(Input):
    """A person looked at a suspected duplicate."""

    type = InputType.DUPLICATE
    id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class DrawCommit(Input):
    """The list of a draw is frozen, the secret is committed to, the public value to come is named."""

    type = InputType.DRAW_COMMIT
    list_sha256: str
    count: int
    commitment: str
    public_source: str


@dataclass(frozen=True, slots=True)
class Draw(Input):
    """The draw."""

    type = InputType.DRAW
    secret: str
    public_value: str
    witness: int


@dataclass(frozen=True, slots=True)
class Round(Input):
    """A round of invitations."""

    type = InputType.ROUND
    round: int
    best: int | None
    cut_off: int | None


INPUTS: Final[dict[InputType, type[Input]]] = {
    each.type: each
    for each in (
        Terms, Moved, TieCommitment, TieSecret, Arrived, PaperThrough, Scored, Paid, UnpaidAgain, Lapsed, Expired, Filed, Withdrawn, Exemption,
        Duplicate, Reinstated, FromReserve, Annulled, Restored, DrawCommit, Draw, Round,
    )
}  # fmt: skip


def read(type_: str, data: Mapping[str, object]) -> Input:
    """The input of a line, by the name of its type."""
    try:
        return INPUTS[InputType(type_)].read(data)
    except ValueError as fault:
        raise MalformedInputError(str(fault)) from None


def _exactly(kind: type) -> Callable[[object, str], object]:
    def reads(value: object, name: str) -> object:
        if type(value) is not kind:
            raise MalformedInputError(f"{name} is not {kind.__name__}")
        return value

    return reads


def _or_null(reader: Callable[[object, str], object]) -> Callable[[object, str], object]:
    return lambda value, name: None if value is None else reader(value, name)


def _text_as(make: Callable[[str], object]) -> Callable[[object, str], object]:
    def reads(value: object, name: str) -> object:
        if not isinstance(value, str):
            raise MalformedInputError(f"{name} is not text")
        made = make(value)
        if _plain(made) != value:
            raise MalformedInputError(f"{name} is not written as it should be")
        return made

    return reads


def _texts(value: object, name: str) -> object:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise MalformedInputError(f"{name} is not a list of texts")
    return value


_READERS: Final[dict[object, Callable[[object, str], object]]] = {
    int: _exactly(int), str: _exactly(str), bool: _exactly(bool), int | None: _or_null(_exactly(int)), str | None: _or_null(_exactly(str)),
    Mapping[str, object]: _exactly(dict), list[str]: _texts, datetime: _text_as(datetime.fromisoformat), date: _text_as(date.fromisoformat),
    WindowAction: _text_as(WindowAction), WindowState: _text_as(WindowState), Verdict: _text_as(Verdict), Doubt | None: _or_null(_text_as(Doubt)),
}  # fmt: skip
