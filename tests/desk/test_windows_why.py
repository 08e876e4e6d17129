"""« Pourquoi ce résultat ? »: the numbers of the instant, counted from the ledger alone, are those that decided."""

import pytest
from flask.testing import FlaskClient

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.desk.windows import result
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.desk.test_windows_pages import abroad


def test_the_numbers_are_those_just_before_the_line(build: Builder):
    build.window(capacity=2, margin=1, reserve=1, country_caps={"default": None, "by_country": {"BR": 1}})
    first, second, third = build.submission(), build.submission(abroad(build, "BR")), build.submission()
    [step] = [one.step for one in result.of(first.id).steps]
    assert (step.status, step.rank, step.moment.taken, step.moment.free) == ("provisional", 1, 0, 2)
    [step] = [one.step for one in result.of(second.id).steps]
    assert (step.moment.taken, step.moment.free, step.moment.country, step.moment.country_taken, step.moment.country_cap) == (1, 1, "BR", 0, 1)
    found = result.of(third.id)
    [explained] = found.steps
    assert (explained.rule, explained.step.status, explained.step.moment.taken, explained.step.moment.free) == ("arrival.refused", "refused", 2, 0)
    assert found.sound
    assert found.before.submission_id == second.id
    assert found.after is None


def test_a_later_step_names_its_cause_and_its_version(build: Builder):
    window = build.window(capacity=1, waiting_list=True)
    build.submission()
    waits = build.submission()
    asker, second = build.supervisor(), build.supervisor()
    with transaction():
        quota.amend_window(window.id, {"capacity": 2}, "Places ajoutées", by=asker.actor, second=second.actor, at=clock.now())
    steps = result.of(waits.id).steps
    assert [(one.rule, one.step.version, one.step.status, one.step.moment.total, one.step.moment.taken) for one in steps] == [
        ("arrival.waitlisted", 1, "waitlisted", 1, 1),
        ("terms", 2, "provisional", 2, 1),
    ]


def test_the_page_of_a_case_and_of_an_arrival_without_one(client: FlaskClient, build: Builder):
    window = build.window(capacity=1)
    case, refused = build.paid_case(), build.submission()
    build.sign_in(client, build.caseworker())
    mine = client.get(f"/cases/{case.number}/admission").text
    for sentence in (
        "Une place était libre",
        "la place retenue devient une place confirmée",
        "ni un traitement ni un certificat plus tôt",
        "recalculée, identique",
    ):
        assert sentence in mine, sentence
    other = client.get(f"/windows/{window.code}/arrivals/{refused.id}")
    assert other.status_code == 200, other.text[-3000:]
    assert "la décision ne tient pas de liste d’attente" in other.text
    assert "Juste avant et juste après" in other.text
    assert client.get(f"/windows/{window.code}/arrivals/00000000-0000-4000-8000-000000000000").status_code == 404
    clerk = build.sign_in(client.application.test_client(), build.account(Role.MAILROOM))
    assert clerk.get(f"/windows/{window.code}/arrivals/{refused.id}").status_code == 403


def test_no_name_stands_on_the_pages_of_a_period(client: FlaskClient, build: Builder):
    window = build.window(capacity=1)
    content = build.content(principal={"family_name": "Nom-Unique-Fictif"})
    arrived = build.submission(content)
    build.sign_in(client, build.supervisor())
    for path in ("", "/arrivals", f"/arrivals/{arrived.id}", "/versions", "/live"):
        assert "Nom-Unique-Fictif" not in client.get(f"/windows/{window.code}{path}").text, path


def test_a_line_that_was_changed_is_seen(build: Builder, monkeypatch: pytest.MonkeyPatch):
    window = build.window(capacity=2)
    build.submission()
    arrived = build.submission()
    assert result.of(arrived.id).sound
    lines = list(quota_queries.entries(window.id))
    lines[3]["at"] = str(lines[3]["at"]).replace("2016", "2015")
    monkeypatch.setattr(quota_queries, "entries", lambda _window_id: iter(lines))
    assert not result.of(arrived.id).sound
