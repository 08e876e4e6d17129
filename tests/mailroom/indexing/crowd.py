"""Many people at once: rows copied from one case that the product opened, for matching among thousands."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import insert, inspect

from backoffice.cases import numbers
from backoffice.cases.models import Case, Person
from backoffice.cases.names import search_name
from backoffice.core.db import db
from tests.builders import Builder


class Known(NamedTuple):
    """Somebody with a case."""

    family: str
    given: str
    born: date
    passport: str | None = None


def crowd(build: Builder, people: Sequence[Known]) -> dict[int, int]:
    """A case for each, in one statement a table; the case of each by its place in the list."""
    case = build.paid_case()
    person = next(one for one in case.people if one.position == 0)
    wanted = [_row(case) | {"number": numbers.case_number(2015, n), "submission_id": uuid4()} for n in range(len(people))]
    ids = list(db.session.scalars(insert(Case).returning(Case.id, sort_by_parameter_order=True), wanted))
    rows = [
        _row(person) | {"case_id": ids[n], "family_name": one.family, "given_names": one.given or None, "birth_date": one.born,
                        "search_name": search_name(one.family, one.given), "passport_number": one.passport}
        for n, one in enumerate(people)
    ]  # fmt: skip
    db.session.execute(insert(Person), rows)
    db.session.commit()
    return dict(enumerate(ids))


def _row(one: Case | Person) -> dict[str, object]:
    return {column.key: getattr(one, column.key) for column in inspect(type(one)).column_attrs if column.key != "id"}
