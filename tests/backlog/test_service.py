"""Files of another system become cases, once, with their own day; what cannot be taken over waits for a person."""

import csv
import json
import sys
import tracemalloc
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from backoffice.cases import names, ranking
from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case, Person
from backoffice.cases.opening import POLICY
from backoffice.cases.states import FINAL, CaseStatus
from backoffice.cases.values import Channel, Hold
from backoffice.core import clock, deliveries, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import Base, db, transaction
from backoffice.intake.backlog import importing, queries, service
from backoffice.intake.backlog.errors import AlreadySettled
from backoffice.intake.backlog.events import import_subject
from backoffice.intake.backlog.models import BacklogFile, BacklogImport, BacklogLine
from backoffice.intake.backlog.service import Run
from backoffice.intake.backlog.values import Outcome, Result, Tally
from backoffice.intake.between import queries as between
from backoffice.intake.service import verdicts
from tests.backlog.lines import line, person, spouse, write_csv, write_json
from tests.builders import Builder
from tests.conftest import NOON


class Told:
    """A report that remembers."""

    def begin(self) -> None:
        self.results: list[Result] = []

    def add(self, results: list[Result]) -> None:
        self.results += results

    @property
    def outcomes(self) -> list[str]:
        return [result.outcome.value for result in self.results]


def take(path: Path, source: str = "GICA", told: Told | None = None) -> Run:
    return importing.take_over(importing.order(path, source, None, by=SYSTEM), told or Told(), at=NOON)


def rehearse(path: Path, told: Told | None = None) -> Tally:
    return importing.rehearse(importing.order(path, "GICA", None, by=SYSTEM), told or Told(), at=NOON)


def case(number: str, source: str = "GICA") -> Case:
    taken = db.session.get_one(BacklogFile, (number, source))
    return case_queries.case_by_id(taken.case_id)


def counts() -> dict[str, int]:
    """Rows of every table that an import could touch."""
    tables = ("case", "person", "case_hold", "backlog_import", "backlog_file", "backlog_line", "event", "delivery", "day_seed")
    rows = {name: db.session.scalar(select(func.count()).select_from(Base.metadata.tables[name])) for name in tables}
    return rows | {"numbers": db.session.execute(text("SELECT coalesce(sum(last), 0) FROM number_series")).scalar_one()}


def test_a_line_becomes_a_case_with_its_own_day_its_people_and_its_old_number(session: Connection, tmp_path: Path):
    run = take(write_csv(tmp_path / "old.csv", [line(1, address_1="12, rue « A »\\B\tC\nD", **spouse())]))
    one = case("DCS-000001")
    assert (one.channel, one.status, one.legal_received_on.isoformat()) == (Channel.PAPER, CaseStatus.PAYEE_EN_FILE, "2015-11-04")
    assert one.contact["address"]["lines"] == ["12, rue « A »\\B\tC\nD"]
    assert [(p.kind.value, p.position, p.family_name, p.citizenships) for p in one.people] == [
        ("principal", 0, "Ancien-b", ["FR"]), ("spouse", 1, "Conjoint-b", ["FR", "CA"]), ("child", 2, "Enfant-b", ["FR"]),
    ]  # fmt: skip
    assert (one.received_at.astimezone(clock.MONTREAL).isoformat(), one.opened_at) == ("2015-11-04T00:00:00-05:00", NOON)
    assert one.number.startswith("16")
    assert run.tally.opened == 1


def test_a_case_taken_over_is_as_one_opened_alone(session: Connection, build: Builder, tmp_path: Path):
    """Class, tie, folded names and passport are what the ordinary functions give."""
    grounds = [None, "validated_job_offer", "temporary_resident_in_quebec"]
    days = ["2015-12-31", "2016-01-01"]
    lines = [line(n, exempt_ground=grounds[n % 3], received_on=days[n % 2], given_names="Ève-Aïcha Ørsted Nguyễn") for n in range(12)]
    take(write_csv(tmp_path / "old.csv", lines))
    taken = list(db.session.scalars(select(Case).order_by(Case.id)))
    assert len(taken) == 12
    for one in taken:
        seed = case_queries.seed_of(one.legal_received_on)
        assert case_queries.key_of(one) == ranking.sort_key(one.facts, seed, one.number, POLICY)
    for someone in db.session.scalars(select(Person)):
        assert someone.search_name == names.search_name(someone.family_name, someone.given_names)
        assert someone.passport_number == names.passport(someone.passport_number)
    assert {one.processing_class for one in taken} == {2, 3, 4, 5}
    after = build.case()
    assert after.number > max(one.number for one in taken), "the series of numbers goes on where the import left it"


