"""The terms of a window, where its places stand, and the entries of its ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from backoffice.quota.statuses import AdmissionAction, AdmissionReason, AdmissionStatus, WindowAction, WindowState

__all__ = [
    "AdmissionAction",
    "AdmissionReason",
    "AdmissionStatus",
    "Decision",
    "LedgerEntry",
    "Standing",
    "WindowAction",
    "WindowState",
    "WindowTerms",
]


@dataclass(frozen=True, slots=True)
class WindowTerms:
    """What the ministerial decision says of a window: data, never code (I-0.2 s. 3.5; I-0.2.1 s. 50)."""

    capacity: int
    margin: int = 0
    reserve: int = 0
    country_caps_default: int | None = None
    country_caps: Mapping[str, int] = field(default_factory=dict)
    waiting_list: bool = False
    exempt_grounds: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset({"online", "paper"})


@dataclass(frozen=True, slots=True)
class Standing:
    """The places taken so far: held without payment, confirmed by it, and both together by country."""

    held: int = 0
    confirmed: int = 0
    by_country: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What an arrival is given, and why."""

    status: AdmissionStatus
    reason: AdmissionReason | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One act on one application, in the order of the ledger."""

    sequence: int
    submission_id: str
    act: AdmissionAction
    status: AdmissionStatus
    reason: AdmissionReason | None = None
    country: str | None = None
