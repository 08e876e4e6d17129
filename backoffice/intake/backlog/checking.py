"""Whether a line can be taken over: every fault at once, with its column; plain functions, since each runs for every line."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from backoffice.cases.names import passport, search_name
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
_AS_THEY_ARE: Final = ("channel", "destination_region", "exempt_ground", "fee_paid_on", "language", "number", "programme", "received_on", "status")
_PERSON: Final = frozenset(columns.PERSON)
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
_SHORT_MONTHS: Final = {"02-30", "02-31", "04-31", "06-31", "09-31", "11-31"}


def _plain(longest: int, shortest: int = 1) -> str:
    """A JSON text without anything to write with a backslash, and without space around."""
    return rf'"(?!\s)[^"\\]{{{shortest},{longest}}}(?<!\s)"'


def _any_of(known: frozenset[str]) -> str:
    return f'"(?:{"|".join(sorted(map(re.escape, known)))})"'


def _good() -> re.Pattern[str]:
    """A good line's whole content, members in the order of their names: what it does not match is judged member by member."""
    day, country = (
        r'"\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))"',
        r'"[A-Z]{2}"',
    )
    person = (
        rf'\{{(?:"birth_country":{country},)?"birth_date":{day},"citizenships":\[{country}(?:,{country}){{0,4}}\],'
        rf'(?:"civil_status":{_any_of(_CIVIL)},)?"family_name":{_plain(200)},(?:"given_names":{_plain(200)},)?'
        rf'"kind":"\w+",(?:"passport_number":{_plain(20, 3)},)?"sex":"[FMX]"\}}'
    )
    address = (
        rf'\{{"country":{country},"lines":\[{_plain(120)}(?:,{_plain(120)}){{0,5}}\](?:,"locality":{_plain(120)})?'
        rf'(?:,"postal_code":{_plain(20)})?(?:,"region":{_plain(120)})?\}}'
    )
    email = r'"[^@\s"\\]{1,80}@[^@\s"\\]{1,80}\.[^@\s"\\]{1,80}"'
    return re.compile(
        rf'\{{"channel":{_any_of(_CHANNELS)},"contact":\{{"address":{address}(?:,"email":{email})?(?:,"phone":{_plain(32)})?\}},'
        rf'(?:"destination_region":"(?:{_REGION.pattern})",)?(?:"exempt_ground":{_any_of(GROUNDS)},)?'
        rf'(?:"fee_paid_cents":[1-9]\d{{0,7}},"fee_paid_on":{day},)?"language":{_any_of(_LANGUAGES)},"number":{_plain(64)},'
        rf'"people":\[{person}(?:,{person})*\],"programme":"{_PROGRAMME.pattern}","received_on":{day},"status":{_any_of(_CODES)}\}}',
        re.ASCII,
    )


_GOOD: Final = _good()


def check(raw: RawLine, today: str) -> Checked:
    """A line with its content as it was understood, or with all that is wrong with it.

    Nearly every line of a file is good: one pattern over its whole content says so at a third of the cost. What the
    pattern does not know is judged member by member, and only there are faults found.
    """
    if raw.cells is None:
        return Checked(raw, {}, [raw.fault or Fault("", "json")])
    content = _at_first_sight(raw.cells)
    if content is not None and _plainly_good(content, text := _encode(content), today):
        return _finished(Checked(raw, content, []), text)
    return _member_by_member(raw, raw.cells, today)


def _member_by_member(raw: RawLine, cells: Cells, today: str) -> Checked:
    faults: list[Fault] = []
    content = _content(cells, today, faults)
    checked = Checked(raw, content, faults)
    text = _encode(content)
    if fault := _unkeepable(text):
        content.pop("number", None)
        checked.faults.append(fault)
        return checked
    return _finished(checked, text)


def _finished(checked: Checked, text: str) -> Checked:
    """With its digest, and with who is in it, as others may look like them."""
    checked.sha256 = hashlib.sha256(text.encode()).hexdigest()
    if not checked.faults:
        checked.people = [
            (search_name(one["family_name"], one.get("given_names")), one["birth_date"], one["sex"], passport(one.get("passport_number")))
            for one in checked.content["people"]
        ]
    return checked


def _unkeepable(text: str) -> Fault | None:
    """Characters that no table can keep: half a surrogate pair, the null character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return Fault("", "encoding")
    return Fault("", "null") if "\\u0000" in text and _NULL.search(text) else None


def _at_first_sight(cells: Cells) -> dict[str, Any] | None:
    """The content of a line that may well be good, not judged yet; nothing when it is of an unusual form."""
    if not cells.keys() <= columns.MEMBERS:
        return None
    get = cells.get
    address = {name: value for name in ("country", "locality", "postal_code", "region") if (value := get(name)) is not None}
    address["lines"] = get("address_lines")
    contact = {name: value for name in ("email", "phone") if (value := get(name)) is not None}
    contact["address"] = address
    content = {name: value for name in _AS_THEY_ARE if (value := get(name)) is not None}
    cents = get("fee_paid_cents")
    if cents is not None:
        content["fee_paid_cents"] = int(cents) if isinstance(cents, str) and len(cents) < 9 and cents.isascii() and cents.isdigit() else cents
    people = [_seen("principal", cells)]
    if (civil := get("civil_status")) is not None:
        people[0]["civil_status"] = civil
    spouse, children = get("spouse"), get("children")
    for kind, members in (("spouse", [] if spouse is None or spouse == {} else [spouse]), ("child", [] if children is None else children)):
        if not isinstance(members, list) or len(members) > 30 or not all(isinstance(one, dict) and one.keys() <= _PERSON for one in members):
            return None
        people += [_seen(kind, one) for one in members]
    return {"channel": "paper", "language": "fr", "status": "PAYEE_EN_FILE"} | content | {"contact": contact, "people": people}


def _seen(kind: str, cells: Cells) -> dict[str, Any]:
    person = {name: value for name in columns.PERSON if (value := cells.get(name)) is not None}
    person["kind"] = kind
    citizenships = person.get("citizenships")
    if isinstance(citizenships, str) and len(citizenships) == 2:
        person["citizenships"] = [citizenships]
    return person


def _plainly_good(content: dict[str, Any], text: str, today: str) -> bool:
    """Whether the whole content is of the plain form, with days that have been, and citizenships each once."""
    if not _GOOD.fullmatch(text) or not text.isprintable():
        return False
    days = (content["received_on"], content.get("fee_paid_on", FIRST_DAY))
    return all(FIRST_DAY <= day <= today for day in days) and all(
        FIRST_BIRTH <= one["birth_date"] <= today and len(set(one["citizenships"])) == len(one["citizenships"]) for one in content["people"]
    )


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
        faults.append(Fault(f"{prefix}citizenships", "citizenships", str(cells["citizenships"])[:60]))
        return None
    return value
