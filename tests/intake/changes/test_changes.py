"""Changes of circumstances: old and new kept, told, suggested; neither order moves."""

from datetime import date
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from backoffice.cases import changing
from backoffice.cases import queries as case_queries
from backoffice.cases.queries import Filter
from backoffice.core.db import db, transaction
from backoffice.documents import composing
from backoffice.intake.changes import errors, queries, rules, service
from backoffice.intake.changes.values import ChangeKind, ChangeSource, FollowUp, NewChange, Source
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.quota import queries as quota_queries
from tests.builders import Builder
from tests.conftest import NOON

PHONE = Source(ChangeSource.PHONE, "", date(2016, 6, 13))
BABY: dict[str, object] = {
    "kind": "child", "family_name": "Exemple-bébé", "given_names": "Noé", "sex": "X", "birth_date": date(2016, 6, 1), "birth_country": "FR",
    "citizenships": ["FR"],
}  # fmt: skip


@pytest.fixture
def by(build: Builder):
    return build.caseworker().actor


def record(case, change: NewChange, by):
    with transaction():
        return service.record_change(case.id, change, by=by, at=NOON)


def orders(build: Builder) -> tuple[list[str], list[tuple[object, object]]]:
    db.session.expire_all()
    processing = [one.number for one in case_queries.page(Filter())]
    cases = [case_queries.case(number) for number in processing]
    admission = [(one.number, getattr(quota_queries.admission(one.submission_id), "rank", None)) for one in cases]
    return processing, admission


def every_change(case) -> list[NewChange]:
    person = case.people[0].id
    return [
        NewChange(ChangeKind.ADDRESS, {"address": {"lines": ["5, rue Modèle"], "locality": "Paris", "country": "FR"}}, PHONE),
        NewChange(ChangeKind.NAME, {"family_name": "Aaa-Première", "given_names": "Zoé"}, PHONE, person_id=person),
        NewChange(ChangeKind.FAMILY_ADDED, dict(BABY), PHONE, date(2016, 6, 1)),
        NewChange(ChangeKind.FAMILY_REMOVED, {"why": "separation", "civil_status": "separated"}, PHONE, person_id=case.people[1].id),
        NewChange(ChangeKind.WORK, {"text": "Nouvel emploi"}, PHONE),
        NewChange(ChangeKind.OTHER, {"text": "Déménagement prévu"}, PHONE),
        NewChange(ChangeKind.CORRECTION, {"value": "1970-01-01"}, PHONE, person_id=person, field="birth_date", reason="Erreur de saisie"),
    ]


def test_no_change_moves_a_case_in_either_order(build: Builder, by):
    cases = [build.paid_case() for _ in range(3)]
    before = orders(build)
    keys = [case_queries.key_of(case_queries.case_by_id(one.id)) for one in cases]
    for change in every_change(case_queries.case_by_id(cases[1].id)):
        record(cases[1], change, by)
        assert orders(build) == before
    assert [case_queries.key_of(case_queries.case_by_id(one.id)) for one in cases] == keys
    assert len(queries.changes_of(cases[1].id)) == len(ChangeKind)


def test_the_old_and_the_new_are_kept_and_the_applicant_is_told(build: Builder, by):
    case = build.paid_case()
    old = dict(case.contact)
    change = record(case, every_change(case)[0], by)
    assert (change.before, change.after["address"]["locality"]) == (old, "Paris")
    assert case_queries.case_by_id(case.id).contact["address"]["locality"] == "Paris"
    assert change.after["email"] == old["email"]  # what the change does not speak of stays
    told = mail_queries.thread(case.id)[-1]
    assert (told.kind, "5, rue Modèle" in told.body) == ("change_recorded", True)
    with pytest.raises(errors.NothingChanged):
        record(case, every_change(case)[0], by)


def test_who_joins_and_who_leaves_change_the_next_list(build: Builder, by):
    case = build.paid_case()
    spouse = case.people[1]
    joined = record(case, NewChange(ChangeKind.FAMILY_ADDED, dict(BABY), PHONE), by).person_id
    record(case, NewChange(ChangeKind.FAMILY_REMOVED, {"why": "separation", "civil_status": "separated"}, PHONE, person_id=spouse.id), by)
    db.session.expire_all()
    after = case_queries.case_by_id(case.id)
    asked = {item.person_id for item in composing.proposal(after)}
    assert joined in asked
    assert spouse.id not in asked
    assert changing.has_left(next(one for one in after.people if one.id == spouse.id))  # kept, with what was received
    assert case_queries.principal(after).details["civil_status"] == "separated"


