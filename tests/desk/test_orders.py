"""The queue's order is the rule's, whatever the admission; taking from it gives each case once."""

import itertools
import random
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import update

from backoffice.cases import queries, ranking
from backoffice.cases import service as cases
from backoffice.cases.errors import NothingToTake
from backoffice.cases.opening import POLICY
from backoffice.cases.queries import Filter
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.quota.models import Admission
from tests.builders import Builder

GROUNDS = (None, "validated_job_offer", "temporary_resident_in_quebec")


def _some_cases(build: Builder, many: int = 9) -> list[str]:
    chance = random.Random(7)
    build.window(opens_at=datetime(2016, 6, 1, tzinfo=UTC), announced_at=datetime(2016, 5, 1, tzinfo=UTC))
    numbers = []
    for _ in range(many):
        ground = chance.choice(GROUNDS)
        content = build.content(**({"quota_exemption": {"ground": ground}} if ground else {}))
        case = build.paid_case(content, at=clock.now() - timedelta(days=chance.randrange(3)))
        numbers.append(case.number)
    urgent = queries.case(numbers[-1])
    with transaction():
        cases.mark_urgent(urgent.id, "santé", by=SYSTEM, at=clock.now())
    return numbers


def _queue() -> list[str]:
    return [case.number for case in queries.page(Filter(), limit=100)]


def test_the_database_and_the_rule_put_cases_in_the_same_order(build: Builder) -> None:
    _some_cases(build)
    found = queries.page(Filter(), limit=100)
    key = {c.number: ranking.sort_key(c.facts, queries.seed_of(c.legal_received_on) or "", c.number, POLICY) for c in found}
    assert [c.number for c in found] == sorted(key, key=lambda number: key[number])
    assert len(found) == 9


def test_the_explanation_compares_as_the_queue_sorts(build: Builder) -> None:
    _some_cases(build)
    found = queries.page(Filter(), limit=100)
    for before, after in itertools.pairwise(found):
        part = ranking.compare(queries.key_of(before), queries.key_of(after))
        place = ranking.KEY_PARTS.index(part)
        assert queries.key_of(before)[place] < queries.key_of(after)[place]


def test_permuting_admission_ranks_never_changes_the_queue(build: Builder) -> None:
    _some_cases(build)
    before, chance = _queue(), random.Random(3)
    for _ in range(4):
        ids = [case.submission_id for case in queries.page(Filter(), limit=100)]
        ranks = list(range(1, len(ids) + 1))
        chance.shuffle(ranks)
        with transaction():
            for submission_id, rank in zip(ids, ranks, strict=True):
                db.session.execute(update(Admission).where(Admission.submission_id == submission_id).values(rank=rank))
        assert _queue() == before


def test_pages_of_the_queue_join_without_gap_or_overlap(build: Builder) -> None:
    _some_cases(build)
    whole = queries.page(Filter(), limit=100)
    first = queries.page(Filter(), limit=4)
    rest = queries.page(Filter(), after=queries.key_of(first[-1]), limit=100)
    assert [c.id for c in first + rest] == [c.id for c in whole]
    assert [c.id for c in queries.page_before(Filter(), queries.key_of(rest[0]), limit=4)] == [c.id for c in first]


def test_taking_next_gives_each_case_once_in_order(build: Builder) -> None:
    _some_cases(build, 5)
    expected, taken = _queue(), []
    officers = [build.caseworker(), build.caseworker()]
    for turn in range(5):
        officer = officers[turn % 2]
        with transaction():
            taken.append(cases.take_next(officer.id, by=officer.actor, at=clock.now()).number)
    assert taken == expected
    try:
        with transaction():
            cases.take_next(officers[0].id, by=officers[0].actor, at=clock.now())
    except NothingToTake:
        return
    raise AssertionError("nothing was left to take")


def test_the_queue_costs_the_same_whatever_it_shows(client: FlaskClient, build: Builder) -> None:
    from sqlalchemy import event

    counted: list[str] = []
    build.sign_in(client, build.caseworker())

    def count(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    _some_cases(build, 2)
    client.get("/cases")
    event.listen(db.engine, "before_cursor_execute", count)
    try:
        client.get("/cases")
        few = len(counted)
        counted.clear()
        for _ in range(4):
            build.paid_case()
        counted.clear()
        client.get("/cases")
        assert len(counted) == few
        assert few <= 40
    finally:
        event.remove(db.engine, "before_cursor_execute", count)


def test_a_name_is_found_with_one_wrong_letter_without_accents_in_any_order(client: FlaskClient, build: Builder) -> None:
    content = build.content()
    content["principal_applicant"] |= {"family_name": "Tremblay-Nguyễn", "given_names": "Aïcha Thérèse"}
    case = build.paid_case(content)
    other = build.paid_case()
    build.sign_in(client, build.caseworker())
    for text in ("tremblay", "Trembley", "nguyen aicha", "Aicha Nguyen", "THÉRÈSE", content["principal_applicant"]["passport_number"]):
        page = client.get("/search", query_string={"q": text}).text
        assert case.number in page, text
    assert client.get("/search", query_string={"q": "zzzzqq"}).status_code == 200
    exact = client.get("/search", query_string={"q": other.number.replace("-", "")})
    assert (exact.status_code, exact.location) == (303, f"/cases/{other.number}")
    assert client.get("/search?q=E-2016-00001").location == "/mailroom/envelopes/E-2016-00001"


def test_views_and_filters_of_the_queue(client: FlaskClient, build: Builder) -> None:
    _some_cases(build, 3)
    build.sign_in(client, build.supervisor())
    for path in (
        "?view=mine", "?view=unassigned", "?view=due", "?view=answered", "?view=held", "?view=closed", "?q=exemple", "?channel=online", "?status=PAYEE_EN_FILE",
        "?officer=none&held=no", "?from=2016-06-01&to=2016-07-01", "?after=1_2016-06-13_00_16000001-4", "?after=nonsense", "?before=9_2016-06-13_ff_16000001-4",
    ):  # fmt: skip
        assert client.get(f"/cases{path}").status_code == 200, path
