"""What waits for an answer: the oldest first, who answers, taking the next, searching."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.calendar import Calendar
from backoffice.core.db import transaction
from backoffice.desk.threads.listing import open_days
from backoffice.mail import service as mail
from backoffice.mail.threads import queries
from tests.builders import Builder
from tests.conftest import NOON


def wrote(case: Case, subject: str = "Question", days: int = 0, body: str = "Bonjour") -> None:
    with transaction():
        mail.receive_message(uuid4(), case.id, subject, body, [], None, "0" * 64, at=NOON - timedelta(days=days))


@pytest.mark.parametrize(
    ("since", "today", "days"),
    [
        (date(2016, 6, 13), date(2016, 6, 13), 0),
        (date(2016, 6, 10), date(2016, 6, 13), 1),  # a Friday: Saturday and Sunday do not count
        (date(2016, 6, 22), date(2016, 6, 27), 2),  # the national holiday is skipped too
        (date(2016, 6, 12), date(2016, 6, 13), 1),
    ],
)
def test_the_age_of_a_message_is_counted_in_open_days(since: date, today: date, days: int) -> None:
    assert open_days(since, today, Calendar.of()) == days


def test_the_oldest_waits_first_with_its_owner_and_what_is_behind_it(client: FlaskClient, build: Builder) -> None:
    young, old, officer = build.case(), build.case(), build.caseworker()
    with transaction():
        cases.assign(old.id, officer.id, "essai", by=SYSTEM, at=NOON)
    wrote(young, "Plus récent", 1)
    wrote(old, "Plus ancien", 6)
    wrote(old, "Encore moi", 1)
    build.sign_in(client, officer)
    page = client.get("/messages").text
    assert page.index("Plus ancien") < page.index("Plus récent")
    assert "Encore moi" not in page
    assert "et 1 autre" in page
    mine, queue = client.get("/messages?view=mine").text, client.get("/messages?view=queue").text
    assert ("Plus ancien" in mine, "Plus récent" in mine) == (True, False)
    assert ("Plus ancien" in queue, "Plus récent" in queue) == (False, True)


def test_two_who_take_the_next_get_two_threads_and_the_third_is_told(app: Flask, client: FlaskClient, build: Builder) -> None:
    first, second = build.case(), build.case()
    wrote(second, days=1)
    wrote(first, days=3)
    one, other = build.caseworker(), build.caseworker()
    build.sign_in(client, one)
    assert first.number in client.post("/messages/next").location
    assert second.number in build.sign_in(app.test_client(), other).post("/messages/next").location
    assert {row.case.number: row.owner_id for row in queries.waiting()} == {first.number: one.id, second.number: other.id}
    assert client.post("/messages/next").location.endswith("/messages")
    assert "Aucun message n’attend" in client.get("/messages").text
    assert case_queries.case(first.number).officer_id is None, "the case itself did not change hands"


def test_a_thread_is_given_and_given_back(client: FlaskClient, build: Builder) -> None:
    case, officer, other = build.case(), build.caseworker(), build.caseworker()
    wrote(case)
    build.sign_in(client, officer)
    url = f"/cases/{case.number}/thread/owner"
    assert client.post(url, data={"owner": str(other.id)}).status_code == 303
    assert queries.waiting()[0].owner_id == other.id
    assert f"Fil confié à {other.name}" in client.get(f"/cases/{case.number}?tab=history").text
    assert client.post(url, data={"owner": "999999"}).status_code == 422
    assert client.post(url, data={"owner": ""}).status_code == 303
    assert queries.waiting()[0].owner_id is None


def test_messages_are_found_by_words_without_accents_by_number_and_by_name(client: FlaskClient, build: Builder) -> None:
    case, apart = build.case(), build.case()
    wrote(case, "Échéance", body="Le certificat de naïveté est prêt.")
    wrote(apart, "Autre chose", body="Sans rapport.")
    build.sign_in(client, build.caseworker())

    def found(text: str) -> tuple[bool, bool]:
        page = client.get("/messages", query_string={"q": text}).text
        return "Échéance" in page, "Autre chose" in page

    assert found("echeance naivete") == (True, False)
    assert found("certif") == (True, False)
    assert found("echeance rapport") == (False, False)
    assert found(case.number) == (True, False)
    assert found(case_queries.principal(case).family_name) == (True, False)
    assert "Aucun message ne contient" in client.get("/messages?q=zzzzqq").text
    assert client.get("/messages?q=%00").status_code == 200


def test_a_reader_who_may_not_write_sees_no_composer(client: FlaskClient, build: Builder) -> None:
    case = build.case()
    wrote(case)
    build.sign_in(client, build.finance())
    page = client.get(f"/cases/{case.number}?tab=messages").text
    assert "reply-form" not in page
    assert client.post(f"/cases/{case.number}/reply", data={"step": "save"}).status_code == 403
    with clock.stopped_at(NOON):
        assert client.post(f"/cases/{case.number}/presence", data={"doing": "reads"}).status_code == 200
