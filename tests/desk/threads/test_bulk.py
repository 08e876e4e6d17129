"""Messages to many: the exact list with its reasons, two people, each written to once whatever is killed, and a history."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cases.states import CaseAction
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.threads import bulk as bulks
from backoffice.mail.threads import queries
from backoffice.mail.threads.errors import ListChanged
from backoffice.mail.threads.models import BulkMessage
from backoffice.mail.threads.states import BulkState, RecipientState
from backoffice.staff import queries as staff_queries
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.conftest import NOON

WORDS = {
    "subject_fr": "Bureau fermé vendredi", "body_fr": "Le bureau sera fermé vendredi. Vos délais ne changent pas.", "subject_en": "Office closed on Friday",
    "body_en": "The office will be closed on Friday. Your time limits do not change.", "reason": "Fermeture imprévue",
}  # fmt: skip


def prepare(client: FlaskClient, numbers: str, **changes: str) -> BulkMessage:
    answer = client.post("/messages/bulk/new", data=WORDS | {"numbers": numbers} | changes)
    assert answer.status_code == 303, answer.text[-3000:]
    return queries.bulk(int(answer.location.rsplit("/", 1)[1]))


def sign(app: Flask, build: Builder, client: FlaskClient, bulk: BulkMessage) -> None:
    assert client.post(f"/messages/bulk/{bulk.id}/approval").status_code == 303
    [(approval, _)] = staff_queries.waiting_approvals()
    alone = client.post(f"/approvals/{approval.id}", data={"decision": "approve", "answer": "Oui"})
    assert alone.status_code in {409, 422}
    second = build.sign_in(app.test_client(), build.supervisor())
    assert f"/messages/bulk/{bulk.id}" in second.get("/approvals").text
    assert second.post(f"/approvals/{approval.id}", data={"decision": "approve", "answer": "Lu"}).status_code == 303


def told(case: Case) -> list[str]:
    return [m.subject for m in mail_queries.thread(case.id) if m.kind == "bulk_message"]


def end(case: Case) -> None:
    with transaction():
        cases.advance(case.id, CaseAction.WITHDRAW, by=SYSTEM, at=NOON)


def test_a_list_shows_each_with_its_reason_and_each_gets_one(app: Flask, client: FlaskClient, build: Builder) -> None:
    first, english, ended = build.case(), build.case(build.content(language="en")), build.case()
    end(ended)
    with transaction():
        mail.receive_message(uuid4(), first.id, "Question", "Où en est-on ?", [], None, "0" * 64, at=NOON)
    build.sign_in(client, build.supervisor())
    bulk = prepare(client, f"{first.number}\n{english.number}, {ended.number}\n{first.number}\n99999999-9\nn’importe quoi")
    page = client.get(f"/messages/bulk/{bulk.id}").text
    assert (bulk.listed, bulk.left_out) == (2, 4)
    for words in ("est sur la liste donnée", "le dossier est terminé", "donné deux fois", "aucun de nos dossiers", "Office closed on Friday"):
        assert words in page
    assert told(first) == []
    sign(app, build, client, bulk)
    build.deliver()
    assert (told(first), told(english)) == (["Bureau fermé vendredi"], ["Office closed on Friday"])
    assert told(ended) == []
    assert queries.bulk(bulk.id).state is BulkState.SENT
    assert mail_queries.unanswered([first.id]) == {first.id: 1}, "a message to many answers nobody's question"
    assert "Envoyé à tous" in client.get("/messages/bulk").text
    assert f"Envoi groupé numéro {bulk.id}" in client.get(f"/cases/{first.number}?tab=messages").text
    listed = client.get(f"/messages/bulk/{bulk.id}/list.csv").text
    assert [line.split(",")[6] for line in listed.splitlines()[1:]] == ["sent", "sent", "left_out", "left_out", "left_out", "left_out"]


def test_it_is_sent_in_parts_and_a_part_done_again_writes_to_nobody_twice(app: Flask, client: FlaskClient, build: Builder) -> None:
    family = [build.case() for _ in range(5)]
    build.sign_in(client, build.supervisor())
    bulk = prepare(client, "\n".join(case.number for case in family))
    with transaction():
        bulks.ask(bulk.id, by=db.session.get_one(Account, bulk.by_id), at=NOON)
    second = build.supervisor()
    with transaction():
        assert bulk.approval_id is not None
        bulks.answer(bulk.approval_id, approved=True, by=second.actor, at=NOON)
    with transaction():
        bulks.go_on(bulk.id, at=NOON, size=2)
    assert sorted(len(told(case)) for case in family) == [0, 0, 0, 1, 1]
    # Killed after the messages were written and before the list knew: the rows wait again.
    for row in queries.recipients(bulk.id, RecipientState.SENT):
        with transaction():
            row.state = RecipientState.WAITING
            row.message_id = None
    end(family[4])
    while queries.bulk(bulk.id).state is BulkState.SENDING:
        with transaction():
            bulks.go_on(bulk.id, at=NOON, size=2)
    assert [len(told(case)) for case in family] == [1, 1, 1, 1, 0]
    assert queries.counts([bulk.id])[bulk.id] == {RecipientState.SENT: 4, RecipientState.SKIPPED: 1}
    with transaction():
        assert not bulks.go_on(bulk.id, at=NOON)


def test_a_list_changed_after_it_was_prepared_is_not_signed(client: FlaskClient, build: Builder) -> None:
    case, other = build.case(), build.case()
    build.sign_in(client, build.supervisor())
    bulk = prepare(client, case.number)
    with transaction():
        bulks.ask(bulk.id, by=db.session.get_one(Account, bulk.by_id), at=NOON)
        queries.recipients(bulk.id)[0].case_id = other.id
    approval = queries.bulk(bulk.id).approval_id
    assert approval is not None
    second = build.supervisor().actor
    with pytest.raises(ListChanged), transaction():
        bulks.answer(approval, approved=True, by=second, at=NOON)
    db.session.expire_all()
    assert queries.bulk(bulk.id).state is BulkState.ASKED


def test_the_filters_of_the_queue_choose_in_its_order(client: FlaskClient, build: Builder) -> None:
    online = build.case()
    build.paid_case()
    build.sign_in(client, build.supervisor())
    assert "/messages/bulk/new?" in client.get("/cases?status=ATTENTE_PAIEMENT").text
    url = "/messages/bulk/new?chosen=queue&view=all&status=ATTENTE_PAIEMENT"
    assert "Attente de paiement" in client.get(url).text
    answer = client.post(url, data=WORDS)
    bulk = queries.bulk(int(answer.location.rsplit("/", 1)[1]))
    assert [row.number for row in queries.recipients(bulk.id)] == [online.number]
    page = client.get(f"/messages/bulk/{bulk.id}").text
    assert "répond aux filtres de la file" in page
    assert client.post(f"/messages/bulk/{bulk.id}/abandonment").status_code == 303
    assert told(online) == []


def test_nobody_and_a_missing_translation_are_refused(client: FlaskClient, build: Builder) -> None:
    english = build.case(build.content(language="en"))
    build.sign_in(client, build.supervisor())
    nobody = client.post("/messages/bulk/new", data=WORDS | {"numbers": ""})
    assert nobody.status_code == 422
    missing = client.post("/messages/bulk/new", data=WORDS | {"numbers": english.number, "body_en": ""})
    assert missing.status_code == 422
    assert "anglais" in missing.text
    assert queries.bulks() == []


def test_a_caseworker_writes_to_nobody_in_bulk(client: FlaskClient, build: Builder) -> None:
    build.sign_in(client, build.caseworker())
    assert client.get("/messages/bulk/new").status_code == 403
    assert client.get("/messages/bulk").status_code == 403
