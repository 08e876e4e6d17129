"""Pure rules of keying: from the fields of the paper form to the submission's content, and back from a fault to its field.

The content is the one that the portal sends: the same schema, people, fee and case follow, whatever the door.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from uuid import UUID

from babel import Locale

from backoffice.cases.names import fold
from backoffice.mailroom.values import LAST_PAPER_DAY, Ground

PERSON = ("family_name", "given_names", "sex", "birth_date", "birth_country", "citizenships", "passport_number")
CONTACT = ("email", "phone", "address_lines", "locality", "region", "postal_code", "address_country")
STUDY = ("education_level", "education_field", "experience_occupation", "experience_from")
GENERAL = (
    "programme", "language", "ground", "ground_reason", "exemption", "exemption_reference", "destination_region", "truthful", "common_values", "signed_name",
    "payment_amount",
)  # fmt: skip
FIRST_CHILDREN, MOST_CHILDREN = 0, 30

Json = dict[str, object]


def field_names(children: int) -> tuple[str, ...]:
    """Every field of the form, for so many children."""
    principal = [f"principal-{name}" for name in (*PERSON, "civil_status", *CONTACT, *STUDY)]
    spouse = ["spouse", *(f"spouse-{name}" for name in PERSON)]
    others = [f"child{n}-{name}" for n in range(1, children + 1) for name in PERSON]
    return (*GENERAL, *principal, *spouse, *others)


def children_of(fields: Mapping[str, str]) -> int:
    """How many children the form has room for."""
    text = fields.get("children", "")
    return min(int(text), MOST_CHILDREN) if text.isdecimal() else FIRST_CHILDREN


def is_in_time(ground: Ground, stamp: date) -> bool:
    """Whether a ground agrees with the stamp: « received before 2016 » needs a stamp of 2015-12-31 at the latest."""
    return ground is not Ground.RECEIVED_BEFORE_2016 or stamp <= LAST_PAPER_DAY


def content(fields: Mapping[str, str], submission_id: UUID, submitted_at: str) -> Json:
    """The submission that the keyed fields make; what was left blank is absent."""
    value: Json = {
        "submission_id": str(submission_id), "programme": fields.get("programme", ""), "language": fields.get("language", ""),
        "submitted_at": submitted_at, "principal_applicant": _principal(fields),
        "declarations": _filled({"signed_name": fields.get("signed_name", ""), "truthful": bool(fields.get("truthful"))}),
    }  # fmt: skip
    declarations = value["declarations"]
    if fields.get("common_values") and isinstance(declarations, dict):
        declarations["common_values"] = True
    if fields.get("spouse"):
        value["spouse"] = _person(fields, "spouse")
    children = [_person(fields, f"child{n}") for n in places(fields)]
    if children:
        value["children"] = children
    if fields.get("exemption"):
        value["quota_exemption"] = _filled({"ground": fields["exemption"], "reference": fields.get("exemption_reference", "")})
    return value | _filled({"destination_region": fields.get("destination_region", "")})


def places(fields: Mapping[str, str]) -> list[int]:
    """The children's places on the form that hold something: an empty one is nobody."""
    return [n for n in range(1, children_of(fields) + 1) if any(fields.get(f"child{n}-{name}") for name in PERSON)]


def _principal(fields: Mapping[str, str]) -> Json:
    def of(name: str) -> str:
        return fields.get(f"principal-{name}", "")

    address = _filled(
        {
            "lines": [line.strip() for line in of("address_lines").splitlines() if line.strip()], "locality": of("locality"), "region": of("region"),
            "postal_code": of("postal_code"), "country": country_code(of("address_country")),
        }
    )  # fmt: skip
    person = _person(fields, "principal") | _filled({"civil_status": of("civil_status")})
    person["contact"] = _filled({"email": of("email"), "phone": of("phone")}) | {"address": address}
    if of("education_level") or of("education_field"):
        person["education"] = [_filled({"level": of("education_level"), "field": of("education_field")})]
    if of("experience_occupation") or of("experience_from"):
        person["experience"] = [_filled({"occupation": of("experience_occupation"), "from": of("experience_from")})]
    return person


def _person(fields: Mapping[str, str], who: str) -> Json:
    def of(name: str) -> str:
        return fields.get(f"{who}-{name}", "")

    citizenships = [country_code(part) for part in of("citizenships").replace(";", ",").split(",") if part.strip()]
    return _filled(
        {
            "family_name": of("family_name"), "given_names": of("given_names"), "sex": of("sex"), "birth_date": of("birth_date"),
            "birth_country": country_code(of("birth_country")), "citizenships": citizenships, "passport_number": of("passport_number"),
        }
    )  # fmt: skip


def _filled(members: Json) -> Json:
    return {name: value for name, value in members.items() if value not in ("", [], None)}


def country_code(text: str) -> str:
    """The code of a country as it is written on the form: its name in French or English, or the code itself."""
    bare = text.strip()
    if len(bare) == 2 and bare.isalpha():
        return bare.upper()
    return _countries().get(fold(bare), bare)


@cache
def _countries() -> dict[str, str]:
    return {fold(name): code for language in ("en", "fr_CA", "fr") for name, code in country_names(language)}


@cache
def country_names(language: str) -> tuple[tuple[str, str], ...]:
    """Countries and their codes, as a language names them."""
    territories = Locale.parse(language).territories
    return tuple(
        sorted(
            (
                (str(name), str(code))
                for code, name in territories.items()
                if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
            )
        )
    )


_MEMBERS = {
    "address": "address_lines", "lines": "address_lines", "contact": "address_lines", "field": "education_field", "level": "education_level",
    "occupation": "experience_occupation", "from": "experience_from", "reference": "exemption_reference",
}  # fmt: skip


def field_of(pointer: str, fields: Mapping[str, str]) -> str:
    """The field of the form that a fault of the schema points at."""
    parts = [part for part in pointer.split("/") if part]
    if not parts:
        return "programme"
    top, rest = parts[0], [part for part in parts[1:] if not part.isdecimal()]
    if top in {"principal_applicant", "spouse"}:
        return f"{top.removesuffix('_applicant')}-{_member(rest, 'family_name')}"
    if top == "children" and len(parts) > 1 and parts[1].isdecimal():
        known = places(fields)
        place = known[int(parts[1])] if int(parts[1]) < len(known) else 1
        return f"child{place}-{_member(rest, 'family_name')}"
    if top == "declarations":
        return _member(rest, "signed_name")
    if top == "quota_exemption":
        return "exemption_reference" if "reference" in rest else "exemption"
    return top if top in GENERAL else "programme"


def _member(rest: list[str], otherwise: str) -> str:
    if not rest:
        return otherwise
    if "address" in rest and rest[-1] == "country":
        return "address_country"
    return _MEMBERS.get(rest[-1], rest[-1])
