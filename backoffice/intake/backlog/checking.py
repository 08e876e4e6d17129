"""Whether a line can be taken over: every fault at once, with its column; plain functions, since each runs for every line."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from backoffice.cases.names import search_name
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Channel, CivilStatus, Language, Sex
from backoffice.intake.backlog import columns
from backoffice.intake.backlog.values import Checked, Fault, RawLine

Cells = Mapping[str, Any]

STATUSES: Final = frozenset(CaseStatus) - {CaseStatus.BROUILLON, CaseStatus.SOUMISE, CaseStatus.ATTENTE_PAIEMENT}
"""Stages at which a file can be taken over: one that was not paid has no clock here, and is registered through a door instead."""
GROUNDS: Final = frozenset({"validated_job_offer", "temporary_resident_in_quebec"})
FIRST_DAY: Final = "1980-01-01"
"""No file that is still open was received earlier: an older day is a slip of the hand."""
FIRST_BIRTH: Final = "1880-01-01"
MOST_CENTS: Final = 100_000_000
_CHANNELS: Final = frozenset(map(str, Channel))
_LANGUAGES: Final = frozenset(map(str, Language))
_SEXES: Final = frozenset(map(str, Sex))
_CIVIL: Final = frozenset(map(str, CivilStatus))
_CODES: Final = frozenset(map(str, STATUSES))
_UNPAID: Final = frozenset(map(str, CaseStatus)) - _CODES
_PROGRAMME: Final = re.compile(r"[A-Z]{2,8}(-[A-Z0-9]{1,8})?")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_REGION: Final = re.compile(r"0[1-9]|1[0-7]")
_SEPARATED: Final = re.compile(r"[\s,|/+]+")
_NULL: Final = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_DAY: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_SHORT_MONTHS: Final = {"02-30", "02-31", "04-31", "06-31", "09-31", "11-31"}


def check(raw: RawLine, today: str) -> Checked:
    """A line with its content as it was understood, or with all that is wrong with it."""
    if raw.cells is None:
        return Checked(raw, {}, [raw.fault or Fault("", "json")])
    faults: list[Fault] = []
    content = _content(raw.cells, today, faults)
    checked = Checked(raw, content, faults)
    try:
        checked.text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        encoded = checked.text.encode()
    except UnicodeEncodeError:
        checked.faults.append(Fault("", "encoding"))
        content.pop("number", None)
        return checked
    if "\\u0000" in checked.text and _NULL.search(checked.text):
        checked.faults.append(Fault("", "null"))
        content.pop("number", None)
    checked.sha256 = hashlib.sha256(encoded).hexdigest()
    if not faults:
        checked.names = [search_name(person["family_name"], person.get("given_names")) for person in content["people"]]
    return checked


def _content(cells: Cells, today: str, faults: list[Fault]) -> dict[str, Any]:
    """What the line says, members without a value left out, so that both formats of the same file have the same digest."""
    faults.extend(Fault(str(name)[:60], "unknown") for name in cells if name not in columns.MEMBERS)
    content = {
        "number": _text(cells, "number", 64, faults, required=True),
        "programme": _matching(cells, "programme", _PROGRAMME, faults, required=True),
        "received_on": _day(cells, "received_on", FIRST_DAY, today, faults, required=True),
        "channel": _one_of(cells, "channel", _CHANNELS, faults, default="paper"),
        "language": _one_of(cells, "language", _LANGUAGES, faults, default="fr"),
        "status": _status(cells, faults),
        "fee_paid_cents": _cents(cells, faults),
        "fee_paid_on": _day(cells, "fee_paid_on", FIRST_DAY, today, faults),
        "exempt_ground": _one_of(cells, "exempt_ground", GROUNDS, faults),
        "destination_region": _matching(cells, "destination_region", _REGION, faults),
        "contact": _contact(cells, faults),
        "people": _people(cells, today, faults),
    }
    if (content["fee_paid_cents"] is None) != (content["fee_paid_on"] is None) and not _faulty(faults, "fee_paid_cents", "fee_paid_on"):
        faults.append(Fault("fee_paid_on" if content["fee_paid_on"] is None else "fee_paid_cents", "both_fees"))
    return {name: value for name, value in content.items() if value is not None}


def _faulty(faults: list[Fault], *names: str) -> bool:
    return any(fault.column in names for fault in faults)


def _people(cells: Cells, today: str, faults: list[Fault]) -> list[dict[str, Any]]:
    """Everybody of the file, the principal applicant first."""
    principal = _person("principal", cells, "", today, faults)
    if civil := _one_of(cells, "civil_status", _CIVIL, faults):
        principal["civil_status"] = civil
    people = [principal]
    spouse = _nested(cells, "spouse", dict, faults)
    if spouse:
        people.append(_member("spouse", spouse, "spouse", today, faults))
    children = _nested(cells, "children", list, faults) or ()
    if len(children) > 30:
        faults.append(Fault("children", "many", str(len(children))))
    for place, child in enumerate(children[:30], 1):
        people.append(_member("child", child, f"child{place}", today, faults))
    return people


def _nested(cells: Cells, column: str, kind: type, faults: list[Fault]) -> Any:
    """A member that is an object or a list; in a cell of CSV it is written as JSON."""
    value = cells.get(column)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            faults.append(Fault(column, "json", value[:60]))
            return None
    if value is not None and not isinstance(value, kind):
        faults.append(Fault(column, "shape"))
        return None
    return value


def _member(kind: str, person: object, at: str, today: str, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(person, dict):
        faults.append(Fault(at, "shape"))
        return {"kind": kind}
    faults.extend(Fault(f"{at}_{str(name)[:40]}", "unknown") for name in person if name not in columns.PERSON)
    return _person(kind, person, f"{at}_", today, faults)


def _person(kind: str, cells: Cells, prefix: str, today: str, faults: list[Fault]) -> dict[str, Any]:
    person = {
        "kind": kind,
        "family_name": _text(cells, "family_name", 200, faults, prefix, required=True),
        "given_names": _text(cells, "given_names", 200, faults, prefix),
        "sex": _one_of(cells, "sex", _SEXES, faults, prefix=prefix, required=True),
        "birth_date": _day(cells, "birth_date", FIRST_BIRTH, today, faults, prefix, required=True),
        "birth_country": _country(cells, "birth_country", faults, prefix),
        "citizenships": _countries(cells, faults, prefix),
        "passport_number": _text(cells, "passport_number", 20, faults, prefix, shortest=3),
    }
    return {name: value for name, value in person.items() if value is not None}


def _contact(cells: Cells, faults: list[Fault]) -> dict[str, Any]:
    """How to write to them: an address always, since not everybody of that time had an e-mail address."""
    address = {
        "lines": _address(cells, faults),
        "locality": _text(cells, "locality", 120, faults),
        "region": _text(cells, "region", 120, faults),
        "postal_code": _text(cells, "postal_code", 20, faults),
        "country": _country(cells, "country", faults, required=True),
    }
    contact = {
        "email": _matching(cells, "email", _EMAIL, faults),
        "phone": _text(cells, "phone", 32, faults),
        "address": {name: value for name, value in address.items() if value is not None},
    }
    return {name: value for name, value in contact.items() if value is not None}


def _address(cells: Cells, faults: list[Fault]) -> list[str] | None:
    lines = cells.get("address_lines")
    if not lines:
        faults.append(Fault("address_1", "missing"))
        return None
    if not isinstance(lines, list) or len(lines) > 6 or not all(isinstance(line, str) for line in lines):
        faults.append(Fault("address_lines", "shape"))
        return None
    if any(len(line) > 120 for line in lines):
        faults.append(Fault("address_lines", "long", "120"))
    kept = [line.strip() for line in lines if line.strip()]
    if not kept:
        faults.append(Fault("address_1", "missing"))
    return kept


def _text(cells: Cells, column: str, longest: int, faults: list[Fault], prefix: str = "", *, shortest: int = 1, required: bool = False) -> str | None:
    value = cells.get(column)
    if value is None or value == "":
        if required:
            faults.append(Fault(prefix + column, "missing"))
        return None
    if not isinstance(value, str):
        faults.append(Fault(prefix + column, "text", str(value)[:60]))
        return None
    bare = value.strip()
    if not bare and required:
        faults.append(Fault(prefix + column, "missing"))
    elif len(bare) > longest:
        faults.append(Fault(prefix + column, "long", str(longest)))
    elif bare and len(bare) < shortest:
        faults.append(Fault(prefix + column, "short", str(shortest)))
    return bare or None


def _matching(cells: Cells, column: str, pattern: re.Pattern[str], faults: list[Fault], *, required: bool = False) -> str | None:
    text = _text(cells, column, 254, faults, required=required)
    if text is not None and not pattern.fullmatch(text):
        faults.append(Fault(column, column if column in {"programme", "email"} else "form", text[:60]))
    return text


def _one_of(
    cells: Cells, column: str, known: frozenset[str], faults: list[Fault], default: str | None = None, *, prefix: str = "", required: bool = False
) -> str | None:
    value = cells.get(column)
    if value is None or value == "":
        if required:
            faults.append(Fault(prefix + column, "missing"))
        return default
    if not isinstance(value, str) or value not in known:
        faults.append(Fault(prefix + column, "code", f"{str(value)[:60]} ({', '.join(sorted(known))})"))
        return None
    return value


def _status(cells: Cells, faults: list[Fault]) -> str | None:
    value = cells.get("status")
    if isinstance(value, str) and value in _UNPAID:
        faults.append(Fault("status", "unpaid", value))
        return None
    return _one_of(cells, "status", _CODES, faults, default=CaseStatus.PAYEE_EN_FILE.value)


def _day(cells: Cells, column: str, first: str, today: str, faults: list[Fault], prefix: str = "", *, required: bool = False) -> str | None:
    value = cells.get(column)
    if value is None or value == "":
        if required:
            faults.append(Fault(prefix + column, "missing"))
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value) or not _exists(value):
        faults.append(Fault(prefix + column, "day", str(value)[:60]))
    elif value > today:
        faults.append(Fault(prefix + column, "future", value))
    elif value < first:
        faults.append(Fault(prefix + column, "too_old", value))
    else:
        return value
    return None


def _exists(day: str) -> bool:
    """Whether a well written day is in the calendar."""
    if day[5:] == "02-29":
        year = int(day[:4])
        return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day[5:] not in _SHORT_MONTHS


def _cents(cells: Cells, faults: list[Fault]) -> int | None:
    value = cells.get("fee_paid_cents")
    if value is None or value == "":
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= MOST_CENTS:
        faults.append(Fault("fee_paid_cents", "cents", str(value)[:60]))
        return None
    return value


def _country(cells: Cells, column: str, faults: list[Fault], prefix: str = "", *, required: bool = False) -> str | None:
    value = cells.get(column)
    if value is None or value == "":
        if required:
            faults.append(Fault(prefix + column, "missing"))
        return None
    if not _is_country(value):
        faults.append(Fault(prefix + column, "country", str(value)[:60]))
        return None
    return str(value)


def _is_country(value: object) -> bool:
    return isinstance(value, str) and len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()


def _countries(cells: Cells, faults: list[Fault], prefix: str) -> list[str] | None:
    """One to five countries: a list, or codes with spaces or commas between."""
    value = cells.get("citizenships")
    if not value:
        faults.append(Fault(f"{prefix}citizenships", "missing"))
        return None
    if isinstance(value, str):
        value = [value] if len(value) == 2 else [code for code in _SEPARATED.split(value) if code]
    if not isinstance(value, list) or not 1 <= len(value) <= 5 or not all(map(_is_country, value)) or len(set(value)) != len(value):
        faults.append(Fault(f"{prefix}citizenships", "citizenships", str(value)[:60]))
        return None
    return value
