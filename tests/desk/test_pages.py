"""Every page of the desk: open to its roles, closed to the others, and never fooled by a name."""

import pytest
from flask.testing import FlaskClient

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.documents import service as documents
from backoffice.documents.states import ItemAction
from backoffice.mail import service as mail
from backoffice.staff.permissions import Role
from tests.builders import Builder

CASE_PAGES = ("", "?tab=documents", "?tab=messages", "?tab=people", "?tab=fees", "?tab=history", "/why", "/admission")
READERS = {Role.CASEWORKER, Role.SUPERVISOR, Role.FINANCE, Role.AUDITOR}


@pytest.mark.parametrize("role", list(Role))
def test_case_pages_are_open_to_those_who_read_cases(client: FlaskClient, build: Builder, role: Role) -> None:
    request = build.request()
    from backoffice.cases import queries

    number = queries.case_by_id(request.case_id).number
    build.sign_in(client, build.account(role))
    for path in CASE_PAGES:
        answer = client.get(f"/cases/{number}{path}")
        assert answer.status_code == (200 if role in READERS else 403), (path, answer.text[-2000:])


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/cases", READERS),
        ("/messages", READERS),
        ("/search?q=Exemple", READERS | {Role.MAILROOM}),
        ("/windows", {Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR}),
        ("/fees", READERS),
        ("/team", {Role.SUPERVISOR, Role.AUDITOR}),
        ("/help", set(Role)),
    ],
)
def test_lists_are_open_to_their_roles(client: FlaskClient, build: Builder, path: str, roles: set[Role]) -> None:
    build.paid_case()
    for role in Role:
        browser = client.application.test_client()
        build.sign_in(browser, build.account(role))
        answer = browser.get(path)
        assert answer.status_code == (200 if role in roles else 403), (role, answer.text[-2000:])


def test_the_home_of_each_desk(client: FlaskClient, build: Builder) -> None:
    for role in Role:
        browser = client.application.test_client()
        build.sign_in(browser, build.account(role))
        answer = browser.get("/")
        assert answer.status_code == (200 if role in {Role.CASEWORKER, Role.SUPERVISOR} else 303), answer.text[-2000:]


def test_names_are_never_markup(client: FlaskClient, build: Builder) -> None:
    nasty = "<script>alert(1)</script>"
    content = build.content()
    content["principal_applicant"]["given_names"] = nasty
    case = build.case(content)
    build.pay(case)
    officer = build.caseworker()
    build.request(case, by=officer)
    build.sign_in(client, officer)
    for path in ("/cases", "/search?q=script", *(f"/cases/{case.number}{tail}" for tail in CASE_PAGES), f"/cases/{case.number}/requests/new"):
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text[-1500:])
        assert nasty not in answer.text, path
    assert "&lt;script&gt;" in client.get(f"/cases/{case.number}").text


def test_the_case_says_both_orders_and_keeps_them_apart(client: FlaskClient, build: Builder) -> None:
    case = build.paid_case()
    build.sign_in(client, build.caseworker())
    page = client.get(f"/cases/{case.number}").text
    assert "Admission (place dans le quota)" in page
    assert "Traitement (ordre de travail)" in page
    assert "l’un ne donne pas l’autre" in page.lower()
    assert "ni un traitement ni un certificat plus tôt" in client.get("/cases").text


def test_reading_a_case_is_logged(client: FlaskClient, build: Builder) -> None:
    from sqlalchemy import func, select

    from backoffice.core.db import db
    from backoffice.staff.models import ReadLog

    case = build.paid_case()
    build.sign_in(client, build.caseworker())
    client.get(f"/cases/{case.number}?tab=people")
    assert db.session.scalar(select(func.count()).select_from(ReadLog).filter_by(subject_kind="case", subject_id=str(case.id))) == 1