def test_the_tie_that_sql_draws_is_the_one_that_python_draws(session: Connection, tmp_path: Path):
    take(write_csv(tmp_path / "old.csv", [line(n) for n in range(5)]))
    drawn = text(
        "SELECT bool_and(c.tie = substr(encode(sha256(convert_to(s.seed || ':' || c.number, 'UTF8')), 'hex'), 1, 16))"
        ' FROM "case" c JOIN day_seed s ON s.day = c.legal_received_on'
    )
    assert db.session.execute(drawn).scalar_one() is True


def test_the_same_file_twice_changes_nothing_at_all(session: Connection, tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(1, **spouse()), line(2), line(3, sex="?"), line(2, family_name="Autre")])
    take(path)
    before = counts()
    again = take(path)
    assert counts() == before
    assert (again.import_id, again.tally.counts[Outcome.KNOWN]) == (None, 2)


def test_in_json_the_same_files_are_already_there(session: Connection, tmp_path: Path):
    take(write_json(tmp_path / "old.json", [person(number="J-1"), person(number="J-2", family_name="Autre", passport_number="ab 12-3")]))
    again = take(write_json(tmp_path / "again.json", [person(number="J-2", family_name="Autre", passport_number="ab 12-3")], array=True))
    assert again.tally.counts[Outcome.KNOWN] == 1


def test_two_sources_may_give_the_same_number(session: Connection, tmp_path: Path):
    take(write_csv(tmp_path / "a.csv", [line(1)]), "GICA")
    take(write_csv(tmp_path / "b.csv", [line(1, family_name="Ailleurs", passport_number="AUTRE1")]), "Hong Kong")
    assert case("DCS-000001").id != case("DCS-000001", "Hong Kong").id


def test_a_changed_line_is_left_for_a_person_and_overwrites_nothing(session: Connection, tmp_path: Path):
    take(write_csv(tmp_path / "old.csv", [line(1), line(2)]))
    told = Told()
    run = take(write_csv(tmp_path / "new.csv", [line(1, locality="Paris", received_on="2015-11-03"), line(2)]), told=told)
    assert told.outcomes == ["differing", "known"]
    assert [(fault.column, fault.code, fault.value) for fault in told.results[0].faults] == [
        ("contact.address.locality", "differs", "Paris"), ("received_on", "differs", "2015-11-03"),
    ]  # fmt: skip
    assert case("DCS-000001").legal_received_on.isoformat() == "2015-11-04"
    (kept,) = queries.waiting_lines(run.import_id)
    assert (kept.outcome, kept.case_id) == (Outcome.DIFFERING, case("DCS-000001").id)


def test_lines_in_error_never_block_the_others_and_are_kept_as_they_came(session: Connection, tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(1), line(2, birth_date="1980-02-30", sex="?"), line(3)])
    run = take(path)
    assert (run.tally.opened, run.tally.counts[Outcome.REFUSED]) == (2, 1)
    (kept,) = queries.waiting_lines(run.import_id)
    assert kept.raw == path.read_bytes().splitlines(keepends=True)[2]
    assert [(fault["column"], fault["code"]) for fault in kept.faults] == [("sex", "code"), ("birth_date", "day")]
    assert queries.count_waiting() == 1


def test_a_line_that_comes_back_mended_is_settled_by_itself(session: Connection, tmp_path: Path):
    run = take(write_csv(tmp_path / "old.csv", [line(1, sex="?")]))
    take(write_csv(tmp_path / "mended.csv", [line(1)]))
    assert queries.waiting_lines(run.import_id) == []
    assert [one.decision for one in queries.settled_lines(run.import_id)] == ["retaken"]


def test_all_or_nothing_takes_nothing_when_one_line_is_refused(session: Connection, tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(1), line(2, sex="?")])
    before = counts()
    tally, run = importing.take_all_or_nothing(importing.order(path, "GICA", None, by=SYSTEM), Told(), at=NOON)
    assert (run, counts(), tally.counts[Outcome.REFUSED]) == (None, before, 1)
    path = write_csv(tmp_path / "old.csv", [line(1), line(2)])
    tally, run = importing.take_all_or_nothing(importing.order(path, "GICA", None, by=SYSTEM), Told(), at=NOON)
    assert (run.tally.opened, db.session.get_one(BacklogImport, run.import_id).opened) == (2, 2)


