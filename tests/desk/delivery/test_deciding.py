"""What a person decides about somebody not reached: the second channel, a new day zero, two signatures; all on plain pages."""

import io
import zipfile
from datetime import date, timedelta
from uuid import uuid4

import pypdfium2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.core import clock, deliveries, events, files
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import TermState
from backoffice.documents.models import DocumentRequest
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.delivery import bouncing, evidence, queries
from backoffice.mail.delivery import service as delivery
from backoffice.mail.delivery.models import Bounce, Notification
from backoffice.mail.delivery.states import Matched
from backoffice.mail.delivery.values import Reach, Report, Severity
from backoffice.staff import queries as staff_queries
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.conftest import NOON
from tests.mail.delivery import corpus


@pytest.fixture
def lost(build: Builder) -> DocumentRequest:
    """A request whose announcement came back for good."""
    made = build.request()
    build.deliver()
    one = db.session.scalars(select(Notification).where(Notification.message_id == made.message_id)).one()
    report = Report(Severity.HARD, "5.1.1", "failed", "550 5.1.1 <script>", one.address, (), ())
    with transaction():
        delivery.keep_report(report, None, one, Matched.TOKEN, str(uuid4()), by=SYSTEM, at=NOON)
    return made


def number(made: DocumentRequest) -> str:
    return case_queries.case_by_id(made.case_id).number


def term_of(made: DocumentRequest) -> Term:
    [term] = [t for t in term_queries.terms_of(case_subject(made.case_id)) if t.owner_kind == "request"]
    return term


def barred(made: DocumentRequest) -> bool:
    return bool(term_queries.standing_bars(case_subject(made.case_id)))


def decide(client: FlaskClient, made: DocumentRequest, decision: str, reason: str = "Vérifié par téléphone."):
    return client.post(f"/cases/{number(made)}/delivery", data={"message": str(made.message_id), "decision": decision, "reason": reason})


def facts(case_id: int) -> list[str]:
    rows = select(events.EventRow.kind).filter_by(subject_kind="case", subject_id=str(case_id)).order_by(events.EventRow.position)
    return [kind for kind in db.session.scalars(rows) if "delivery" in kind or "deadlines" in kind]


def test_the_list_says_who_why_since_when_and_what_runs(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.caseworker())
    page = client.get("/delivery").text
    for words in (number(lost), "l’adresse de courriel ne fonctionne pas", "13 juin 2016", "12 septembre 2016", "fin empêchée"):
        assert words in page
    assert "Aucun serveur de courriel n’est configuré" in page


def test_the_page_of_the_case_shows_each_answer_of_the_server_as_text(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.caseworker())
    page = client.get(f"/cases/{number(lost)}/delivery").text
    assert "5.1.1" in page
    assert "<script>" not in page.replace("<script src", "").replace("<script defer", "")
    assert "c’est l’instant légal" in page


def test_posting_the_letter_gives_a_new_day_zero_when_it_leaves_and_not_before(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.caseworker())
    before = term_of(lost).last_day
    readable = mail_queries.message(lost.message_id).readable_at
    assert decide(client, lost, "post").status_code == 303
    letter = mail_queries.letter_of(lost.message_id)
    assert letter is not None
    *_, sheet_page = pypdfium2.PdfDocument(io.BytesIO(files.read(letter.sha256)))
    sheet = sheet_page.get_textpage().get_text_bounded()
    assert lost.return_code in "".join(sheet.split()), "the answer by post finds the request"
    assert (term_of(lost).start, barred(lost)) == (date(2016, 6, 13), True)
    with clock.stopped_at(NOON + timedelta(days=7)):
        with transaction():
            mail.post_letter(letter.id, by=SYSTEM, at=clock.now())
        deliveries.run_all()
    term = term_of(lost)
    assert (term.start, term.last_day > before, barred(lost)) == (date(2016, 6, 20), True, False)
    assert queries.reachability(lost.case_id) is Reach.REACHABLE
    assert mail_queries.message(lost.message_id).readable_at == readable
    assert facts(lost.case_id).index("mail.delivery.SecondChannelChosen") < facts(lost.case_id).index("deadlines.TermReissued")


def test_announcing_again_gives_the_term_again_from_today(client: FlaskClient, build: Builder, lost: DocumentRequest):
    officer = build.caseworker()
    with clock.stopped_at(NOON + timedelta(days=3)):
        build.sign_in(client, officer)
        assert decide(client, lost, "again").status_code == 303
    assert (term_of(lost).start, barred(lost)) == (date(2016, 6, 16), False)


