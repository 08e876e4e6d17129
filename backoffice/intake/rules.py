"""Pure rules of the hallway: from a submission's content to a case, and whether two people are the same person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from backoffice.cases.names import passport, search_name
from backoffice.cases.values import Channel, NewCase, NewPerson, PersonKind

KEPT_APART = {"family_name", "given_names", "sex", "birth_date", "birth_country", "citizenships", "passport_number", "contact"}
"""Members of a person that have a column; the others stay together, as they came."""


def new_case(
    submission_id: UUID, content: Mapping[str, Any], channel: Channel, received_at: datetime, legal_received_on: date, grounds: Sequence[str]
) -> NewCase:
    """The case that an application becomes, the same whatever its door."""
    principal = content["principal_applicant"]
    ground = exempt_ground(content, grounds)
    return NewCase(
        submission_id=submission_id,
        programme=str(content["programme"]),
        channel=channel,
        language=str(content["language"]),
        received_at=received_at,
        legal_received_on=legal_received_on,
        contact=dict(principal["contact"]),
        representative=content.get("representative"),
        destination_region=content.get("destination_region"),
        validated_offer=ground == "validated_job_offer",
        temporary_resident=ground == "temporary_resident_in_quebec",
        people=tuple(members(content)),
    )


def members(content: Mapping[str, Any]) -> list[NewPerson]:
    """Everybody of an application, the principal applicant first."""
    found = [_person(PersonKind.PRINCIPAL, content["principal_applicant"])]
    if content.get("spouse"):
        found.append(_person(PersonKind.SPOUSE, content["spouse"]))
    return found + [_person(PersonKind.CHILD, child) for child in content.get("children") or ()]


def _person(kind: PersonKind, person: Mapping[str, Any]) -> NewPerson:
    return NewPerson(
        kind=kind,
        family_name=person["family_name"],
        given_names=person.get("given_names"),
        sex=person["sex"],
        birth_date=date.fromisoformat(person["birth_date"]),
        birth_country=person.get("birth_country"),
        citizenships=tuple(person["citizenships"]),
        passport_number=person.get("passport_number"),
        details={name: value for name, value in person.items() if name not in KEPT_APART},
    )


def exempt_ground(content: Mapping[str, Any], grounds: Sequence[str]) -> str | None:
    """The ground claimed that keeps an application out of the quota, if the window's decision names it."""
    claimed = (content.get("quota_exemption") or {}).get("ground")
    return str(claimed) if claimed in grounds else None


def country(content: Mapping[str, Any]) -> str:
    """The country an application counts for under a country's cap: the principal applicant's first citizenship."""
    return str(content["principal_applicant"]["citizenships"][0])


class Sameness(StrEnum):
    """How sure it is that two records are one person."""

    CERTAIN = "certain"
    SUSPECTED = "suspected"


@dataclass(frozen=True)
class Identity:
    """What tells a person from another."""

    name: str
    birth_date: date
    sex: str
    passport: str | None


def identity(person: NewPerson) -> Identity:
    """The identity of somebody of an application."""
    return Identity(search_name(person.family_name, person.given_names), person.birth_date, person.sex, passport(person.passport_number))


def same_person(one: Identity, other: Identity) -> Sameness | None:
    """Whether two records are one person: certainly, perhaps (a human looks), or not.

    Certain: the same passport and day of birth, or the same names, day of birth and sex with no two passports that differ.
    """
    names = one.name == other.name and one.birth_date == other.birth_date
    both = one.passport is not None and other.passport is not None
    if both and one.passport == other.passport:
        return Sameness.CERTAIN if one.birth_date == other.birth_date else Sameness.SUSPECTED
    if names and one.sex == other.sex and not both:
        return Sameness.CERTAIN
    return Sameness.SUSPECTED if names else None


def fee_members(content: Mapping[str, Any]) -> tuple[list[date], bool]:
    """Children's days of birth, and whether there is a spouse: those for whom a fee is due."""
    births = [date.fromisoformat(child["birth_date"]) for child in content.get("children") or ()]
    return births, bool(content.get("spouse"))