def test_a_dry_run_says_what_the_import_then_does_and_changes_nothing(session: Connection, build: Builder, tmp_path: Path, monkeypatch):
    """Parts of three lines: what one part brings, the next knows, in both."""
    monkeypatch.setattr(importing, "PART", 3)
    there = build.paid_case()
    someone = there.people[0]
    take(write_csv(tmp_path / "before.csv", [line(90), line(91)]))
    twin = {"family_name": someone.family_name, "given_names": someone.given_names, "sex": someone.sex, "birth_date": someone.birth_date.isoformat()}
    lines = [
        line(1), line(2, sex="?"), line(90), line(91, locality="Paris"), line(3, **twin, passport_number=None), line(1), line(1, locality="Nice"),
        line(4, family_name="Ancien-b", passport_number=None), line(5), line(6, status="REFUSEE", family_name="Ancien-b", passport_number=None),
    ]  # fmt: skip
    path = write_csv(tmp_path / "old.csv", lines)
    before, said, done = counts(), Told(), Told()
    tally = rehearse(path, said)
    assert counts() == before
    run = take(path, told=done)
    assert said.outcomes == done.outcomes == [
        "new", "refused", "known", "differing", "suspected", "known", "differing", "suspected", "new", "new",
    ]  # fmt: skip
    assert tally.counts == run.tally.counts


def test_somebody_of_an_active_case_is_taken_over_on_hold_for_a_person_to_judge(session: Connection, build: Builder, tmp_path: Path):
    there = build.paid_case()
    number, birth = there.people[0].passport_number, there.people[0].birth_date.isoformat()
    told = Told()
    run = take(write_csv(tmp_path / "old.csv", [line(1, passport_number=number, birth_date=birth), line(2)]), told=told)
    assert [(fault.code, fault.value) for fault in told.results[0].faults] == [("same_person", there.number)]
    ((taken, doubted),) = queries.doubted(run.import_id)
    assert (taken.external_number, case_queries.standing_holds(doubted.id)) == ("DCS-000001", {Hold.DUPLICATE_REVIEW})
    assert case_queries.standing_holds(case("DCS-000002").id) == set()
    assert queries.imports()[0][1] == {Outcome.SUSPECTED: 1}
    assert between.doubted() == [doubted.submission_id], "it stands in the one list of duplicates to examine"


@pytest.mark.parametrize("same", [True, False])
def test_the_verdict_on_two_people_or_one_keeps_the_earliest_file(session: Connection, build: Builder, tmp_path: Path, same: bool):
    there = build.paid_case()
    someone = there.people[0]
    take(write_csv(tmp_path / "old.csv", [line(1, passport_number=someone.passport_number, birth_date=someone.birth_date.isoformat())]))
    old, by = case("DCS-000001"), build.supervisor().actor
    with transaction():
        verdicts.judge_duplicate(old.submission_id, there.submission_id, same=same, reason="vérifié", by=by, at=NOON)
    assert case_queries.standing_holds(old.id) == set(), "received in 2015, it goes on"
    assert case("DCS-000001").legal_received_on.isoformat() == "2015-11-04"
    assert (case_queries.case_by_id(there.id).status in FINAL) is same


def test_two_lines_of_one_person_are_both_taken_and_the_second_is_on_hold(session: Connection, tmp_path: Path):
    told = Told()
    take(write_csv(tmp_path / "old.csv", [line(1), line(2, family_name="Ancien-b", passport_number=None, received_on="2015-12-01")]), told=told)
    assert told.outcomes == ["new", "suspected"]
    assert told.results[1].faults[0].value == case("DCS-000001").number
    assert case_queries.standing_holds(case("DCS-000002").id) == {Hold.DUPLICATE_REVIEW}


def test_a_line_is_settled_once_with_a_reason(session: Connection, build: Builder, tmp_path: Path):
    run = take(write_csv(tmp_path / "old.csv", [line(1, sex="?")]))
    (kept,) = queries.waiting_lines(run.import_id)
    boss = build.supervisor().actor
    with transaction():
        service.settle_line(kept.id, "dossier détruit en 2012", by=boss, at=NOON)
    assert (queries.count_waiting(), queries.settled_lines(run.import_id)[0].settled_why) == (0, "dossier détruit en 2012")
    assert events.history(import_subject(run.import_id))[-1].kind == "intake.BacklogLineSettled"
    with pytest.raises(AlreadySettled), transaction():
        service.settle_line(kept.id, "encore", by=boss, at=NOON)


def test_somebody_who_came_by_a_door_while_the_import_ran_is_found_at_its_end(session: Connection, build: Builder, tmp_path: Path):
    run = Run("GICA", "old.csv", "0" * 64, SYSTEM, None, NOON)
    asked = importing.order(write_csv(tmp_path / "old.csv", [line(1)]), "GICA", None, by=SYSTEM)
    with transaction():
        service.take_part(run, next(iter(importing._parts(asked, NOON))))
    there = build.paid_case()
    someone = there.people[0]
    with transaction():  # as if both had been written at the same moment, neither seeing the other
        someone.search_name, someone.birth_date = "ancien b zoe", date(1980, 2, 29)
    with transaction():
        service.end(run, at=NOON)
    assert case_queries.standing_holds(case("DCS-000001").id) == {Hold.DUPLICATE_REVIEW}
    assert db.session.get_one(BacklogImport, run.import_id).suspected == 1


