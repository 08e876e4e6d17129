"""Requests as contracts: their term, the same items in both languages, replaced, issued again, called back; any sequence of acts."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.cases import queries as case_queries
from backoffice.cases.states import CaseStatus
from backoffice.cases.values import Hold, PersonKind
from backoffice.core.actors import APPLICANT
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.states import TermState
from backoffice.documents import composing, errors, queries, rules, service
from backoffice.documents.catalogue import CATALOGUE, needs_translation
from backoffice.documents.events import request_owner
from backoffice.documents.models import DocumentRequest
from backoffice.documents.states import SETTLED, ItemAction, ItemState, RequestState
from backoffice.documents.values import DocumentFormat, NewDocument, NewItem, NewPage, PersonFacts
from backoffice.mail import queries as mail_queries
from tests.builders import Builder
from tests.conftest import NOON

DAY = date(2016, 6, 20)
LATER = NOON + timedelta(days=20)


@pytest.fixture
def by(build: Builder):
    return build.caseworker().actor


def send(case, items, by, at: datetime = NOON, **options) -> DocumentRequest:
    with transaction():
        request_id = service.send_request(case.id, items, by=by, at=at, **options).id
    return queries.request(request_id)


def document(case_id: int, digit: str, by) -> int:
    new = NewDocument(f"Fichier {digit}", "portal", "m", DAY, "image/png", f"{digit}.png", digit * 64, (NewPage(digit * 64, 1, "1" * 64, "2" * 64),))
    with transaction():
        return service.file_document(case_id, new, by=by, at=NOON).id


# The same items in both languages


words = st.text(st.characters(categories=("L", "Nd"), include_characters=" -’"), min_size=1, max_size=40).map(str.strip).filter(bool)
free = st.tuples(words, words)
lines = st.lists(
    st.builds(
        NewItem, st.sampled_from([code for code in CATALOGUE if code != "other"]), st.none(), reason=words, reason_en=words,
        format=st.sampled_from(DocumentFormat), translation=st.booleans(),
    )
    | free.map(lambda both: NewItem("other", None, label_fr=both[0], label_en=both[1])),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=lines)
def test_both_versions_ask_for_the_same_items_in_the_same_order(english_case, items: list[NewItem]) -> None:
    seen = composing.preview(english_case, items, at=NOON)
    french, english = seen.text.body.split("Traduction / Translation")
    asked = composing.lines(english_case, items)
    assert [line for line in french.splitlines() if line[:1].isdigit()] == [f"{n}. {line.label_fr}" for n, line in enumerate(asked, 1)]
    assert [line for line in english.splitlines() if line[:1].isdigit()] == [f"{n}. {line.label_en}" for n, line in enumerate(asked, 1)]
    for line in asked:
        assert f"Format : {line.format_fr}".replace(" :", "") in french.replace("\u00a0:", "").replace(" :", "")
        assert f"Format: {line.format_en}" in english
    reasoned = [line for line in asked if line.reason_fr != "—"]
    assert all(line.reason_fr in french and line.reason_en in english for line in reasoned)
    assert french.count("   Précisions") == len(reasoned)


@pytest.fixture
def english_case(build: Builder):
    return case_queries.case_by_id(build.paid_case(build.content(language="en")).id)


def test_what_is_previewed_is_what_is_sent(build: Builder, by):
    case = build.paid_case(build.content(language="en"))
    items = [NewItem("passport", case.people[0].id, "Page illisible", "Illegible page"), NewItem("other", None, label_fr="Acte", label_en="Deed")]
    seen = composing.preview(case_queries.case_by_id(case.id), items, days=60, at=NOON)
    request = send(case, items, by, days=60, days_reason="Un seul document")
    message = mail_queries.message(request.message_id)
    assert (message.subject, message.body) == (seen.text.subject, seen.text.body)
    assert [(item.label_fr, item.label_en) for item in request.items] == [(line.label_fr, line.label_en) for line in seen.items]


# Terms of their own


@given(st.integers(0, 400), st.sampled_from(["", "  ", "un motif"]))
def test_a_term_of_its_own_is_bounded_and_reasoned(days: int, reason: str) -> None:
    allowed = rules.may_grant(days, reason, 90)
    assert allowed == (days == 90 or (30 <= days <= 120 and bool(reason.strip())))
    assert rules.may_grant(None, "", 90)


def test_a_term_of_its_own_runs_for_its_days_and_keeps_its_reason(build: Builder, by):
    case = build.paid_case()
    items = composing.proposal(case)[:2]
    for days, why in ((20, "trop court"), (400, "trop long"), (60, "")):
        with pytest.raises(errors.TermNotAllowed):
            send(case, items, by, days=days, days_reason=why)
    request = send(case, items, by, days=60, days_reason="Un seul document manque")
    term = term_queries.term_of(request_owner(request.id))
    assert (term.own_days, term.last_day) == (60, date(2016, 8, 12))
    assert (request.own_days, request.days_reason) == (60, "Un seul document manque")


def test_a_free_document_is_described_in_both_languages_and_reasons_follow_the_reader(build: Builder, by, english_case):
    for item in (NewItem("other", None), NewItem("other", None, label_fr="Acte"), NewItem("passport", None, label_en="Deed")):
        with pytest.raises(errors.NotDescribed):
            send(english_case, [item], by)
    with pytest.raises(errors.ReasonInFrenchOnly):
        send(english_case, [NewItem("passport", None, "Illisible")], by)


# Replaced, issued again, called back


def test_another_list_takes_over_what_arrived_and_has_its_own_day_zero(build: Builder, by):
    case = build.paid_case()
    people = case.people
    old = send(case, [NewItem("passport", people[0].id), NewItem("birth_certificate", people[0].id), NewItem("diploma", people[0].id)], by)
    first, second, _third = old.items
    old_id, first_id, second_id = old.id, first.id, second.id
    new_items = [NewItem(i.code, i.person_id) for i in (first, second)] + [NewItem("birth_certificate", people[2].id)]
    filed = document(case.id, "a", by)
    with transaction():
        service.receive_items(old.id, [first_id], filed, DAY, by=by, at=NOON)
        service.review_item(first_id, ItemAction.ACCEPT, by=by, at=NOON)
    with transaction():
        made = service.replace_request(old_id, new_items, "Naissance d’un enfant", by=by, at=LATER).id
    old, new = queries.request(old_id), queries.request(made)
    assert (old.state, new.state, new.replaces_id, old.ended_reason) == (RequestState.REPLACED, RequestState.OPEN, old.id, "Naissance d’un enfant")
    assert [(i.code, i.state, i.follows_id) for i in new.items] == [
        ("birth_certificate", ItemState.ASKED, second_id), ("birth_certificate", ItemState.ASKED, None), ("passport", ItemState.ACCEPTED, first_id),
    ]  # fmt: skip
    assert queries.answers([new.items[2].id]) == {new.items[2].id: [filed]}
    terms = [term_queries.term_of(request_owner(one)) for one in (old_id, new.id)]
    assert [term.state for term in terms] == [TermState.CANCELLED, TermState.RUNNING]
    assert terms[1].start == date(2016, 7, 3)
    assert mail_queries.message(new.message_id).body.count("Passeport") == 0  # what was accepted is not asked for again

    taken_over, extra = new.items[0].id, document(case.id, "b", by)
    with transaction():  # the sheet of the old letter still reaches the list in its place
        service.receive_items(old_id, [second_id], extra, DAY, by=by, at=LATER)
    assert queries.item(taken_over).state is ItemState.RECEIVED
    assert queries.item(second_id).state is ItemState.ASKED


def test_a_list_that_never_arrived_leaves_again_with_its_whole_term(build: Builder, by):
    case = build.paid_case()
    request = send(case, composing.proposal(case)[:3], by)
    settled = request.items[0].id
    with transaction():
        service.receive_items(request.id, [settled], None, DAY, by=by, at=NOON)
        service.review_item(settled, ItemAction.ACCEPT, by=by, at=NOON)
    earlier = request.message_id
    with pytest.raises(errors.SayWhy), transaction():
        service.reissue_request(request.id, " ", by=by, at=LATER)
    with transaction():
        service.reissue_request(request.id, "Lettre jamais reçue", by=by, at=LATER)
    again, term = queries.request(request.id), term_queries.term_of(request_owner(request.id))
    assert again.message_id != earlier
    assert (term.state, term.start) == (TermState.RUNNING, date(2016, 7, 3))
    body = mail_queries.message(again.message_id).body
    assert [label in body for label in (i.label_fr + "\n" for i in again.items[1:])] == [True, True]
    assert "3. " not in body  # what was accepted is not asked for again


def test_a_list_called_back_ends_its_term_and_is_told(build: Builder, by):
    case = build.paid_case()
    request = send(case, composing.proposal(case)[:2], by)
    with transaction():
        service.cancel_request(request.id, "Envoyée par erreur", by=by, at=NOON)
    assert queries.request(request.id).state is RequestState.WITHDRAWN
    assert term_queries.term_of(request_owner(request.id)).state is TermState.CANCELLED
    found = case_queries.case_by_id(case.id)
    assert (found.status, Hold.DOCUMENTS in case_queries.standing_holds(case.id)) == (CaseStatus.PAYEE_EN_FILE, False)
    last = mail_queries.thread(case.id)[-1]
    assert (last.kind, "Envoyée par erreur" in last.body) == ("request_cancelled", True)
    for act in (service.cancel_request, service.reissue_request):
        with pytest.raises(errors.NotAwaited), transaction():
            act(request.id, "encore", by=by, at=NOON)


def test_who_has_no_mailbox_is_told_by_letter(build: Builder, by):
    content = build.content()
    content["principal_applicant"]["contact"]["email"] = None
    case = build.paid_case(content)
    request = send(case, composing.proposal(case)[:1], by)
    with pytest.raises(errors.StillToPost), transaction():
        service.reissue_request(request.id, "perdue", by=by, at=NOON)
    with transaction():
        service.cancel_request(request.id, "Envoyée par erreur", by=by, at=NOON)
    assert mail_queries.letter_of(mail_queries.thread(case.id)[-1].id) is not None


# History, loose files


def test_every_state_of_an_item_is_kept_with_who_and_which_document(build: Builder, by):
    case = build.paid_case()
    request = send(case, composing.proposal(case)[:1], by)
    [item] = [one.id for one in request.items]
    filed = document(case.id, "c", APPLICANT)
    with transaction():
        service.receive_items(request.id, [item], filed, DAY, by=APPLICANT, at=NOON)
        service.review_item(item, ItemAction.REFUSE, reason="illegible", note="Page 2", by=by, at=NOON)
        service.review_item(item, ItemAction.EXPLAIN, by=by, at=NOON)
    db.session.expire_all()
    seen = [(s.state, s.by_label, s.document_id, s.refusal_code) for s in queries.steps([item])[item]]
    assert seen == [
        (ItemState.ASKED, by.label, None, None), (ItemState.RECEIVED, APPLICANT.label, filed, None), (ItemState.REFUSED, by.label, None, "illegible"),
        (ItemState.EXPLAINED, by.label, None, None),
    ]  # fmt: skip


def test_a_file_that_answers_no_line_waits_until_a_person_says(build: Builder, by):
    case = build.paid_case()
    assert not queries.unattached(case.id)
    request = send(case, composing.proposal(case)[:2], by)
    line = request.items[0].id
    loose, other = document(case.id, "d", APPLICANT), document(case.id, "e", APPLICANT)
    assert [one.id for one in queries.unattached(case.id)] == [loose, other]
    with transaction():
        service.attach_document(loose, line, by=by, at=LATER)
    item = queries.item(line)
    assert (item.state, item.received_on) == (ItemState.RECEIVED, DAY)  # its own day, not the day somebody attached it
    with pytest.raises(errors.SayWhy), transaction():
        service.set_aside_document(other, "", by=by, at=LATER)
    with transaction():
        service.set_aside_document(other, "Photo de famille", by=by, at=LATER)
    assert queries.count_unattached(case.id) == 0
    stranger = send(build.paid_case(), [NewItem("passport", None)], by).items[0].id
    with pytest.raises(errors.UnknownItem), transaction():
        service.attach_document(loose, stranger, by=by, at=LATER)


def test_the_very_document_that_was_accepted_changes_nothing_and_another_one_is_looked_at(build: Builder, by):
    case = build.paid_case()
    request = send(case, composing.proposal(case)[:1], by)
    item, filed, another = request.items[0].id, document(case.id, "f", by), document(case.id, "9", by)
    with transaction():
        service.receive_items(request.id, [item], filed, DAY, by=by, at=NOON)
        service.review_item(item, ItemAction.ACCEPT, by=by, at=NOON)
        service.receive_items(request.id, [item], filed, DAY, by=by, at=NOON)
    assert queries.request(request.id).state is RequestState.SATISFIED
    with transaction():
        service.receive_items(request.id, [item], another, DAY, by=by, at=NOON)
    again = queries.request(request.id)
    assert (again.state, again.items[0].state) == (RequestState.OPEN, ItemState.RECEIVED)
    assert term_queries.term_of(request_owner(request.id)).state is TermState.SATISFIED  # nothing is awaited: no term runs again


# Any sequence of acts


acts = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["receive", *(a.value for a in ItemAction if a is not ItemAction.RECEIVE)])), max_size=14
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_after_any_acts_a_request_is_satisfied_exactly_when_all_is_settled(build: Builder, by, sequence) -> None:
    case = build.paid_case()
    request = send(case, composing.proposal(case)[:3], by)
    ids = [item.id for item in request.items]
    done = 3
    for place, act in sequence:
        try:
            with transaction():
                if act == "receive":
                    service.receive_items(request.id, [ids[place]], None, DAY, by=by, at=NOON)
                else:
                    reason = "illegible" if act == "refuse" else None
                    service.review_item(ids[place], ItemAction(act), reason=reason, by=by, at=NOON + timedelta(seconds=done))
            done += 1
        except DomainError:
            pass
        db.session.expire_all()
        found = queries.request(request.id)
        assert [item.id for item in found.items] == ids
        assert (found.state is RequestState.SATISFIED) == all(item.state in SETTLED for item in found.items)
        awaited = any(item.state in {ItemState.ASKED, ItemState.REFUSED} for item in found.items)
        term = term_queries.term_of(request_owner(request.id))
        if awaited:
            assert term.state is TermState.RUNNING
        assert (Hold.DOCUMENTS in case_queries.standing_holds(case.id)) <= awaited
        for item in found.items:
            assert queries.steps([item.id])[item.id][-1].state is item.state
    assert sum(len(one) for one in queries.steps(ids).values()) == done


# Translations


def test_a_translation_is_proposed_where_the_country_that_issues_the_document_writes_another_language() -> None:
    person = PersonFacts(PersonKind.PRINCIPAL, date(1985, 1, 1), birth_country="VN", study_countries=("FR",), work_countries=("DE", "FR"))
    assert needs_translation("birth_certificate", [person])
    assert not needs_translation("diploma", [person])
    assert needs_translation("work_attestation", [person])
    assert not needs_translation("passport", [person])
    assert not needs_translation("birth_certificate", [PersonFacts(PersonKind.CHILD, date(2010, 1, 1))])
