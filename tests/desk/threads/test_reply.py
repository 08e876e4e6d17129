"""Replying from the case without scripts: drafts, paragraphs, macros, files, the exact preview, the collision, withdrawal."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.mail.threads import queries
from backoffice.staff.models import Account
from backoffice.staff.permissions import Scope
from tests.builders import Builder
from tests.conftest import NOON

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000201a5c1d6d80000000049454e44ae426082"
)


def wrote(case: Case, body: str = "Où en est mon dossier ?") -> Message:
    with transaction():
        return mail.receive_message(uuid4(), case.id, "Question", body, [], None, "0" * 64, at=NOON)


def tab(client: FlaskClient, case: Case) -> str:
    answer = client.get(f"/cases/{case.number}?tab=messages")
    assert answer.status_code == 200, answer.text[-2000:]
    return answer.text


def seen(text: str) -> str:
    return re.findall(r'name="seen" value="(\d+)"', text)[0]


def step(client: FlaskClient, case: Case, name: str, **fields: object):
    given = {"subject": "Réponse", "body": "Voici la réponse.", "seen": seen(tab(client, case))}
    return client.post(f"/cases/{case.number}/reply", data=given | fields | {"step": name})


def send(client: FlaskClient, preview: str, case: Case):
    digest = re.findall(r'name="digest" value="([0-9a-f]+)"', preview)[0]
    return client.post(f"/cases/{case.number}/reply/sending", data={"seen": seen(preview), "digest": digest})


def at_desk(client: FlaskClient, build: Builder) -> tuple[Case, Account]:
    case, officer = build.case(), build.caseworker()
    build.sign_in(client, officer)
    return case, officer


def test_a_reply_is_previewed_to_the_letter_then_sent_and_its_draft_is_gone(client: FlaskClient, build: Builder) -> None:
    case, officer = at_desk(client, build)
    wrote(case)
    page = tab(client, case)
    assert "Sans réponse" in page
    shown = step(client, case, "preview", body="Voici la réponse.\r\n\r\n::certified-copy")
    assert shown.status_code == 303, shown.text[-2000:]
    preview = client.get(shown.location).text
    assert "Une copie certifiée conforme est une copie attestée" in preview
    sent = send(client, preview, case)
    assert sent.status_code == 303, sent.text[-2000:]
    message = mail_queries.thread(case.id)[-1]
    assert (message.kind, message.author_label, message.automatic) == ("officer_message", officer.name, False)
    assert message.subject == "Réponse"
    assert message.body.startswith("Bonjour ")
    assert f"\n\n{officer.name}\nDossier {case.number}" in message.body
    assert (message.template or "").startswith("mail/messages/officer_message.fr.txt@")
    assert [(p["name"], p["verbatim"]) for p in message.paragraphs or []] == [("certified-copy", True)]
    assert queries.draft(case.id, officer.id) is None
    assert mail_queries.unanswered([case.id]) == {}
    assert "certified-copy@" in tab(client, case)


def test_an_english_applicant_is_written_to_in_english(client: FlaskClient, build: Builder) -> None:
    case = build.case(build.content(language="en"))
    build.sign_in(client, build.caseworker())
    preview = client.get(step(client, case, "preview", subject="Answer", body="::sorry").location).text
    assert "We are sorry for this error of ours" in preview
    assert "Hello " in preview


def test_a_paragraph_is_inserted_from_the_list_and_its_rewording_is_told(client: FlaskClient, build: Builder) -> None:
    case, officer = at_desk(client, build)
    step(client, case, "insert", paragraph="no-status", body="Bonjour.")
    draft = queries.draft(case.id, officer.id)
    assert draft is not None
    assert "13\u00a0juin\u00a02016" in draft.body
    preview = client.get(step(client, case, "preview", body=draft.body.replace("plusieurs fois", "souvent")).location).text
    send(client, preview, case)
    assert [p["verbatim"] for p in mail_queries.thread(case.id)[-1].paragraphs or []] == [False]


def test_what_is_not_filled_does_not_leave(client: FlaskClient, build: Builder) -> None:
    case, _ = at_desk(client, build)
    for body in ("::no-such-thing", "Dites-nous : [votre question].", "   "):
        refused = step(client, case, "preview", body=body)
        assert refused.status_code == 422, body
        assert body in refused.text, "what was typed stays"
    assert mail_queries.thread(case.id)[-1].kind == "payment_invitation"


def test_a_macro_fills_the_reply_and_acts_only_when_it_is_sent(client: FlaskClient, build: Builder) -> None:
    case, officer = at_desk(client, build)
    step(client, case, "macro", macro="take", subject="", body="")
    draft = queries.draft(case.id, officer.id)
    assert draft is not None
    assert (draft.subject, draft.macro) == ("Votre message a été lu", "take")
    assert queries.given_to(case.id) is None
    preview = client.get(step(client, case, "preview", subject=draft.subject, body=draft.body).location).text
    assert "le fil est à moi" in preview
    send(client, preview, case)
    given = queries.given_to(case.id)
    assert given is not None
    assert given.account_id == officer.id
    assert f"cases/{case.number}" in client.get("/cases?view=mine").text


def test_two_who_answer_the_second_sees_both_texts_and_decides(client: FlaskClient, build: Builder) -> None:
    case, _ = at_desk(client, build)
    preview = client.get(step(client, case, "preview", body="Mon texte à moi.").location).text
    wrote(case, "J’ai oublié de dire ceci.")
    moved = send(client, preview, case)
    assert moved.status_code == 422
    assert "Mon texte à moi." in moved.text
    assert "J’ai oublié de dire ceci." in moved.text
    assert [m.kind for m in mail_queries.thread(case.id)] == ["payment_invitation", "reply"]
    assert "Mon texte à moi." in tab(client, case), "the draft is kept"
    again = send(client, moved.text, case)
    assert again.status_code == 303
    assert mail_queries.thread(case.id)[-1].kind == "officer_message"


def test_what_changed_after_the_preview_is_read_again(client: FlaskClient, build: Builder) -> None:
    case, _ = at_desk(client, build)
    preview = client.get(step(client, case, "preview").location).text
    client.post(f"/cases/{case.number}/draft", data={"name": "body", "value": "Tout autre chose."})
    again = send(client, preview, case)
    assert again.status_code == 422
    assert "Tout autre chose." in again.text
    assert len(mail_queries.thread(case.id)) == 1


def test_drafts_are_saved_field_by_field_listed_at_home_and_thrown_away(app: Flask, client: FlaskClient, build: Builder) -> None:
    case, officer = at_desk(client, build)
    for name, value in (("subject", "Mon objet"), ("body", "Commencé…"), ("seen", "9"), ("file", "x")):
        assert client.post(f"/cases/{case.number}/draft", data={"name": name, "value": value}).status_code == 204
    assert "Commencé…" in tab(client, case)
    assert "Mon objet" in client.get("/").text
    assert client.post(f"/cases/{case.number}/draft", data={"name": "subject", "value": "x" * 121}).status_code == 422
    other = build.sign_in(app.test_client(), build.caseworker())
    assert "Commencé…" not in tab(other, case), "a draft is its author's"
    assert step(client, case, "discard").status_code == 303
    assert queries.draft(case.id, officer.id) is None


def test_files_are_attached_by_key_and_from_here_and_taken_off(client: FlaskClient, build: Builder) -> None:
    case, officer = at_desk(client, build)
    bad = step(client, case, "attach", upload=(io.BytesIO(b"<html></html>"), "page.pdf"))
    assert bad.status_code == 303
    assert "page.pdf" in tab(client, case)
    draft = queries.draft(case.id, officer.id)
    assert draft is not None
    assert draft.files == []
    step(client, case, "attach", upload=(io.BytesIO(PNG), "carte.png"))
    draft = queries.draft(case.id, officer.id)
    assert draft is not None
    assert [f["filename"] for f in draft.files] == ["carte.png"]
    preview = client.get(step(client, case, "preview").location).text
    assert "carte.png" in preview
    send(client, preview, case)
    sent = mail_queries.thread(case.id)[-1]
    assert [(a.filename, a.media_type) for a in sent.attachments] == [("carte.png", "image/png")]
    key = f"attachment-{sent.attachments[0].id}"
    step(client, case, "attach", file=key)
    draft = queries.draft(case.id, officer.id)
    assert draft is not None
    assert [f["filename"] for f in draft.files] == ["carte.png"]
    step(client, case, f"detach:{draft.files[0]['sha256']}")
    draft = queries.draft(case.id, officer.id)
    assert draft is not None
    assert draft.files == []


def test_no_file_is_attached_unscanned_while_the_antivirus_does_not_answer(
    client: FlaskClient, build: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, officer = at_desk(client, build)
    monkeypatch.setenv("CLAMD_ADDRESS", "127.0.0.1:1")
    step(client, case, "attach", upload=(io.BytesIO(PNG), "carte.png"))
    assert "L’antivirus ne répond pas" in tab(client, case)
    draft = queries.draft(case.id, officer.id)
    assert draft is not None
    assert (draft.body, draft.files) == ("Voici la réponse.", [])


def test_someone_without_an_address_online_gets_a_letter(client: FlaskClient, build: Builder) -> None:
    content = build.content()
    content["principal_applicant"]["contact"].pop("email")
    case = build.case(content)
    build.sign_in(client, build.caseworker())
    preview = client.get(step(client, case, "preview").location).text
    send(client, preview, case)
    message = mail_queries.thread(case.id)[-1]
    assert message.readable_at is None
    assert [a.kind for a in message.attachments] == ["letter"]
    assert message.id in {m.id for _, m in mail_queries.letters_to_post()}


def test_a_message_sent_in_error_leaves_the_mailbox_and_stays_in_the_record(client: FlaskClient, build: Builder) -> None:
    case, officer = at_desk(client, build)
    key = build.key(Scope.PORTAL)
    send(client, client.get(step(client, case, "preview", body="Destiné à une autre famille.").location).text, case)
    message = mail_queries.thread(case.id)[-1]
    url = f"/cases/{case.number}/messages/{message.id}/withdrawal"
    assert "Message retiré" in client.get(url).text
    assert client.post(url, data={"reason": ""}).status_code == 422
    assert client.post(url, data={"reason": "Mauvais dossier"}).status_code == 303
    shown = client.get(f"/api/v1/submissions/{case.submission_id}/messages", headers=key).get_json()["messages"][-1]
    assert shown["id"] == str(message.id)
    assert shown["subject"] == "Message retiré"
    assert "autre famille" not in shown["body"]
    page = tab(client, case)
    assert "autre famille" in page
    assert f"par {officer.name}" in page
    assert client.post(url, data={"reason": "Encore"}).status_code == 422
    assert "Message retiré" in client.get(f"/cases/{case.number}?tab=history").text


def test_a_message_from_which_a_term_runs_is_not_withdrawn(client: FlaskClient, build: Builder) -> None:
    case, _ = at_desk(client, build)
    invitation = mail_queries.thread(case.id)[0]
    url = f"/cases/{case.number}/messages/{invitation.id}/withdrawal"
    refused = client.post(url, data={"reason": "Erreur"})
    assert refused.status_code == 422
    assert "délai" in refused.text
    assert mail_queries.message(invitation.id).withdrawn_at is None
    assert "withdrawal" not in tab(client, case)


def test_no_answer_needed_says_why_and_the_thread_waits_no_more(client: FlaskClient, build: Builder) -> None:
    case, _ = at_desk(client, build)
    wrote(case, "Merci beaucoup !")
    url = f"/cases/{case.number}/thread/settlement"
    assert client.post(url, data={"reason": ""}).status_code == 422
    assert client.post(url, data={"reason": "Un remerciement"}).status_code == 303
    assert mail_queries.unanswered([case.id]) == {}
    assert "Un remerciement" in tab(client, case)


def test_presence_is_seen_on_the_case_and_in_the_lists_and_does_not_last(app: Flask, client: FlaskClient, build: Builder) -> None:
    case, officer = at_desk(client, build)
    wrote(case)
    tab(client, case)
    client.post(f"/cases/{case.number}/draft", data={"name": "body", "value": "Je réponds"})
    other = build.sign_in(app.test_client(), build.caseworker())
    for page in (tab(other, case), other.get("/messages").text, other.get("/cases").text):
        assert f"{officer.name} rédige" in page
    said = other.post(f"/cases/{case.number}/presence", data={"doing": "reads"}).text
    assert said == f"{officer.name} rédige"
    with clock.stopped_at(NOON + timedelta(seconds=30)):
        assert other.post(f"/cases/{case.number}/presence", data={"doing": "reads"}).text == f"{officer.name} lit"
    with clock.stopped_at(NOON + timedelta(seconds=90)):
        assert other.post(f"/cases/{case.number}/presence", data={"doing": "reads"}).text == ""
    client.post(f"/cases/{case.number}/presence", data={"doing": "leaves"})
    assert f"{officer.name} lit" not in tab(other, case)
