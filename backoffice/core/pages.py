"""The sections of the shell: each feature adds its own line, with its count and who may see it."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import request, url_for


@dataclass(frozen=True)
class Section:
    """A line of the side navigation."""

    label: object
    endpoint: str
    permission: str
    order: int
    count: Callable[[], int | None] = lambda: None
    prefix: str = ""


@dataclass(frozen=True)
class NavItem:
    """The line as the shell shows it."""

    label: str
    url: str
    count: int | None
    current: bool
    group: int
    key: str


_sections: list[Section] = []


def section(new: Section) -> None:
    """Add a line, once."""
    if new not in _sections:
        _sections.append(new)


def navigation(may: Callable[[str], bool]) -> list[NavItem]:
    """The lines that an account may see, in order; tens of the order are groups."""
    shown = sorted((s for s in _sections if may(s.permission)), key=lambda s: s.order)
    return [NavItem(str(s.label), url_for(s.endpoint), s.count(), _is_current(s), s.order // 10, s.endpoint) for s in shown]


def _is_current(section: Section) -> bool:
    return request.endpoint == section.endpoint or bool(section.prefix and request.path.startswith(section.prefix))