def test_the_trail_has_the_import_its_parts_and_its_end_and_holds(session: Connection, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(importing, "PART", 2)
    run = take(write_csv(tmp_path / "old.csv", [line(n) for n in range(1, 6)]))
    assert [row.kind for row in events.history(import_subject(run.import_id))] == ["intake.BacklogBegun", "intake.BacklogEnded"]
    parts = select(events.EventRow).where(events.EventRow.kind == "intake.BacklogTaken").order_by(events.EventRow.id)
    assert [(row.subject_id, row.data["opened"]) for row in db.session.scalars(parts)] == [
        (f"{run.import_id}.1", 2), (f"{run.import_id}.2", 2), (f"{run.import_id}.3", 1),
    ]  # fmt: skip
    assert list(events.verify()) == []
    assert deliveries.run_all() == 0, "nothing is sent to anybody"


def test_an_import_broken_off_is_taken_up_again_by_the_same_command(session: Connection, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(importing, "PART", 2)
    path = write_csv(tmp_path / "old.csv", [line(n) for n in range(1, 6)])

    class Breaks(Told):
        def add(self, results: list[Result]) -> None:
            super().add(results)
            if len(self.results) > 2:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(path, told=Breaks())
    assert db.session.scalar(select(func.count()).select_from(BacklogFile)) == 4
    run = take(path)
    assert (run.tally.opened, run.tally.counts[Outcome.KNOWN]) == (1, 4)
    assert db.session.scalar(select(func.count()).select_from(Case)) == 5


def test_many_lines_take_the_memory_of_one_part(session: Connection, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(importing, "PART", 500)
    few, many = (write_csv(tmp_path / f"{n}.csv", [line(i + n, sex="?" if i % 9 == 0 else "F") for i in range(n)]) for n in (2_000, 8_000))
    peaks = []
    for path in (few, many):
        tracemalloc.start()
        try:
            importing.rehearse(importing.order(path, "GICA", None, by=SYSTEM), Silent(), at=NOON)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.25


class Silent(Told):
    def add(self, results: list[Result]) -> None:
        """Keeps nothing."""


def test_the_command_writes_a_report_and_says_how_it_went(session: Connection, app, tmp_path: Path, monkeypatch):
    from click.testing import CliRunner

    from backoffice.cli import backlog

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
    write_csv(tmp_path / "old.csv", [line(1), line(2, sex="?", number="=cmd()")])
    done = CliRunner().invoke(backlog.backlog_group, ["import", "old.csv", "--source", "GICA", "--json"])
    assert done.exit_code == 1, done.output
    said = json.loads(done.stdout)
    assert (said["new"], said["refused"], said["import"]) == (1, 1, db.session.scalars(select(BacklogImport.id)).one())
    assert "line 3: refused: sex: not one of the values accepted" in done.stderr
    rows = list(csv.reader((tmp_path / "old.csv.report.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert [row[:4] for row in rows[1:]] == [["2", "DCS-000001", "new", case("DCS-000001").number], ["3", "'=cmd()", "refused", ""]]
    assert ((tmp_path / "old.csv.report.csv").stat().st_mode & 0o777) == 0o600


def test_the_command_refuses_a_stranger_and_a_file_without_columns(session: Connection, app, tmp_path: Path, monkeypatch):
    from click.testing import CliRunner

    from backoffice.cli import backlog

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules["backoffice.cli.main"], "create_app", lambda: app)
    (tmp_path / "old.csv").write_text("number;nom\n")
    done = CliRunner().invoke(backlog.backlog_group, ["import", "old.csv"])
    assert (done.exit_code, "Unknown columns: nom." in done.stderr) == (1, True)
    done = CliRunner().invoke(backlog.backlog_group, ["import", "old.csv", "--by", "nobody@exemple.test"])
    assert "nobody@exemple.test is not a supervisor's account" in done.stderr


def test_a_taken_line_is_append_only(session: Connection, tmp_path: Path):
    take(write_csv(tmp_path / "old.csv", [line(1)]))
    with pytest.raises(Exception, match=r"append-only|permission denied"), session.begin_nested():
        session.execute(text("UPDATE backlog_file SET line = 99"))


def test_kept_lines_belong_to_who_imported(session: Connection, build: Builder, tmp_path: Path):
    boss = build.supervisor()
    path = write_csv(tmp_path / "old.csv", [line(1, sex="?")])
    run = importing.take_over(importing.order(path, "GICA", None, by=boss.actor, account_id=boss.id), Told(), at=NOON)
    one = db.session.get_one(BacklogImport, run.import_id)
    assert (one.account_id, one.by_label) == (boss.id, boss.name)
    assert db.session.scalars(select(BacklogLine)).one().import_id == one.id
