"""Somebody asks for their file: the clock, what is left out, the copy that opens anywhere, and who looked at it before it left."""

import hashlib
import io
import itertools
import json
import re
import stat
import sys
import tracemalloc
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cli import cases as _commands  # noqa: F401 - it adds its commands
from backoffice.cli.main import cli
from backoffice.core import clock, deliveries, events, files
from backoffice.core.calendar import Calendar
from backoffice.core.canonical import digest
from backoffice.core.db import db, transaction
from backoffice.core.errors import IllegalMove
from backoffice.core.events import Subject
from backoffice.desk.access import export, queries, rules, service
from backoffice.desk.access.errors import AlreadyExtended, NotMade, OwnReview, UnknownItem
from backoffice.desk.access.events import access_subject
from backoffice.desk.access.models import AccessRequest
from backoffice.desk.access.states import AccessState
from backoffice.desk.access.values import Channel, Choice, Ground, ItemKind, NewRequest
from backoffice.documents import queries as document_queries
from backoffice.staff.models import Account, ReadLog
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.conftest import NOON

CALENDAR = Calendar(version="test", saturdays=True)


@pytest.fixture
def case(build: Builder) -> Case:
    """A paid case with a request, an answer of the applicant, and an internal note."""
    found = build.paid_case()
    build.request(found)
    officer = build.caseworker()
    with transaction():
        cases.add_note(found.id, "Le ton de la personne me laisse songeuse.", officer.id, by=officer.actor, at=clock.now())
    return found


@pytest.fixture
def chief(build: Builder) -> Account:
    return build.supervisor()


@pytest.fixture
def request_(case: Case, chief: Account) -> AccessRequest:
    with transaction():
        return service.enter(new(case), by=chief.actor, at=clock.now())


def new(case: Case, received_on: date = date(2016, 6, 10)) -> NewRequest:
    return NewRequest(case.number, "La requérante", received_on, Channel.MAIL, "Passeport vu, copie au dossier")


def act(operation, *args, by: Account, **options) -> object:
    with transaction():
        return operation(*args, by=by.actor, at=clock.now(), **options)


def made(request: AccessRequest, by: Account) -> zipfile.ZipFile:
    act(service.ask_export, request.id, by=by)
    deliveries.run_all()
    db.session.expire_all()
    sha256 = queries.access_request(request.id).export_sha256
    assert sha256
    return zipfile.ZipFile(io.BytesIO(files.read(sha256)))


# The clock


@pytest.mark.parametrize(
    ("received", "last", "extended"),
    [
        (date(2016, 6, 10), date(2016, 6, 30), date(2016, 7, 11)),  # 10 July is a Sunday
        (date(2016, 6, 13), date(2016, 7, 4), date(2016, 7, 13)),  # 3 July is a Sunday
        (date(2016, 12, 5), date(2016, 12, 27), date(2017, 1, 4)),  # 25 December is a Sunday; 26 is a Monday that I-16 does not list
    ],
)
def test_twenty_days_and_ten_more(received: date, last: date, extended: date) -> None:
    worked = rules.workings(received, None, CALENDAR)
    assert (worked.days, worked.rule.citation) == (20, "A-2.1 s. 98")
    assert worked.last_day == next_open(received + timedelta(days=20))
    assert rules.workings(received, (received, "Dossier volumineux"), CALENDAR).last_day == next_open(received + timedelta(days=30))


def next_open(day: date) -> date:
    """The same, counted by hand for the days of these examples."""
    closed = {date(2016, 7, 1), date(2016, 12, 25), date(2017, 1, 1)}
    while day.weekday() >= 5 or day in closed:
        day += timedelta(days=1)
    return day


def test_ten_days_are_added_once_and_before_the_end(request_: AccessRequest, chief: Account) -> None:
    assert request_.last_day == date(2016, 6, 30)
    with clock.stopped_at(NOON + timedelta(days=30)), pytest.raises(AlreadyExtended):
        act(service.extend, request_.id, "Dossier volumineux", by=chief)
    act(service.extend, request_.id, "Dossier volumineux", by=chief)
    assert queries.access_request(request_.id).last_day == date(2016, 7, 11)
    with pytest.raises(AlreadyExtended):
        act(service.extend, request_.id, "Encore", by=chief)


# The copy


