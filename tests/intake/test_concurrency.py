"""Many at once, with real commits on a database of their own: no place twice, no arrival lost, no order broken."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.core import clock, events
from backoffice.core.db import db, transaction
from backoffice.core.settings import settings
from backoffice.fees.models import Receipt
from backoffice.intake.clerks import Clerk
from backoffice.intake.models import Submission
from backoffice.intake.states import SubmissionState
from backoffice.mail.models import Message
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules
from backoffice.quota.models import Admission
from backoffice.quota.values import AdmissionStatus
from backoffice.staff.permissions import Scope
from tests.builders import Builder
from tests.conftest import NOON
from tests.support import postgres


@pytest.fixture
def crowd(app: Flask, _environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Flask]:
    """An application of its own, on a copy of the template, in which commits are real."""
    from backoffice.app import create_app

    cluster, name = postgres.session_cluster(tmp_path_factory, worker_id), f"crowd_{worker_id}"
    cluster.drop(name)
    cluster.clone("template_tests", name)
    url = _environment["DATABASE_URL"].replace(_environment["name"], name)
    made = create_app(replace(settings(), database_url="postgresql+psycopg://" + url.split("://", 1)[1]))
    made.config.update(TESTING=True)
    db.session.session_factory.configure(join_transaction_mode="conditional_savepoint")
    with made.app_context(), clock.stopped_at(NOON):
        yield made
        db.session.remove()
        db.engine.dispose()
    cluster.drop(name)


def together(app: Flask, acts: list[Callable[[], object]]) -> list[object]:
    """Run every act in a thread of its own, all from the same instant."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        with app.app_context(), clock.stopped_at(NOON):
            try:
                start.wait(30)
                return act()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(60) for future in [pool.submit(one, act) for act in acts]]


def poster(app: Flask, path: str, headers: dict[str, str], body: dict) -> Callable[[], object]:
    return lambda: app.test_client().post(f"/api/v1{path}", json=body, headers=headers)


def settle_all() -> None:
    """What the clerk does, until nobody waits."""
    clerk = Clerk()
    while clerk.turn():
        pass
    db.session.expire_all()


def ledger_agrees(code: str) -> None:
    """Replaying the ledger gives the admissions, and its lines are chained."""
    window = quota_queries.window(code)
    book = rules.replay(quota_queries.entries(window.id))
    stood = {str(a.submission_id): a.status for a in db.session.scalars(select(Admission).where(Admission.window_id == window.id))}
    assert {one.id: one.status for one in book.shelf.entries.values()} == stood


def test_forty_at_once_for_ten_places_fill_exactly_ten_in_order_of_arrival(crowd: Flask):
    build = Builder()
    build.window(code="TEN", capacity=10)
    key = build.key(Scope.PORTAL)
    answers = together(crowd, [poster(crowd, "/submissions", key, build.content()) for _ in range(40)])
    assert [a.status_code for a in answers] == [201] * 40
    settle_all()
    arrived = list(db.session.scalars(select(Submission).order_by(Submission.sequence)))
    assert len(arrived) == 40
    assert all(one.state is not SubmissionState.PENDING for one in arrived)
    assert [a.received_at for a in arrived] == sorted(a.received_at for a in arrived)
    stood = quota_queries.admissions(one.id for one in arrived)
    assert [stood[one.id].rank for one in arrived] == [*range(1, 11), *[None] * 30]
    assert {stood[one.id].status for one in arrived[10:]} == {AdmissionStatus.REFUSED}
    assert quota_queries.standing(quota_queries.window("TEN").id).held == 10
    numbers = list(db.session.scalars(select(Case.number).order_by(Case.number)))
    assert len(set(numbers)) == 10
    acknowledged = {a.json["receipt"]["sequence"]: a.json["submission_id"] for a in answers}
    assert acknowledged == {one.sequence: str(one.id) for one in arrived}
    ledger_agrees("TEN")
    assert list(events.verify()) == []


def test_the_same_submission_at_once_is_one_case_and_one_receipt(crowd: Flask):
    build = Builder()
    build.window(code="ONE", capacity=10)
    answers = together(crowd, [poster(crowd, "/submissions", build.key(Scope.PORTAL), body) for body in [build.content()] * 8])
    assert sorted(a.status_code for a in answers) == [200] * 7 + [201]
    assert len({a.json["receipt"]["jws"] for a in answers}) == 1
    settle_all()
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_the_same_payment_at_once_is_one_receipt(crowd: Flask):
    build = Builder()
    case = build.case()
    payment = {
        "payment_id": "p-1", "submission_id": str(case.submission_id), "amount_cents": 127_100, "currency": "CAD",
        "paid_at": "2016-06-13T12:00:00Z", "method": "card",
    }  # fmt: skip
    answers = together(crowd, [poster(crowd, "/payments", build.key(Scope.PAYMENTS), payment) for _ in range(6)])
    assert sorted(a.status_code for a in answers) == [200] * 5 + [201]
    assert db.session.scalar(select(func.count()).select_from(Receipt)) == 1
    assert quota_queries.admission(case.submission_id).status is AdmissionStatus.CONFIRMED


def test_two_payments_of_one_fee_at_once_leave_one_unmatched(crowd: Flask):
    build = Builder()
    case = build.case()
    bodies = [
        {"payment_id": f"p-{n}", "submission_id": str(case.submission_id), "amount_cents": 127_100, "currency": "CAD", "paid_at": "2016-06-13T12:00:00Z", "method": "card"}
        for n in range(2)
    ]  # fmt: skip
    answers = together(crowd, [poster(crowd, "/payments", build.key(Scope.PAYMENTS), body) for body in bodies])
    assert [a.status_code for a in answers] == [201, 201]
    assert sorted(a.json["matched"] for a in answers) == [False, True]


def test_the_same_reply_at_once_is_one_message(crowd: Flask):
    build = Builder()
    case = build.case()
    key, number, path = build.key(Scope.PORTAL), str(uuid4()), f"/api/v1/submissions/{case.submission_id}/messages"

    def send() -> object:
        parts = {"message_id": number, "body": "Bonjour", "file[]": [(BytesIO(b""), "")]}
        return crowd.test_client().post(path, data=parts, content_type="multipart/form-data", headers=key)

    answers = together(crowd, [send] * 5)
    assert sorted(a.status_code for a in answers) == [200] * 4 + [201], [a.text for a in answers]
    assert db.session.scalar(select(func.count()).select_from(Message).where(Message.id == UUID(number))) == 1


def test_caseworkers_who_take_the_next_case_at_once_each_get_their_own(crowd: Flask):
    build = Builder()
    for _ in range(4):
        build.paid_case()
    officers = [build.caseworker().actor for _ in range(4)]

    def take(actor) -> Callable[[], object]:
        def act() -> int:
            with transaction():
                return cases.take_next(int(actor.id), by=actor, at=NOON).id

        return act

    taken = together(crowd, [take(actor) for actor in officers])
    assert len(set(taken)) == 4
    db.session.expire_all()
    assert {c.officer_id for c in db.session.scalars(select(Case))} == {int(a.id) for a in officers}
