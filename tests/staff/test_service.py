"""Accounts, sessions, keys, approvals."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import IllegalMove
from backoffice.core.events import Subject
from backoffice.staff import errors, queries, service
from backoffice.staff.models import ApiKey
from backoffice.staff.permissions import GRANTS, Permission, Role, Scope
from backoffice.staff.states import ApprovalState
from tests.builders import PASSWORD, Builder
from tests.conftest import NOON

CASE = Subject("case", "1")


def test_an_address_has_one_account_whatever_its_case(build: Builder):
    account = build.caseworker()
    assert queries.account_by_email(account.email.upper()).id == account.id
    with pytest.raises(errors.AccountExists), transaction():
        service.create_account(account.email.upper(), "Autre", Role.ADMIN, PASSWORD, by=SYSTEM, at=NOON)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(
            text(
                "INSERT INTO account (email, name, role, password_hash, language, keys_on, active, created_at) VALUES (upper(:e), 'x', 'admin', 'x', 'fr', true, true, now())"
            ),
            {"e": account.email},
        )


def test_a_password_is_kept_as_argon2id_and_never_itself(build: Builder):
    account = build.caseworker()
    assert account.password_hash.startswith("$argon2id$")
    assert service.check_password(account.email, PASSWORD).id == account.id
    for email, password in ((account.email, "faux"), ("nobody@exemple.test", PASSWORD), (account.email, PASSWORD + " ")):
        with pytest.raises(errors.WrongCredentials):
            service.check_password(email, password)


def test_a_disabled_account_opens_nothing(build: Builder):
    account = build.caseworker()
    with transaction():
        session = service.start_session(account, at=NOON)
    account.active = False
    db.session.flush()
    with pytest.raises(errors.WrongCredentials):
        service.check_password(account.email, PASSWORD)
    assert service.live_session(session.id, at=NOON) is None
    assert not account.may(Permission.READ_CASE)


@pytest.mark.parametrize(("idle", "runs"), [(timedelta(hours=2), True), (timedelta(hours=2, seconds=1), False)])
def test_a_session_ends_after_two_idle_hours(build: Builder, idle: timedelta, runs: bool):
    with transaction():
        session = service.start_session(build_account(build), at=NOON)
    assert (service.live_session(session.id, at=NOON + idle) is not None) is runs


def build_account(build: Builder):
    account = queries.all_accounts()
    return account[0] if account else pytest.fail("an account is needed first")


@pytest.fixture(autouse=True)
def _one(build: Builder):
    build.account(Role.AUDITOR)


def test_a_session_in_use_ends_after_a_working_day_all_the_same(build: Builder):
    with transaction():
        session = service.start_session(build_account(build), at=NOON)
    for hours in range(1, 13):
        with transaction():
            service.touch_session(session.id, at=NOON + timedelta(hours=hours))
    db.session.expire_all()
    assert service.live_session(session.id, at=NOON + timedelta(hours=12)) is not None
    assert service.live_session(session.id, at=NOON + timedelta(hours=12, seconds=1)) is None


def test_every_session_of_an_account_can_be_ended_at_once(build: Builder):
    account = build_account(build)
    with transaction():
        sessions = [service.start_session(account, at=NOON) for _ in range(3)]
        ended = service.end_all_sessions(account.id, by=SYSTEM, at=NOON)
    assert ended == 3
    assert [service.live_session(s.id, at=NOON) for s in sessions] == [None] * 3


def test_a_key_is_kept_as_its_digest_and_can_be_taken_back(build: Builder):
    with transaction():
        key, plain = service.issue_key("portail", [Scope.PORTAL], by=SYSTEM, at=NOON)
    assert plain not in str(db.session.execute(text("SELECT * FROM api_key")).all())
    assert queries.key(service.key_digest(plain)).id == key.id
    with transaction():
        service.revoke_key(key.id, by=SYSTEM, at=NOON)
    assert queries.key(service.key_digest(plain)) is None
    assert db.session.get(ApiKey, key.id).revoked_at == NOON


def test_an_approval_needs_a_second_person_and_is_given_once(build: Builder):
    asks, second, third = build.supervisor(), build.supervisor(), build.supervisor()
    with transaction():
        approval = service.ask_approval("paper_exception", CASE, {}, "Motif", by=asks, at=NOON)
    with pytest.raises(errors.SecondPersonNeeded), transaction():
        service.decide_approval(approval.id, approve=True, answer="moi", by=asks, at=NOON)
    with transaction():
        service.decide_approval(approval.id, approve=True, answer="oui", by=second, at=NOON)
    assert queries.lock_approval(approval.id).state is ApprovalState.APPROVED
    with pytest.raises(IllegalMove), transaction():
        service.decide_approval(approval.id, approve=False, answer="non", by=third, at=NOON)
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(text("UPDATE approval SET decided_by_id = asked_by_id"))


def test_the_administrator_reads_no_case_and_the_auditor_changes_nothing():
    assert not GRANTS[Role.ADMIN] & {Permission.READ_CASE, Permission.WORK_CASE, Permission.READ_MAILROOM, Permission.READ_FEES}
    changing = {p for p in Permission if p.value.startswith(("work", "assign", "request", "review", "record", "manage", "approve"))}
    assert not GRANTS[Role.AUDITOR] & changing
    assert all(any(permission in granted for granted in GRANTS.values()) for permission in Permission)
