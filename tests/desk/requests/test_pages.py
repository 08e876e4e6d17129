"""The composer keeps what is typed, a list is replaced, issued again, called back; loose files are attached: all without scripts."""

import re
from datetime import date

from flask.testing import FlaskClient

from backoffice.core.actors import APPLICANT
from backoffice.core.db import transaction
from backoffice.deadlines import queries as term_queries
from backoffice.documents import queries, service
from backoffice.documents.events import request_owner
from backoffice.documents.states import ItemAction, ItemState, RequestState
from backoffice.documents.values import NewDocument, NewPage
from tests.builders import Builder
from tests.conftest import NOON


def form_of(page: str) -> dict[str, list[str]]:
    return {
        "line": re.findall(r'name="line" value="([^"]+)"', page),
        "item": re.findall(r'name="item" value="([^"]+)"[^>]*checked', page),
        "version": re.findall(r'name="version"[^>]*value="(\d+)"', page)[:1],
        "replaces": re.findall(r'name="replaces" value="([^"]*)"', page)[:1],
    }


def test_a_draft_is_there_again_for_its_author_and_gone_once_sent(client: FlaskClient, build: Builder) -> None:
    case, number = build.paid_case(), ""
    number = case.number
    build.sign_in(client, build.caseworker())
    url = f"/cases/{number}/requests/new"
    form = form_of(client.get(url).text)
    key = form["item"][0]
    typed = {**form, "item": form["item"][:2], f"reason:{key}": "Page deux illisible", "days": "60", "days_reason": "Deux pièces"}
    assert client.post(f"/cases/{number}/requests/draft", data=typed).status_code == 204
    again = client.get(url).text
    assert "Page deux illisible" in again
    assert form_of(again)["item"] == form["item"][:2]
    assert "Voici la liste que vous composiez" in again
    build.sign_in(other := client.application.test_client(), build.caseworker())
    assert "Page deux illisible" not in other.get(url).text
    seen = client.post(url, data={**typed, "step": "preview"})
    assert seen.status_code == 200, seen.text[-800:]
    assert "2016-08-12" in seen.text
    assert client.post(url, data={**typed, "step": "send"}).status_code == 303
    request = queries.requests_of(case.id)[0]
    assert (len(request.items), request.own_days) == (2, 60)
    assert "Page deux illisible" in request.items[0].reason_fr
    assert "Deux pièces" in client.get(f"/cases/{number}?tab=documents").text


def test_a_draft_is_given_up(client: FlaskClient, build: Builder) -> None:
    number = build.paid_case().number
    build.sign_in(client, build.caseworker())
    url = f"/cases/{number}/requests/new"
    form = form_of(client.get(url).text)
    client.post(url, data={**form, "item": [], "step": "edit"})
    assert form_of(client.get(url).text)["item"] == []
    assert client.post(f"/cases/{number}/requests/draft/discard").status_code == 303
    assert form_of(client.get(url).text)["item"] == form["item"]


def test_refusals_stand_on_the_form_and_nothing_typed_is_lost(client: FlaskClient, build: Builder) -> None:
    number = build.paid_case().number
    build.sign_in(client, build.caseworker())
    url = f"/cases/{number}/requests/new"
    form = form_of(client.get(url).text)
    for wrong in ({"days": "10", "days_reason": "vite"}, {"days": "60"}, {"item": []}):
        for step in ("preview", "send"):
            refused = client.post(url, data={**form, f"reason:{form['item'][0]}": "À garder", **wrong, "step": step})
            assert refused.status_code == 422
            assert "À garder" in refused.text


def test_a_list_is_replaced_issued_again_and_called_back(client: FlaskClient, build: Builder) -> None:
    case = build.paid_case()
    number, old_id = case.number, build.request(case).id
    first, officer = queries.request(old_id).items[0].id, build.caseworker()
    with transaction():
        service.receive_items(old_id, [first], None, date(2016, 6, 13), by=APPLICANT, at=NOON)
        service.review_item(first, ItemAction.ACCEPT, by=officer.actor, at=NOON)
    build.sign_in(client, build.caseworker())
    url = f"/cases/{number}/requests/{old_id}/replacement"
    page = client.get(url).text
    assert "repris de l’ancienne liste" in page
    form = form_of(page)
    assert client.post(url, data={**form, "step": "send", "why": ""}).status_code == 422
    sent = client.post(url, data={**form, "step": "send", "why": "Divorce"})
    assert sent.status_code == 303, sent.text[-800:]
    new = queries.requests_of(case.id)[0]
    assert (new.replaces_id, queries.request(old_id).state) == (old_id, RequestState.REPLACED)
    shown = client.get(f"/cases/{number}?tab=documents").text
    assert "remplacée par la liste" in shown
    assert "à la place de la liste" in shown
    for act in ("reissue", "cancellation"):
        where = f"/cases/{number}/requests/{new.id}/{act}"
        assert client.get(where).status_code == 200
        assert client.post(where, data={"reason": ""}).status_code == 422
        assert client.post(where, data={"reason": "Jamais arrivée"}).status_code == 303
    assert queries.request(new.id).state is RequestState.WITHDRAWN
    assert term_queries.term_of(request_owner(new.id)).state.value == "cancelled"
    assert client.post(f"/cases/{number}/requests/{new.id}/cancellation", data={"reason": "Encore"}).status_code == 422
    elsewhere = build.paid_case().number
    assert client.get(f"/cases/{elsewhere}/requests/{new.id}/reissue").status_code == 404


def test_a_loose_file_is_attached_by_one_key_or_kept_apart(client: FlaskClient, build: Builder) -> None:
    case = build.paid_case()
    number, request_id = case.number, build.request(case).id
    passport = next(item for item in queries.request(request_id).items if item.code == "passport")
    loose = []
    for digit, name in (("a", "mon-passeport.png"), ("b", "photo.png")):
        new = NewDocument(name, "portal", "m", date(2016, 6, 13), "image/png", name, digit * 64, (NewPage(digit * 64, 1, "1" * 64, "2" * 64),))
        with transaction():
            loose.append(service.file_document(case.id, new, by=APPLICANT, at=NOON).id)
    build.sign_in(client, build.caseworker())
    page = client.get(f"/cases/{number}?tab=documents").text
    assert "À rattacher" in page
    assert "rattacher 2 fichiers" in client.get(f"/cases/{number}").text, "it is the next thing to do"
    assert f'<option value="{passport.id}" selected' in page
    assert 'data-key="a"' in page
    where = f"/cases/{number}/documents/{loose[0]}/attachment"
    assert client.post(where, data={"item": str(passport.id)}).status_code == 303
    assert queries.item(passport.id).state is ItemState.RECEIVED
    apart = f"/cases/{number}/documents/{loose[1]}/attachment"
    assert client.post(apart, data={"aside": "1", "reason": "Photo de famille"}).status_code == 303
    done = client.get(f"/cases/{number}?tab=documents").text
    assert "À rattacher" not in done
    assert "Photo de famille" in done
    assert "Historique" in done
