"""What the tests of outages share."""

from collections.abc import Callable

import pytest

from backoffice.cases.models import Case
from backoffice.core.db import db
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.models import Term
from backoffice.fees.events import fee_owner
from tests.builders import Builder
from tests.intake.outages.acting import Two


@pytest.fixture
def two(build: Builder) -> Two:
    return Two(build)


@pytest.fixture
def term(build: Builder) -> Callable[[Case], Term]:
    """The payment term of a case, as it stands."""

    def find(case: Case) -> Term:
        db.session.expire_all()
        found = term_queries.term_of(fee_owner(build.fee(case).id))
        assert found is not None
        return found

    return find
