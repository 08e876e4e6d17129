"""What a case says of its people and how to reach them, as it changes; none of it moves a case in any order."""

from collections.abc import Mapping

from backoffice.cases import names, queries
from backoffice.cases.models import Case, Person
from backoffice.cases.values import NewPerson
from backoffice.core.db import db

LEFT = "left"
"""Where a person's details say that they are no longer part of the application."""


def change_contact(case_id: int, contact: Mapping[str, object]) -> Case:
    """Another address, telephone or e-mail."""
    case = queries.lock_case(case_id)
    case.contact = dict(contact)
    return case


def change_person(case_id: int, person_id: int, values: Mapping[str, object]) -> Person:
    """Other facts about a person; what is searched follows the names."""
    case = queries.lock_case(case_id)
    person = next(one for one in case.people if one.id == person_id)
    for name, value in values.items():
        setattr(person, name, value)
    person.search_name = names.search_name(person.family_name, person.given_names)
    db.session.flush()
    return person


def add_person(case_id: int, new: NewPerson) -> Person:
    """Somebody joins the family, after those who are there."""
    case = queries.lock_case(case_id)
    person = Person(
        kind=new.kind, position=max(one.position for one in case.people) + 1, family_name=new.family_name, given_names=new.given_names,
        search_name=names.search_name(new.family_name, new.given_names), sex=new.sex, birth_date=new.birth_date, birth_country=new.birth_country,
        citizenships=list(new.citizenships), passport_number=names.passport(new.passport_number), details=dict(new.details),
    )  # fmt: skip
    case.people.append(person)
    db.session.flush()
    return person


def has_left(person: Person) -> bool:
    """Whether a person is no longer part of the application; what was received of them stays."""
    return LEFT in person.details
