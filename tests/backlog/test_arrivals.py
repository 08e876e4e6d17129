"""Each arrival is checked against the files taken over (S-2): nobody files twice, and the earlier day is never lost."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from backoffice.cases import queries as case_queries
from backoffice.cases.values import Hold
from backoffice.intake import acknowledgments
from backoffice.intake.between import queries as between
from backoffice.quota import queries as quota_queries
from backoffice.quota.values import AdmissionReason, AdmissionStatus
from tests.backlog.lines import line, spouse, write_csv
from tests.backlog.test_service import case, take
from tests.builders import Builder

ZOE: dict[str, Any] = {"family_name": "ANCIEN-B", "given_names": "Zoe", "sex": "F", "birth_date": "1980-02-29", "passport_number": "VIEUX 000001"}


@pytest.fixture
def backlog(session: Connection, tmp_path: Path) -> None:
    take(write_csv(tmp_path / "old.csv", [line(1, **spouse()), line(2, status="REFUSEE")]))


def test_who_filed_on_paper_before_2016_does_not_file_again_and_keeps_the_earlier_day(backlog: None, build: Builder):
    submission = build.submission(build.content(principal=ZOE))
    admission = quota_queries.admission(submission.id)
    assert (admission.status, admission.reason) == (AdmissionStatus.REFUSED, AdmissionReason.DUPLICATE_PERSON)
    assert case_queries.case_of_submission(submission.id) is None
    old = case("DCS-000001")
    assert (old.legal_received_on.isoformat(), case_queries.standing_holds(old.id)) == ("2015-11-04", set())


def test_staff_see_which_file_the_refusal_is_about_and_the_applicant_does_not(backlog: None, build: Builder):
    submission = build.submission(build.content(principal=ZOE))
    old = case("DCS-000001")
    assert [twin.side.case.number for twin in between.twins(between.side(submission.id))] == [old.number]
    told = str(acknowledgments.acknowledgment(submission))
    assert "duplicate_person" in told
    assert old.number not in told
    assert "DCS-000001" not in told


@pytest.mark.parametrize(
    "who",
    [
        pytest.param(ZOE | {"passport_number": "NOUVEAU12"}, id="same names and birth, another passport"),
        pytest.param(ZOE | {"birth_date": "1980-02-28"}, id="same passport, another birth"),
        pytest.param(
            {"family_name": "Conjoint-b", "given_names": "Léo", "sex": "M", "birth_date": "1979-07-14", "passport_number": None},
            id="the spouse, alone",
        ),
    ],
)
def test_who_may_be_of_an_old_file_keeps_a_place_while_a_person_looks(backlog: None, build: Builder, who: dict[str, Any]):
    content = build.content(principal={name: value for name, value in who.items() if value})
    if who["passport_number"] is None:
        del content["principal_applicant"]["passport_number"]
    submission = build.submission(content)
    admission = quota_queries.admission(submission.id)
    assert (admission.status, admission.reason) == (AdmissionStatus.PROVISIONAL, AdmissionReason.DUPLICATE_REVIEW)
    assert Hold.DUPLICATE_REVIEW in case_queries.standing_holds(case_queries.case_of_submission(submission.id).id)
    assert case("DCS-000001").legal_received_on.isoformat() == "2015-11-04"


def test_an_old_file_that_ended_prevents_nobody(backlog: None, build: Builder):
    ended = {"family_name": "Ancien-c", "given_names": "Zoé", "sex": "F", "birth_date": "1980-02-29", "passport_number": "VIEUX000002"}
    submission = build.submission(build.content(principal=ended))
    assert quota_queries.admission(submission.id).reason is None


def test_an_old_file_of_another_programme_prevents_nobody(session: Connection, build: Builder, tmp_path: Path):
    take(write_csv(tmp_path / "old.csv", [line(1, programme="PEQ")]))
    assert quota_queries.admission(build.submission(build.content(principal=ZOE)).id).reason is None


def test_old_files_come_before_those_of_2016_in_processing_and_take_no_place(backlog: None, build: Builder):
    new = build.paid_case()
    old = case("DCS-000001")
    assert case_queries.key_of(old) < case_queries.key_of(new)
    assert quota_queries.admission(old.submission_id) is None


def test_the_portal_knows_nothing_of_a_file_that_it_did_not_send(backlog: None, build: Builder, client: FlaskClient):
    answer = client.get(f"/api/v1/submissions/{case('DCS-000001').submission_id}", headers=build.key())
    assert answer.status_code == 404
