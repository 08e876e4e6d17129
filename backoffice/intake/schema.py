"""Reading a submission: strict JSON, then the contract's schema, every fault at once and in words."""

import json
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NoReturn, cast

import jsonschema_rs
from flask_babel import gettext as _

from backoffice.core.canonical import digest, plain_digest
from backoffice.core.problems import Fault, Problem

LIMIT = 256 * 1024
"""A submission's largest size in bytes (contract)."""

DEPTH = 40
"""Deeper nesting than the schema can ever use."""

SCHEMA = Path(__file__).with_name("submission.schema.json")


def parse(raw: bytes) -> object:
    """The value of a body that is JSON and nothing else: no repeated member, no NaN, no broken text, no null character."""
    return read(raw).value


@dataclass(frozen=True, slots=True)
class Body:
    """A body read: its value, its text, and whether the fast canonical form holds for it (no fraction, no name beyond U+FFFF)."""

    value: object
    text: str
    plain: bool

    def digest(self) -> str:
        """The digest of its canonical form (RFC 8785): two bodies with it have the same content."""
        return plain_digest(self.value) if self.plain else digest(self.value)


def read(raw: bytes) -> Body:
    """A body as strict JSON; what costs a walk through the value is only looked for where the text hints at it."""
    if len(raw) > LIMIT:
        raise Problem("too-large", _("A submission has at most 256 kB."))
    fractions: list[str] = []

    def number(text: str) -> float:
        fractions.append(text)
        return _number(text)

    try:
        text = raw.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_constant, parse_int=_integer, parse_float=number)
    except UnicodeDecodeError as fault:
        raise Problem("malformed", _("The text is not UTF-8 at byte %(position)s.", position=fault.start)) from None
    except json.JSONDecodeError as fault:
        raise Problem("malformed", _("Line %(line)s, column %(column)s.", line=fault.lineno, column=fault.colno)) from None
    except RecursionError:
        raise Problem("malformed", _("The body is nested too deeply.")) from None
    if raw.count(b"{") + raw.count(b"[") > DEPTH:
        _check_depth(value, DEPTH)
    escaped = b"\\u" in raw
    if escaped:
        _check_characters(value)
    return Body(value, text, not fractions and not escaped and len(text.encode("utf-16-le")) == 2 * len(text))


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Problem("malformed", _("A member is given twice in the same object."))
    return members


def _constant(name: str) -> NoReturn:
    raise Problem("malformed", _("%(name)s is not a JSON value.", name=name))


def _integer(text: str) -> int | float:
    # RFC 8785 has one form for numbers that fit a double; a longer one could not be digested the same everywhere.
    if len(text) > 16:
        raise Problem("malformed", _("A number has too many digits."))
    return int(text)


def _number(text: str) -> float:
    """A number that a double holds as it was written; any other would change in silence."""
    value = float(text)
    mantissa = text.lower().partition("e")[0]
    lost = math.isinf(value) or (value == 0) != (not mantissa.strip("-.0")) or (value != 0 and Decimal(text) != Decimal(repr(value)))
    if lost:
        raise Problem("malformed", _("A number has too many digits."))
    return value


def _check_depth(value: object, left: int) -> None:
    if left < 0:
        raise Problem("malformed", _("The body is nested too deeply."))
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(child, left - 1)