def test_a_confirmed_address_ends_the_task_and_keeps_the_term(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.caseworker())
    with clock.stopped_at(NOON + timedelta(hours=1)):
        assert decide(client, lost, "works").status_code == 303
    assert (term_of(lost).start, barred(lost)) == (date(2016, 6, 13), False)
    assert number(lost) not in client.get("/delivery").text


def test_two_people_sign_before_a_term_may_end(app: Flask, client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.supervisor())
    assert decide(client, lost, "let_end").status_code == 303
    assert decide(client, lost, "let_end").status_code == 422, "it waits already"
    [(approval, _)] = staff_queries.waiting_approvals()
    answer = {"decision": "approve", "answer": "Vu."}
    client.post(f"/approvals/{approval.id}", data=answer)
    deliveries.run_all()
    assert barred(lost), "whoever asked is not the second person"
    second = build.sign_in(app.test_client(), build.supervisor())
    assert second.post(f"/approvals/{approval.id}", data=answer).status_code == 303
    deliveries.run_all()
    assert (approval.facts.get("outcome"), approval.facts.get("refusal")) == ("done", None)
    assert not barred(lost)
    assert term_of(lost).state is TermState.RUNNING


def test_a_decision_without_its_reason_is_shown_again(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.caseworker())
    answer = decide(client, lost, "post", "")
    assert answer.status_code == 422
    assert mail_queries.letter_of(lost.message_id) is None


def test_a_message_of_another_case_is_not_posted(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.caseworker())
    other = build.case()
    data = {"message": str(lost.message_id), "decision": "post", "reason": "x"}
    assert client.post(f"/cases/{other.number}/delivery", data=data).status_code == 422


def test_the_signed_proof_is_saved_from_the_page(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.caseworker())
    answer = client.get(f"/cases/{number(lost)}/messages/{lost.message_id}/evidence")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert evidence.verify(answer.data).holds
    assert "bordereau.pdf" in zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert client.get(f"/cases/{build.case().number}/messages/{lost.message_id}/evidence").status_code == 404


def test_a_report_of_nobody_is_taken_and_settled_by_a_person(client: FlaskClient, build: Builder, lost: DocumentRequest):
    officer = build.caseworker()
    build.sign_in(client, officer)
    with transaction():
        bouncing.receive(corpus.standard(address="personne@ailleurs.example"), at=NOON)
    [bounce] = queries.unsettled_bounces()
    assert "personne@ailleurs.example" in client.get("/delivery").text
    client.post(f"/delivery/returned/{bounce.id}/taker")
    assert officer.name in client.get("/delivery").text
    assert client.post(f"/delivery/returned/{bounce.id}/settlement", data={"how": "", "case": ""}).status_code == 422
    assert client.post(f"/delivery/returned/{bounce.id}/settlement", data={"how": "Pourriel.", "case": ""}).status_code == 303
    assert queries.unsettled_bounces() == []


def test_a_report_settled_with_a_case_counts_for_it(client: FlaskClient, build: Builder):
    case = build.paid_case()
    build.deliver()
    build.sign_in(client, build.caseworker())
    with transaction():
        bouncing.receive(corpus.standard(address="ancienne@ailleurs.example"), at=NOON)
    [bounce] = queries.unsettled_bounces()
    client.post(f"/delivery/returned/{bounce.id}/settlement", data={"how": "Son ancienne adresse.", "case": case.number})
    assert queries.reachability(case.id) is Reach.UNREACHABLE
    assert db.session.get_one(Bounce, bounce.id).matched is Matched.PERSON


def test_an_auditor_reads_and_decides_nothing(client: FlaskClient, build: Builder, lost: DocumentRequest):
    build.sign_in(client, build.account(Role.AUDITOR))
    assert client.get("/delivery").status_code == 200
    assert "Décider" not in client.get(f"/cases/{number(lost)}/delivery").text
    assert decide(client, lost, "works").status_code == 403


def test_no_term_ends_while_its_second_letter_waits_for_the_carrier(client: FlaskClient, build: Builder):
    """Nothing bounced, only a doubt: the whole new term promised from the day the letter leaves bars the end until then."""
    made = build.request(build.paid_case())
    build.sign_in(client, build.caseworker())
    assert not barred(made)
    assert decide(client, made, "post").status_code == 303
    assert barred(made)
    assert "une seconde lettre attend le transporteur" in " ".join(deadlines.what_bars(case_subject(made.case_id)))
    letter = mail_queries.letter_of(made.message_id)
    assert letter is not None
    with clock.stopped_at(NOON + timedelta(days=7)):
        with transaction():
            mail.post_letter(letter.id, by=SYSTEM, at=clock.now())
        deliveries.run_all()
    assert (term_of(made).start, barred(made)) == (date(2016, 6, 20), False)