def test_a_note_is_kept_and_an_empty_one_is_not(client: FlaskClient, build: Builder) -> None:
    case = build.paid_case()
    build.sign_in(client, build.caseworker())
    assert client.post(f"/cases/{case.number}/notes", data={"body": ""}).status_code == 422
    assert client.post(f"/cases/{case.number}/notes", data={"body": "L’université a confirmé."}).status_code == 303
    assert "L’université a confirmé." in client.get(f"/cases/{case.number}").text


def test_a_supervisor_assigns_and_marks_urgent_on_what_was_read(client: FlaskClient, build: Builder) -> None:
    from backoffice.cases import queries

    case, officer = build.paid_case(), build.caseworker()
    build.sign_in(client, build.supervisor())
    version = case.version
    sent = client.post(f"/cases/{case.number}/assignment", data={"officer": officer.id, "reason": "charge", "version": version})
    assert sent.status_code == 303
    stale = client.post(f"/cases/{case.number}/urgency", data={"reason": "santé", "version": version})
    assert stale.status_code == 422
    assert "a changé" in stale.text
    assert client.post(f"/cases/{case.number}/urgency", data={"reason": "santé", "version": version + 1}).status_code == 303
    found = queries.case(case.number)
    assert (found.officer_id, found.processing_class) == (officer.id, 1)


def test_a_caseworker_gives_back_only_their_own(client: FlaskClient, build: Builder) -> None:
    case, officer = build.paid_case(), build.caseworker()
    build.sign_in(client, officer)
    refused = client.post(f"/cases/{case.number}/return", data={"reason": "congé", "version": case.version})
    assert refused.status_code == 422
    client.post("/cases/next")
    from backoffice.cases import queries

    assert client.post(f"/cases/{case.number}/return", data={"reason": "congé", "version": queries.case(case.number).version}).status_code == 303


def test_documents_are_reviewed_from_the_case(client: FlaskClient, build: Builder) -> None:
    request = build.request(items=2)
    from backoffice.cases import queries

    number = queries.case_by_id(request.case_id).number
    from backoffice.documents import queries as document_queries

    first, second = (item.id for item in document_queries.request(request.id).items)
    officer = build.caseworker()
    with transaction():
        documents.receive_items(request.id, [first, second], None, clock.today(), by=officer.actor, at=clock.now())
    build.sign_in(client, build.caseworker())
    assert "examiner 2 pièces" in client.get(f"/cases/{number}").text
    assert client.post(f"/cases/{number}/items/{first}/review", data={"decision": "accept"}).status_code == 303
    without = client.post(f"/cases/{number}/items/{second}/review", data={"decision": "refuse"})
    assert without.status_code == 422
    sent = client.post(f"/cases/{number}/items/{second}/review", data={"decision": "refuse", "reason": "illegible", "note": "page 2"})
    assert sent.status_code == 303
    assert "Document illisible" in client.get(f"/cases/{number}?tab=documents").text
    assert ItemAction.REFUSE.value == "refuse"


def test_an_item_of_another_case_is_not_found(client: FlaskClient, build: Builder) -> None:
    from backoffice.documents import queries as document_queries

    request, other = build.request(items=1), build.paid_case()
    item = document_queries.request(request.id).items[0].id
    number = other.number
    build.sign_in(client, build.caseworker())
    assert client.post(f"/cases/{number}/items/{item}/review", data={"decision": "waive"}).status_code == 404


def test_unanswered_messages_are_listed_with_their_age(client: FlaskClient, build: Builder) -> None:
    from datetime import timedelta
    from uuid import uuid4

    case = build.paid_case()
    with transaction():
        mail.receive_message(uuid4(), case.id, "Une question", "Bonjour", [], None, "0" * 64, at=clock.now() - timedelta(days=6))
    build.sign_in(client, build.caseworker())
    page = client.get("/messages").text
    assert "Une question" in page
    assert "4 jours" in page


def test_letters_leave_as_attachments(client: FlaskClient, build: Builder) -> None:
    request = build.request()
    from backoffice.cases import queries

    number = queries.case_by_id(request.case_id).number
    build.sign_in(client, build.caseworker())
    answer = client.get(f"/cases/{number}/requests/{request.id}/letter.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
