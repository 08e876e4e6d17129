"""The room's own menu: each part of the mailroom adds its line."""

from dataclasses import dataclass

from flask import request, url_for


@dataclass(frozen=True)
class Entry:
    """A line of the menu."""

    label: object
    endpoint: str
    order: int


@dataclass(frozen=True)
class Tab:
    """The line as a page shows it."""

    label: str
    url: str
    current: bool


_entries: list[Entry] = []


def entry(label: object, endpoint: str, order: int) -> None:
    """Add a line, once."""
    new = Entry(label, endpoint, order)
    if all(one.endpoint != endpoint for one in _entries):
        _entries.append(new)


def tabs() -> list[Tab]:
    """The lines in their order; the one of the part that is shown is marked."""
    here = (request.endpoint or "").split(".", 1)[0]
    shown = sorted(_entries, key=lambda one: one.order)
    return [Tab(str(one.label), url_for(one.endpoint), one.endpoint.split(".", 1)[0] == here) for one in shown]