def test_the_copy_opens_without_the_product_and_every_digest_holds(case: Case, request_: AccessRequest, chief: Account) -> None:
    copy = made(request_, chief)
    listed = dict(reversed(line.split("  ", 1)) for line in copy.read("empreintes.txt").decode().splitlines())
    assert set(listed) == set(copy.namelist()) - {"empreintes.txt"}
    for name, wanted in listed.items():
        assert hashlib.sha256(copy.read(name)).hexdigest() == wanted, name
    page = copy.read("index.html").decode()
    assert "<script" not in page
    assert 'lang="fr"' in page
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page), "nothing is fetched from elsewhere"
    from urllib.parse import unquote

    links = {unquote(link) for link in re.findall(r'href="([^"#]+)"', page)}
    assert links <= set(copy.namelist())
    assert {name for name in copy.namelist() if name.startswith("messages/")} <= links
    assert any(name.endswith(".pdf") for name in links), "letters are in it"
    sent, receipt = json.loads(copy.read("demande.json")), json.loads(copy.read("accuse.json"))["receipt"]
    assert digest(sent) == receipt["content_sha256"], "what was sent, to the byte that the receipt signs"


def test_the_copy_holds_every_clock_with_its_rule_and_every_act_with_its_digest(case: Case, request_: AccessRequest, chief: Account) -> None:
    copy = made(request_, chief)
    whole, trail = json.loads(copy.read("dossier.json")), json.loads(copy.read("piste.json"))
    assert {term["kind"] for term in whole["deadlines"]} == {"payment", "documents"}
    assert all(term["workings"]["rule"]["version"] for term in whole["deadlines"])
    assert len(whole["messages"]) == len([name for name in copy.namelist() if re.match(r"messages/[^/]+\.txt$", name)])
    heads = {head["subject"]: head["digest"] for head in trail["heads"]}
    chain = [fact for fact in trail["facts"] if fact["subject"] == f"case {case.id}"]
    assert chain[-1]["digest"] == heads[f"case {case.id}"]
    assert all(one["digest"] == other["previous"] for one, other in itertools.pairwise(chain))
    assert len(whole["events"]) == len(trail["facts"])


def test_notes_are_left_out_and_listed_with_their_ground(request_: AccessRequest, chief: Account) -> None:
    copy = made(request_, chief)
    everything = b"".join(copy.read(name) for name in copy.namelist())
    assert b"songeuse" not in everything
    page = copy.read("index.html").decode()
    assert "art. 9" in page
    assert "Note interne" in page


def test_a_note_that_a_person_gives_is_in_it(case: Case, request_: AccessRequest, chief: Account) -> None:
    [note] = [one.item for one in queries.choices(case, request_.id) if one.item.kind is ItemKind.NOTE]
    act(service.choose, request_.id, note.key, None, "", by=chief)
    assert "songeuse" in made(request_, chief).read("index.html").decode()


def test_a_document_left_out_is_nowhere_in_it_but_in_the_list(build: Builder, chief: Account) -> None:
    case = build.paper_case() if hasattr(build, "paper_case") else build.paid_case()
    build.request(case)
    with transaction():
        request = service.enter(new(case), by=chief.actor, at=clock.now())
    message = [one.item for one in queries.choices(case, request.id) if one.item.kind is ItemKind.MESSAGE][-1]
    act(service.choose, request.id, message.key, Ground.THIRD_PARTY, "Nomme un voisin", by=chief)
    copy = made(request, chief)
    assert message.ref not in {one["id"] for one in json.loads(copy.read("dossier.json"))["messages"]}
    page = copy.read("index.html").decode()
    assert "Nomme un voisin" in page
    assert "art. 88" in page


def test_words_about_somebody_else_are_left_out_and_their_digest_stays() -> None:
    assert rules.usual_ground("intake.DuplicateJudged") is Ground.THIRD_PARTY
    assert rules.usual_ground("fees.PaymentRecorded") is None


def test_every_kind_named_by_the_rule_exists() -> None:
    assert set(events.kinds()) >= rules.THIRD_PARTY_FACTS


@given(st.text(max_size=200))
def test_names_in_the_copy_open_on_every_system(name: str) -> None:
    safe = export._safe(name)
    assert 0 < len(safe) <= 60
    assert not set(safe) & set('\\/:*?"<>|. \0')


# The answer


