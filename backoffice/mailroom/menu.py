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
    """The lines in their order; of the part that is shown, the line that leads nearest to the page is marked."""
    here = (request.endpoint or "").split(".", 1)[0]
    shown = [(one, url_for(one.endpoint)) for one in sorted(_entries, key=lambda one: one.order)]
    ours = [url for one, url in shown if one.endpoint.split(".", 1)[0] == here]
    current = max(ours, key=lambda url: len(url) if f"{request.path}/".startswith(f"{url}/") else 0, default=None)
    return [Tab(str(one.label), url, url == current) for one, url in shown]