def _check_characters(value: object) -> None:
    """Half a surrogate pair is no character: no JSON of RFC 8785 can hold it."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Problem("malformed", _("The text holds a broken character.")) from None
    elif isinstance(value, dict):
        for key, child in value.items():
            _check_characters(key)
            _check_characters(child)
    elif isinstance(value, list):
        for child in value:
            _check_characters(child)


def check(value: object, today: date, *, paper: bool = False) -> dict[str, object]:
    """The content, or all its faults; only a form on paper may come without an e-mail address."""
    if _validator(paper=paper).is_valid(value) and not _has_null(value):
        faults = []
    else:
        faults = [*_schema_faults(value, paper=paper), *_text_faults(value, "")]
    if not faults and isinstance(value, dict):
        faults = _sense_faults(cast("dict[str, object]", value), today)
    if faults:
        raise Problem("invalid", errors=sorted(set(faults), key=lambda f: (f.pointer, f.code)))
    return cast("dict[str, object]", value)


@cache
def _validator(*, paper: bool) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text())
    if paper:
        schema["$defs"]["contact"]["required"].remove("email")
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _schema_faults(value: object, *, paper: bool) -> list[Fault]:
    faults = []
    for error in _validator(paper=paper).iter_errors(value):
        at = "".join(f"/{_escape(part)}" for part in error.instance_path)
        kind = error.schema_path[-1] if error.schema_path else "invalid"
        faults.extend(_named(at, str(kind), error))
    return faults


def _named(at: str, kind: str, error: jsonschema_rs.ValidationError) -> list[Fault]:
    """A fault at the member itself: a missing or unknown member is pointed at by its own name."""
    details = error.kind.as_dict()
    if kind == "required":
        return [Fault(f"{at}/{_escape(str(details.get('property', '')))}", kind, _("This member is required."))]
    if kind == "additionalProperties":
        return [
            Fault(f"{at}/{_escape(str(name))}", "unknown", _("This member is unknown: check its spelling.")) for name in details.get("unexpected", ())
        ]
    return [Fault(at, kind, _wording(kind))]


def _escape(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


def _wording(kind: str) -> str:
    words: dict[str, str] = {
        "type": _("The value is not of the expected type."),
        "format": _("The value does not have the expected form, or does not exist."),
        "pattern": _("The value does not have the expected form."),
        "enum": _("The value is not one of those accepted."),
        "const": _("The value is not the one expected."),
        "minLength": _("The value is too short."),
        "maxLength": _("The value is too long."),
        "minItems": _("The list has too few entries."),
        "maxItems": _("The list has too many entries."),
        "uniqueItems": _("An entry of the list is given twice."),
        "minimum": _("The number is too small."),
        "maximum": _("The number is too large."),
        "maxProperties": _("The object has too many members."),
    }
    return words.get(kind) or str(_("The value is not accepted."))


def _text_faults(value: object, at: str) -> list[Fault]:
    """Characters that no store can keep as they are: they are refused, never dropped in silence."""
    if isinstance(value, str):
        return [Fault(at, "text", _("Remove the null character."))] if "\x00" in value else []
    if isinstance(value, dict):
        keys = [f for key in value for f in _text_faults(key, at)]
        return keys + [f for key, child in value.items() for f in _text_faults(child, f"{at}/{_escape(key)}")]
    if isinstance(value, list):
        return [f for place, child in enumerate(value) for f in _text_faults(child, f"{at}/{place}")]
    return []


def _has_null(value: object) -> bool:
    """Whether a null character is anywhere; one look at the whole text, as it is almost never there."""
    return "\\u0000" in json.dumps(value)


def _sense_faults(content: dict[str, object], today: date) -> list[Fault]:
    """What the schema cannot say: a birth is on a day of the calendar, and not after today."""
    faults = []
    for at, person in people(content):
        try:
            born = date.fromisoformat(str(person["birth_date"]))
        except ValueError:
            faults.append(Fault(f"{at}/birth_date", "format", _wording("format")))
            continue
        if born > today:
            faults.append(Fault(f"{at}/birth_date", "future", _("A date of birth is not in the future.")))
    return faults


def people(content: dict[str, object]) -> list[tuple[str, dict[str, object]]]:
    """Everybody of an application, with the pointer of each."""
    found = [("/principal_applicant", content["principal_applicant"])]
    if content.get("spouse"):
        found.append(("/spouse", content["spouse"]))
    children = cast("list[object]", content.get("children") or [])
    found += [(f"/children/{place}", child) for place, child in enumerate(children)]
    return [(at, cast("dict[str, object]", person)) for at, person in found]