def test_nothing_leaves_before_it_was_made_and_looked_at(request_: AccessRequest, chief: Account) -> None:
    with pytest.raises(NotMade):
        act(service.review, request_.id, by=chief)
    made(request_, chief)
    with pytest.raises(IllegalMove):
        act(service.release, request_.id, date(2016, 6, 13), "au comptoir", by=chief)
    act(service.review, request_.id, by=chief)
    act(service.release, request_.id, date(2016, 6, 13), "au comptoir", by=chief)
    released = queries.access_request(request_.id)
    assert released.state is AccessState.RELEASED
    fact = events.history(access_subject(request_.id))[-1]
    assert (fact.kind, fact.data["sha256"], fact.data["left_out"]) == ("desk.access.AccessReleased", released.export_sha256, 1)
    for late in (lambda: act(service.ask_export, request_.id, by=chief), lambda: act(service.refuse, request_.id, Ground.IDENTITY, "Non", by=chief)):
        with pytest.raises(IllegalMove):
            late()


def test_what_was_looked_at_and_then_changed_is_made_and_looked_at_again(case: Case, request_: AccessRequest, chief: Account, build: Builder) -> None:
    other = build.supervisor()
    made(request_, chief)
    act(service.review, request_.id, by=chief)
    message = next(one.item for one in queries.choices(case, request_.id) if one.item.kind is ItemKind.MESSAGE)
    act(service.choose, request_.id, message.key, Ground.THIRD_PARTY, "Nomme un voisin", by=chief)
    assert queries.access_request(request_.id).state is AccessState.OPEN
    with pytest.raises(NotMade):
        act(service.release, request_.id, date(2016, 6, 13), "au comptoir", by=chief)
    made(request_, chief)
    with pytest.raises(OwnReview):
        act(service.review, request_.id, by=chief)
    act(service.review, request_.id, by=other)
    act(service.release, request_.id, date(2016, 6, 13), "recommandé RN 123 456 789 CA", by=chief)


def test_an_item_of_another_file_is_unknown(request_: AccessRequest, chief: Account) -> None:
    with pytest.raises(UnknownItem):
        act(service.choose, request_.id, "document:999999", Ground.ADVICE, "", by=chief)


def test_a_copy_asked_for_twice_is_made_once(request_: AccessRequest, chief: Account) -> None:
    act(service.ask_export, request_.id, by=chief)
    act(service.ask_export, request_.id, by=chief)
    deliveries.run_all()
    assert [row.kind for row in events.history(access_subject(request_.id))].count("desk.access.ExportMade") == 1


def test_choices_fall_back_to_what_is_usual(case: Case) -> None:
    found = queries.choices(case, None)
    assert rules.choices([one.item for one in found], {}) == found
    note = next(one.item for one in found if one.item.kind is ItemKind.NOTE)
    assert rules.choices([note], {note.key: Choice(note, None)})[0].given


# The pages


def test_a_supervisor_walks_a_request_from_its_entry_to_its_answer(client: FlaskClient, build: Builder, case: Case, chief: Account) -> None:
    build.sign_in(client, chief)
    assert "Personne n’a demandé" in client.get("/access-requests").text
    wrong = client.post("/access-requests/new", data={"case_number": "rien", "received_on": "2017-01-01"})
    assert wrong.status_code == 422
    entered = client.post(
        "/access-requests/new",
        data={"case_number": case.number, "requester": "La requérante", "received_on": "2016-06-10", "channel": "mail", "identity": "Passeport vu"},
    )
    assert entered.status_code == 303, entered.text
    here = entered.headers["Location"]
    page = client.get(here)
    assert "30 juin 2016" in page.text
    assert client.post(f"{here}/extension", data={"reason": ""}).status_code == 422
    assert client.post(f"{here}/extension", data={"reason": "Dossier volumineux, deux mille pages"}).status_code == 303
    assert "11 juillet 2016" in client.get(here).text
    message = next(one.item for one in queries.choices(case, None) if one.item.kind is ItemKind.MESSAGE)
    assert client.post(f"{here}/choices", data={"item": message.key, "ground": "given", "reason": ""}).status_code == 303
    assert client.post(f"{here}/choices", data={"item": message.key, "ground": "nonsense"}).status_code == 422
    client.post(f"{here}/export")
    assert "se prépare" in client.get(here).text
    deliveries.run_all()
    copy = client.get(f"{here}/copy.zip")
    assert copy.headers["Content-Disposition"].startswith("attachment")
    assert zipfile.ZipFile(io.BytesIO(copy.data)).testzip() is None
    assert client.post(f"{here}/review").status_code == 303
    assert client.post(f"{here}/release", data={"released_on": "2030-01-01", "way": "au comptoir"}).status_code == 422
    assert client.post(f"{here}/release", data={"released_on": "2016-06-13", "way": "au comptoir"}).status_code == 303
    answered = client.get(here).text
    assert "au comptoir" in answered
    assert '<form method="post"' not in answered.split("<main")[1].split("</main>")[0]
    read = [row.page for row in db.session.query(ReadLog).filter_by(subject_kind="case", subject_id=str(case.id))]
    assert any("access request A-" in one for one in read)
    assert any("copy A-" in one for one in read)


