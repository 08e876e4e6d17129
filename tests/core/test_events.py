"""The trail: written once, chained for each subject, sealed; whatever is changed behind it is named."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from backoffice.cases.events import NoteAdded, UrgencyChanged, case_subject
from backoffice.core import events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.events import Subject
from backoffice.core.settings import settings
from tests.builders import Builder
from tests.conftest import NOON
from tests.support import postgres


def write(subject: Subject, *facts: object) -> None:
    with transaction():
        for fact in facts:
            events.record(subject, fact, by=SYSTEM, at=NOON)


def three(session: Connection) -> Subject:
    subject = case_subject(4711)
    write(subject, NoteAdded(1), UrgencyChanged(True, 1), NoteAdded(2))
    return subject


def test_a_timeline_is_what_was_recorded_in_order(session: Connection):
    subject = three(session)
    found = events.history(subject)
    assert [row.position for row in found] == [1, 2, 3]
    assert [row.kind for row in found] == ["cases.NoteAdded", "cases.UrgencyChanged", "cases.NoteAdded"]
    assert events.revive(found[1]).event == UrgencyChanged(True, 1)
    assert (found[0].by, found[0].at, found[0].previous) == (SYSTEM, NOON, events.GENESIS)
    assert list(events.verify()) == []


def test_facts_of_one_operation_stand_in_the_order_in_which_they_were_noted(session: Connection):
    with transaction():
        for case_id, note in [(1, 1), (2, 2), (1, 3), (2, 4)]:
            events.record(case_subject(case_id), NoteAdded(note), by=SYSTEM, at=NOON)
    rows = sorted(events.history(case_subject(1)) + events.history(case_subject(2)), key=lambda row: row.id)
    assert [(row.subject_id, row.position, row.data["note_id"]) for row in rows] == [("1", 1, 1), ("2", 1, 2), ("1", 2, 3), ("2", 2, 4)]
    assert list(events.verify()) == []


def test_each_subject_has_a_chain_of_its_own(session: Connection):
    write(case_subject(1), NoteAdded(1))
    write(case_subject(2), NoteAdded(1))
    assert [events.history(case_subject(n))[0].previous for n in (1, 2)] == [events.GENESIS] * 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET by_label = 'x'",
        "DELETE FROM event",
        "UPDATE ledger_line SET data = NULL",
        "DELETE FROM read_log",
        "TRUNCATE event CASCADE",
    ],
)
def test_the_application_can_add_to_the_trail_and_nothing_else(build: Builder, statement: str):
    build.case()
    with pytest.raises(DBAPIError, match=r"permission denied|append-only"), db.session.begin_nested():
        db.session.execute(text(statement))


@pytest.fixture
def cluster(_environment: dict[str, str], app: object, tmp_path_factory: pytest.TempPathFactory, worker_id: str):
    return postgres.session_cluster(tmp_path_factory, worker_id)


@pytest.fixture
def apart(cluster, app, worker_id: str):
    """A database of its own, with facts committed in it; gives the superuser's connection and a session on it."""
    from sqlalchemy import create_engine

    name = f"trail_{worker_id}"
    cluster.drop(name)
    cluster.clone("template_tests", name)
    engine = create_engine("postgresql+psycopg://" + cluster.url(name, "backoffice_app").split("://", 1)[1])
    with app.app_context():
        before = db._app_engines[app][None]
        db._app_engines[app][None] = engine
        try:
            with cluster.connect(name) as admin:
                admin.autocommit = True
                yield admin
        finally:
            db.session.remove()
            db._app_engines[app][None] = before
            engine.dispose()
            cluster.drop(name)


def by_force(admin: "psycopg.Connection[tuple[object, ...]]", statement: str) -> None:
    admin.execute("ALTER TABLE event DISABLE TRIGGER USER")
    admin.execute(statement)
    admin.execute("ALTER TABLE event ENABLE TRIGGER USER")
    db.session.rollback()
    db.session.expunge_all()


@pytest.mark.parametrize("statement", ["UPDATE event SET by_label = 'x'", "DELETE FROM event"])
def test_even_the_owner_of_the_tables_is_refused(apart, statement: str):
    three(None)  # type: ignore[arg-type]
    apart.execute("SET ROLE backoffice_owner")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        apart.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statement", "position", "what"),
    [
        ("UPDATE event SET data = '{\"note_id\": 9}' WHERE position = 1", 1, "content was changed"),
        ("UPDATE event SET by_label = 'Systeme' WHERE position = 2", 2, "content was changed"),
        ("UPDATE event SET at = at + interval '1 microsecond' WHERE position = 3", 3, "content was changed"),
        ("DELETE FROM event WHERE position = 2", 3, "entry 2 is missing"), ("DELETE FROM event WHERE position = 1", 2, "entry 1 is missing"),
        ("DELETE FROM event WHERE position = 3", 3, "end of the chain is missing"), ("DELETE FROM event", 3, "end of the chain is missing"),
    ],
)  # fmt: skip
def test_a_changed_byte_and_a_removed_line_are_named(apart, statement: str, position: int, what: str):
    subject = three(None)  # type: ignore[arg-type]
    write(case_subject(1), NoteAdded(1)) if "WHERE" not in statement else None
    assert list(events.verify()) == []
    by_force(apart, statement)
    breach = next(b for b in events.verify() if b.subject == subject)
    assert breach.position == position
    assert what in breach.what


def test_a_chain_rewritten_whole_is_found_by_its_seal(apart):
    subject = three(None)  # type: ignore[arg-type]
    with transaction():
        assert events.seal(at=NOON) is not None
    with transaction():
        assert events.seal(at=NOON) is None  # nothing new since
    rows = events.history(subject)
    rows[2].data = {"note_id": 99}
    forged = events.chained(rows[2])
    db.session.rollback()
    by_force(apart, f"UPDATE event SET data = '{{\"note_id\": 99}}', digest = '{forged}' WHERE position = 3")  # noqa: S608 - a digest of ours
    apart.execute(f"UPDATE chain_head SET digest = '{forged}'")  # noqa: S608
    assert [b.subject.kind for b in events.verify()] == ["seal"]


def test_a_seal_holds_while_new_facts_follow(apart):
    three(None)  # type: ignore[arg-type]
    for turn in range(3):
        with transaction():
            events.seal(at=NOON + timedelta(days=turn))
        write(case_subject(turn), NoteAdded(turn))
    assert list(events.verify()) == []
    apart.execute("ALTER TABLE seal DISABLE TRIGGER USER")
    apart.execute("DELETE FROM seal WHERE id = (SELECT min(id) FROM seal)")
    db.session.rollback()
    assert next(events.verify()).what == "it does not stand on the seal before it"


def test_writers_on_different_subjects_do_not_wait_for_one_another(apart):
    name = settings().database_url
    assert name  # the other writer holds the chain of another case, uncommitted
    apart.autocommit = False
    write(case_subject(1), NoteAdded(1))
    apart.execute("SELECT 1 FROM chain_head WHERE subject_id = '1' FOR UPDATE")
    db.session.execute(text("SET LOCAL lock_timeout = '2s'"))
    events.record(case_subject(2), NoteAdded(1), by=SYSTEM, at=NOON)
    events.write_noted()
    events.record(case_subject(1), NoteAdded(2), by=SYSTEM, at=NOON)
    with pytest.raises(DBAPIError, match="lock timeout"):
        events.write_noted()
    db.session.rollback()
    apart.rollback()
