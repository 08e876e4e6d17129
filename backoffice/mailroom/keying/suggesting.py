"""What the machine read in the zones of a form, as suggestions. Pure.

A suggestion stands beside its field and never in it: the only way into the application is a clerk's act (design: the machine
suggests, a person decides). The second pass is shown none: two clerks who take the same misreading would agree on it.
"""

import re
from collections.abc import Iterable, Mapping

from backoffice.mailroom.keying import rules
from backoffice.mailroom.keying.values import Box, Read, Suggestion
from backoffice.mailroom.keying.zones import Form

_SURE = 30
"""Below this, what was read is noise."""

_DAY = re.compile(r"((?:19|20)\d\d)\D{0,5}(0[1-9]|1[0-2])\D{0,5}(0[1-9]|[12]\d|3[01])")
_SEX = re.compile(r"[\[(]\s*[xX✓]\s*[\])]\s*([FMX])\b")


def suggest(form: Form, first_page: int, words: Mapping[int, Iterable[Read]]) -> dict[str, Suggestion]:
    """For each field of the form, what its zone holds; `words` by the place of their page."""
    found = {}
    shared = [(zone.page, zone.box) for zone in form.zones.values()]
    for name, zone in form.zones.items():
        if shared.count((zone.page, zone.box)) > 1:
            continue  # several fields on one line of the form: nobody can tell which word is whose
        inside = [word for word in words.get(first_page + zone.page - 1, ()) if _is_in(word.box, zone.box)]
        text = _shaped(name, " ".join(word.text for word in inside))
        sure = _confidence(inside)
        if text and sure >= _SURE:
            found[name] = Suggestion(text, sure)
    return found


def _is_in(word: Box, zone: Box) -> bool:
    middle, height = (word.left + word.right) / 2, (word.top + word.bottom) / 2
    return zone.left <= middle <= zone.right and zone.top <= height <= zone.bottom


def _confidence(words: list[Read]) -> int:
    """As sure as its least sure word."""
    return min((word.confidence for word in words), default=0)


def _shaped(name: str, text: str) -> str:
    """What was read as the field writes it; nothing when it cannot be such a value."""
    member = name.rpartition("-")[2]
    if member == "birth_date":
        found = _DAY.search(text)
        return "-".join(found.groups()) if found else ""
    if member == "passport_number":
        return "".join(text.split()).upper()
    if member == "sex":
        ticked = _SEX.search(text)
        return ticked[1] if ticked else ""
    if member in {"birth_country", "citizenships", "address_country"}:
        return text if len(rules.country_code(text)) == 2 else ""
    return text.strip(" .:_")
