"""Panels of the envelope's page and of the first page: each part of the mailroom adds what it knows of them.

A template finds what its function gave under the name `panel`; a function that gives nothing shows nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backoffice.mailroom.models import Envelope

Shown = Mapping[str, object]


@dataclass(frozen=True)
class Drawn:
    """A panel ready to be included."""

    template: str
    shown: Shown
    side: bool


@dataclass(frozen=True)
class _OfEnvelope:
    template: str
    show: Callable[[Envelope], Shown | None]
    order: int
    side: bool


@dataclass(frozen=True)
class _OfHome:
    template: str
    show: Callable[[], Shown | None]
    order: int
    side: bool


_of_envelope: list[_OfEnvelope] = []
_of_home: list[_OfHome] = []


def of_envelope(template: str, show: Callable[[Envelope], Shown | None], *, order: int, side: bool = False) -> None:
    """Add a panel to the envelope's page, once; `side` puts it in the narrow column."""
    if all(one.template != template for one in _of_envelope):
        _of_envelope.append(_OfEnvelope(template, show, order, side))


def of_home(template: str, show: Callable[[], Shown | None], *, order: int, side: bool = False) -> None:
    """Add a panel to the first page, once."""
    if all(one.template != template for one in _of_home):
        _of_home.append(_OfHome(template, show, order, side))


def for_envelope(envelope: Envelope) -> list[Drawn]:
    """The panels of an envelope, in order."""
    drawn = ((one, one.show(envelope)) for one in sorted(_of_envelope, key=lambda one: one.order))
    return [Drawn(one.template, shown, one.side) for one, shown in drawn if shown is not None]


def for_home() -> list[Drawn]:
    """The panels of the first page, in order."""
    drawn = ((one, one.show()) for one in sorted(_of_home, key=lambda one: one.order))
    return [Drawn(one.template, shown, one.side) for one, shown in drawn if shown is not None]