def test_a_correction_keeps_the_applicants_own_words(build: Builder, by):
    case = build.paid_case()
    person = case.people[0]
    wrong = person.birth_date
    change = record(case, NewChange(ChangeKind.CORRECTION, {"value": "1984-02-28"}, PHONE, None, person.id, "birth_date", "Année mal lue"), by)
    assert (change.before, change.after) == ({"birth_date": wrong.isoformat()}, {"birth_date": "1984-02-28"})
    assert case_queries.person(person.id).birth_date == date(1984, 2, 28)
    for field, value, reason in (("birth_date", "hier", "x y z"), ("tie", "0", "x y z"), ("sex", "Q", "x y z"), ("sex", "F", " ")):
        with pytest.raises(errors.ValueRefused):
            record(case, NewChange(ChangeKind.CORRECTION, {"value": value}, PHONE, None, person.id, field, reason), by)


def test_the_legal_day_is_that_of_the_message_and_of_no_other_case(build: Builder, by):
    case, other = build.paid_case(), build.paid_case()
    stranger = case_queries.case_by_id(case.id).people[0].id
    with transaction():
        said = mail.receive_message(uuid4(), case.id, "Réponse", "J’ai déménagé.", [], None, "0" * 64, at=NOON).id
    source = Source(ChangeSource.MESSAGE, str(said), date(2015, 1, 1))
    change = record(case, NewChange(ChangeKind.OTHER, {"text": "Déménagé"}, source), by)
    assert (change.received_on, change.source_ref) == (date(2016, 6, 13), str(said))
    for wrong in (source, Source(ChangeSource.ENVELOPE, "E-1", date(2016, 6, 13))):
        with pytest.raises(errors.SourceUnknown):
            record(other, NewChange(ChangeKind.OTHER, {"text": "Déménagé"}, wrong), by)
    with pytest.raises(errors.PersonUnknown):
        record(other, NewChange(ChangeKind.NAME, {"family_name": "X"}, PHONE, person_id=stranger), by)


@pytest.mark.parametrize("kind", ChangeKind)
def test_what_follows_is_only_suggested(kind: ChangeKind) -> None:
    suggested = rules.follow_ups(kind, has_request=True)
    assert (FollowUp.REISSUE_LIST in suggested) == (kind in {ChangeKind.FAMILY_ADDED, ChangeKind.FAMILY_REMOVED})
    assert (FollowUp.MEMBER_FEE in suggested) == (kind is ChangeKind.FAMILY_ADDED)
    assert rules.follow_ups(ChangeKind.FAMILY_REMOVED, has_request=True, principal=True) == (FollowUp.CLOSE,)


def test_the_pages_without_scripts_in_french(client: FlaskClient, build: Builder):
    case = build.paid_case()
    number, fields = case.number, {"source": "phone", "received_on": "2016-06-13", "changed_on": "2016-06-01"}
    build.request(case)
    build.sign_in(client, build.caseworker())
    people = client.get(f"/cases/{number}?tab=people").text
    assert "Changements de situation" in people
    for kind in ("address", "name", "family_added", "family_removed", "other", "correction"):
        page = client.get(f"/cases/{number}/changes/new?kind={kind}")
        assert page.status_code == 200
        assert "Inscrire le changement" in page.text
    assert client.get(f"/cases/{number}/changes/new?kind=nothing").status_code == 404
    url = f"/cases/{number}/changes/new?kind=family_added"
    refused = client.post(url, data={**fields, "kind": "child", "family_name": "Bébé", "sex": "F", "birth_date": "2999-01-01", "civil_status": ""})
    assert refused.status_code == 422
    assert "Bébé" in refused.text
    kept = client.post(url, data={**fields, "kind": "child", "family_name": "Bébé", "sex": "F", "birth_date": "2016-06-01", "civil_status": ""})
    assert kept.status_code == 303
    shown = client.get(kept.headers["Location"]).text
    assert "/replacement" in shown
    assert "166" in shown  # the tariff of 2016 for a member
    assert "Personne ajoutée" in client.get(f"/cases/{number}?tab=people").text
    assert "Changement inscrit" in client.get(f"/cases/{number}?tab=history").text
    assert client.get(f"/cases/{number}/changes/999999").status_code == 404
