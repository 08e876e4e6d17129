"""Many people at once: rows copied from one case that the product opened, for matching among thousands."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from backoffice.cases import numbers
from backoffice.cases.names import search_name
from backoffice.core.db import db
from tests.builders import Builder

CASES = text(
    'INSERT INTO "case" SELECT r.* FROM "case" t, unnest(CAST(:ids AS bigint[]), CAST(:numbers AS text[])) AS w(id, number), '
    "LATERAL jsonb_populate_record(t, jsonb_build_object('id', w.id, 'number', w.number, 'submission_id', gen_random_uuid())) r WHERE t.id = :template"
)
PEOPLE = text(
    "INSERT INTO person SELECT r.* FROM person t, unnest(CAST(:ids AS bigint[]), CAST(:families AS text[]), CAST(:givens AS text[]), "
    "CAST(:searched AS text[]), CAST(:births AS date[]), CAST(:passports AS text[])) AS w(id, family_name, given_names, search_name, birth_date, passport), "
    "LATERAL jsonb_populate_record(t, jsonb_build_object('id', w.id, 'case_id', w.id, 'family_name', w.family_name, 'given_names', w.given_names, "
    "'search_name', w.search_name, 'birth_date', w.birth_date, 'passport_number', w.passport)) r WHERE t.case_id = :template AND t.position = 0"
)
FIRST = 1_000_000
"""Keys far above those that the product gives in a test."""


class Known(NamedTuple):
    """Somebody with a case."""

    family: str
    given: str
    born: date
    passport: str | None = None


def crowd(build: Builder, people: Sequence[Known]) -> dict[int, int]:
    """A case for each, in one statement a table; the case of each by its place in the list."""
    template, ids = build.paid_case().id, [FIRST + n for n in range(len(people))]
    db.session.execute(CASES, {"ids": ids, "numbers": [numbers.case_number(2015, n) for n in range(len(people))], "template": template})
    columns = {
        "families": [one.family for one in people], "givens": [one.given or None for one in people], "births": [one.born for one in people],
        "searched": [search_name(one.family, one.given) for one in people], "passports": [one.passport for one in people],
    }  # fmt: skip
    db.session.execute(PEOPLE, columns | {"ids": ids, "template": template})
    db.session.commit()
    return dict(enumerate(ids))
