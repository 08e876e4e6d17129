"""A decision as data (the contract's examples/window.json), turned into what a person would have typed on the form.

So the data and the typing meet the same checks, and each fault of the data is shown on its field.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from flask_babel import gettext as _

from backoffice.desk.forms_windows import typed_instant

Typed = dict[str, list[str]]


class WrongKindError(ValueError):
    """A member of the data is not of its kind."""


def as_typed(data: Mapping[str, object]) -> tuple[Typed, dict[str, str]]:
    """What would have been typed for these data, and what is wrong with each field; a member nobody knows is wrong too."""
    typed: Typed = {}
    wrong: dict[str, str] = {}
    members = dict(data)
    for parent in ("policy", "country_caps", "notice"):
        members |= _inside(parent, members.pop(parent, None), wrong)
    for member, value in members.items():
        if member not in READERS:
            wrong["pasted"] = _("The member %(member)s is not known.", member=member[:60])
            continue
        field, read = READERS[member]
        try:
            typed[field] = read(value)
        except WrongKindError as fault:
            wrong[field] = str(fault)
    return typed, wrong


def _inside(parent: str, value: object, wrong: dict[str, str]) -> dict[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        wrong["pasted"] = _("The member %(member)s must be an object.", member=parent)
        return {}
    return {f"{parent}.{name}": inner for name, inner in value.items()}


def _text(value: object) -> list[str]:
    if not isinstance(value, str):
        raise WrongKindError(_("This must be text."))
    return [value]


def _count(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise WrongKindError(_("This must be a whole number."))
    return [str(value)]


def _flag(value: object) -> list[str]:
    if not isinstance(value, bool):
        raise WrongKindError(_("This must be true or false."))
    return ["y"] if value else []


def _list(value: object) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WrongKindError(_("This must be a list of texts."))
    return [str(one) for one in value]


def _instant(value: object) -> list[str]:
    if value is None:
        return []
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        raise WrongKindError(_("This must be an instant with its zone, such as 2016-06-13T08:30:00-04:00.")) from None
    if at.tzinfo is None:
        raise WrongKindError(_("This must be an instant with its zone, such as 2016-06-13T08:30:00-04:00."))
    return [typed_instant(at)]


def _caps(value: object) -> list[str]:
    if value is None:
        return []
    if not isinstance(value, Mapping) or not all(isinstance(one, int) and not isinstance(one, bool) for one in value.values()):
        raise WrongKindError(_("This must name countries, each with a whole number."))
    return ["\n".join(f"{country} {most}" for country, most in sorted(value.items()))]


READERS: Mapping[str, tuple[str, Callable[[object], list[str]]]] = {
    "code": ("code", _text), "programme": ("programme", _text), "decision": ("decision", _text), "capacity": ("capacity", _count),
    "margin": ("margin", _count), "reserve": ("reserve", _count), "paper_share": ("paper_share", _count), "waiting_list": ("waiting_list", _flag),
    "channels": ("channels", _list), "exempt_grounds": ("exempt_grounds", _list), "opens_at": ("opens_at", _instant),
    "closes_at": ("closes_at", _instant), "announced_at": ("announced_at", _instant), "tariff_rule": ("tariff_rule", lambda v: [] if v is None else _text(v)),
    "policy.order": ("order", _text), "policy.tie_seconds": ("tie_seconds", _count), "policy.paper_day": ("paper_day", _text),
    "policy.offers_first": ("offers_first", _flag), "country_caps.default": ("cap_default", _count), "country_caps.by_country": ("caps", _caps),
    "notice.fr": ("notice_fr", _text), "notice.en": ("notice_en", _text),
}  # fmt: skip
"""Each member of the data: its field of the form, and how it is read."""
