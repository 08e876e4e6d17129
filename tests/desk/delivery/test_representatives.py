"""Representatives: told within their mandate and not after it; one list of their cases."""

from datetime import date, timedelta

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.mail.delivery import queries, rules, service
from backoffice.mail.delivery.models import Notification
from backoffice.mail.delivery.states import Matched
from backoffice.mail.delivery.values import Reach, Recipient, Report, Severity
from tests.builders import Builder
from tests.conftest import NOON

PERSON = {"kind": "lawyer", "family_name": "Dupont-Fictif", "given_names": "Camille", "member_number": "C-123", "email": "mandataire@example.org"}
MANDATE = {"kind": "lawyer", "member_number": "C-7", "family_name": "Modèle", "given_names": "Ève", "email": "eve@cabinet.example", "language": "fr"}

days = st.dates(date(2015, 1, 1), date(2018, 1, 1))


@given(days, days, st.none() | days)
def test_both_days_of_a_mandate_count(day: date, starts: date, ends: date | None):
    assert rules.in_mandate(day, starts, ends) == (
        (day in {starts, ends} and starts <= (ends or starts)) or (starts < day and (ends is None or day < ends))
    )


def copies(case: Case) -> list[Notification]:
    query = select(Notification).where(Notification.case_id == case.id, Notification.recipient == Recipient.REPRESENTATIVE)
    return list(db.session.scalars(query.order_by(Notification.id)))


def represented(build: Builder) -> Case:
    case = build.paid_case(build.content(representative=PERSON))
    build.deliver()
    return case


def test_the_representative_of_the_application_is_told_of_each_message(build: Builder):
    case = represented(build)
    assert {one.address for one in copies(case)} == {"mandataire@example.org"}
    assert len(copies(case)) == len({one.message_id for one in copies(case)}) >= 2
    [mandate] = queries.mandates_of(case.id)
    assert (mandate.starts_on, mandate.ends_on) == (case.legal_received_on, None)


def test_after_the_mandate_ended_no_copy_goes_out(client: FlaskClient, build: Builder):
    case = represented(build)
    [mandate] = queries.mandates_of(case.id)
    before = len(copies(case))
    officer = build.caseworker()
    build.sign_in(client, officer)
    answer = client.post(f"/cases/{case.number}/mandates/{mandate.id}/end", data={"ends_on": "2016-06-13", "reason": "Lettre de la requérante."})
    assert answer.status_code == 303
    with clock.stopped_at(NOON + timedelta(days=1)):
        made = build.request(case, officer)
        build.deliver()
    assert len(copies(case)) == before
    assert queries.delivery_of(made.message_id).copies == ()


def test_a_mandate_recorded_on_the_page_counts_from_its_day(client: FlaskClient, build: Builder):
    case = build.paid_case()
    build.deliver()
    officer = build.caseworker()
    build.sign_in(client, officer)
    data = MANDATE | {"starts_on": "2016-06-14", "proof": "Formulaire signé, pièce 12"}
    assert client.post(f"/cases/{case.number}/mandates", data=data | {"proof": ""}).status_code == 422
    assert client.post(f"/cases/{case.number}/mandates", data=data).status_code == 303
    assert client.post(f"/cases/{case.number}/mandates", data=data).status_code == 422, "it stands already"
    with clock.stopped_at(NOON + timedelta(days=1)):
        made = build.request(case, officer)
        build.deliver()
    assert [one.address for one in copies(case)] == ["eve@cabinet.example"]
    assert queries.delivery_of(made.message_id).copies == ("Ève Modèle",)


def test_one_list_of_the_cases_of_a_representative(client: FlaskClient, build: Builder):
    case, other = represented(build), represented(build)
    build.request(case)
    build.deliver()
    build.sign_in(client, build.caseworker())
    assert "Dupont-Fictif" in client.get("/representatives").text
    [mandate] = queries.mandates_of(case.id)
    page = client.get(f"/representatives/{mandate.representative_id}").text
    assert page.index(case.number) < page.index(other.number), "the next last day first"
    assert "12 septembre 2016" in page


def test_a_bounce_of_the_representative_says_nothing_of_the_applicant(build: Builder):
    case = represented(build)
    with transaction():
        service.keep_report(Report(Severity.HARD, "5.1.1", "failed", "", "", (), ()), None, copies(case)[0], Matched.TOKEN, "x", by=SYSTEM, at=NOON)
    assert queries.reachability(case.id) is Reach.REACHABLE