def test_a_late_request_says_what_that_means(client: FlaskClient, build: Builder, request_: AccessRequest, chief: Account) -> None:
    build.sign_in(client, chief)
    with clock.stopped_at(NOON + timedelta(days=20)):
        build.sign_in(client, chief)
        assert "réputée refusée" in client.get(f"/access-requests/{request_.id}").text
        assert "de retard" in client.get("/access-requests").text


def test_an_auditor_reads_and_nobody_else_but_supervisors(client: FlaskClient, build: Builder, request_: AccessRequest) -> None:
    for role, status in {
        Role.AUDITOR: 200,
        Role.SUPERVISOR: 200,
        Role.CASEWORKER: 403,
        Role.FINANCE: 403,
        Role.MAILROOM: 403,
        Role.ADMIN: 403,
    }.items():
        browser = client.application.test_client()
        build.sign_in(browser, build.account(role))
        assert browser.get("/access-requests").status_code == status, role
        page = browser.get(f"/access-requests/{request_.id}")
        assert page.status_code == status, page.text[-1500:]
        if role is Role.AUDITOR:
            assert "/export" not in page.text
            assert browser.get(f"/access-requests/{request_.id}/copy.zip").status_code == 403
            assert browser.post(f"/access-requests/{request_.id}/review").status_code == 403


def test_a_refusal_ends_it(client: FlaskClient, build: Builder, request_: AccessRequest, chief: Account) -> None:
    build.sign_in(client, chief)
    assert client.post(f"/access-requests/{request_.id}/refusal", data={"ground": "identity", "reason": "Aucune pièce d’identité"}).status_code == 303
    assert queries.access_request(request_.id).state is AccessState.REFUSED
    assert "Aucune pièce" in client.get(f"/access-requests/{request_.id}").text
    assert document_queries.documents_of(request_.case_id) is not None


def test_the_console_writes_the_whole_file_once_and_says_so_in_the_trail(
    app: Flask, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
    out = tmp_path / "dossier.zip"
    told = CliRunner().invoke(cli, ["case", "export", case.number, str(out)])
    assert told.exit_code == 0, told.output
    assert zipfile.ZipFile(out).testzip() is None
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert CliRunner().invoke(cli, ["case", "export", case.number, str(out)]).exit_code == 1
    assert [row.kind for row in events.history(Subject("console", case.number))] == ["cli.CaseExported"]


def test_a_large_file_passes_in_little_memory(case: Case, request_: AccessRequest, tmp_path: Path) -> None:
    """Sixty million bytes of documents: what is held at once is a piece of one of them."""
    from backoffice.core.actors import SYSTEM
    from backoffice.documents import service as documents
    from backoffice.documents.values import NewDocument

    for number in range(3):
        path = tmp_path / "large"
        with path.open("wb") as large:
            large.write(bytes([number]))
            large.truncate(20_000_000)
        new_one = NewDocument(
            title=f"Relevé {number}", source="portal", source_ref="x", received_on=date(2016, 6, 13), media_type="application/pdf",
            filename="r.pdf", sha256=files.keep_file(path), pages=(),
        )  # fmt: skip
        with transaction():
            documents.file_document(case.id, new_one, request_id=None, by=SYSTEM, at=clock.now())
    chosen = queries.choices(case, None)
    told: list[tuple[int, int]] = []
    tracemalloc.start()
    written = export.write(case, chosen, tmp_path / "copy.zip", at=clock.now(), tell=lambda done, total: told.append((done, total)))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written.given >= 3
    assert told[-1] == (written.given, written.given)
    assert peak < 15_000_000
