"""The library of reviewed paragraphs: inserted while writing, by `::name` or from a list, in the applicant's language.

Each is two files, French and English, whose first line is its title. What a paragraph may say of a case is declared here;
tests compile every file, so that a name that nobody fills cannot reach a caseworker, and still less an applicant.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from backoffice.mail.texts import TEMPLATES, Language, MessageValue, letters_environment

FOLDER: Final = "mail/paragraphs"

PARAGRAPHS: Final[dict[str, frozenset[str]]] = {
    "answer-below": frozenset({"case_number"}),
    "read-and-follow": frozenset({"case_number", "officer"}),
    "question": frozenset({"case_number"}),
    "detail-received": frozenset({"case_number"}),
    "items-waiting": frozenset({"case_number", "items_waiting"}),
    "last-day": frozenset({"last_day"}),
    "no-status": frozenset({"received_on"}),
    "change-of-address": frozenset({"case_number"}),
    "certified-copy": frozenset(),
    "translation": frozenset(),
    "explanation": frozenset(),
    "representative": frozenset({"case_number"}),
    "sorry": frozenset(),
}
"""What each says of the case, in the order of the menu."""

_CALLED = re.compile(r"(?<![\w:])::([a-z]+(?:-[a-z]+)*)(?![\w-])")
_TO_FILL = re.compile(r"\[[^\]\n]{1,80}\]")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph filled for one case, and the exact words it was made from."""

    name: str
    title: str
    text: str
    version: str

    def to_json(self) -> dict[str, object]:
        """What stays with the message that used it; whether its words were kept is found when it leaves."""
        return {"name": self.name, "version": self.version, "text": self.text}


def paragraph(name: str, language: Language, values: Mapping[str, MessageValue]) -> Paragraph | None:
    """A paragraph filled for a case; nothing when the case has not what it speaks of (no term runs, no document is awaited)."""
    wanted = PARAGRAPHS.get(name)
    if wanted is None or not wanted <= values.keys():
        return None
    template = f"{FOLDER}/{name}.{language}.txt"
    rendered = letters_environment().get_template(template).render({key: values[key] for key in wanted})
    title, _newline, body = rendered.partition("\n")
    return Paragraph(name, title.strip(), body.strip(), version(template))


def available(language: Language, values: Mapping[str, MessageValue]) -> list[Paragraph]:
    """All that can be said of this case, in the order of the menu."""
    return [found for name in PARAGRAPHS if (found := paragraph(name, language, values))]


@cache
def version(template: str) -> str:
    """Name the exact words of a paragraph."""
    return hashlib.sha256((TEMPLATES / template).read_bytes()).hexdigest()[:12]


def expand(text: str, paragraphs: Sequence[Paragraph]) -> tuple[str, list[Paragraph]]:
    """Put each paragraph called by `::name` in its place; what is not known stays as typed."""
    known, used = {one.name: one for one in paragraphs}, []

    def put(match: re.Match[str]) -> str:
        found = known.get(match[1])
        if found is None:
            return match[0]
        used.append(found)
        return found.text

    return _CALLED.sub(put, text), used


def unfinished(text: str) -> list[str]:
    """What must not leave: a paragraph called by a name nobody knows, or a place in brackets that was not filled."""
    return [match[0] for pattern in (_CALLED, _TO_FILL) for match in pattern.finditer(text)]
