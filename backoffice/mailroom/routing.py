"""Which pages of a scanned stack go where, by the codes on them; a code is never guessed nor mended.

A return sheet of ours routes the pages after it, until the next return sheet or a separator: what follows a separator may
be somebody else's, so it goes to a person. The sheets themselves and blank pages are left out, each with its reason.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from backoffice.mail.codes import ReturnCode
from backoffice.mailroom.values import Excluded, ReadPage


@dataclass
class Part:
    """Pages that belong together; with a code, the request that they answer."""

    code: ReturnCode | None
    numbers: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """The parts of a stack in order, and the pages left out."""

    parts: tuple[Part, ...]
    excluded: dict[int, Excluded]


def plan(pages: Sequence[ReadPage], read: Callable[[str], ReturnCode | None]) -> Plan:
    """Split a stack; `read` gives what one of our codes says, and nothing for a forged or foreign one."""
    parts, excluded = [Part(None)], {}
    for page in pages:
        code = next((known for text in page.codes if (known := read(text))), None)
        if code:
            excluded[page.number] = Excluded.RETURN_SHEET
            parts.append(Part(code))
        elif page.separator:
            excluded[page.number] = Excluded.SEPARATOR
            parts.append(Part(None))
        elif page.blank:
            excluded[page.number] = Excluded.BLANK
        else:
            parts[-1].numbers.append(page.number)
    return Plan(tuple(part for part in parts if part.numbers or part.code), excluded)
