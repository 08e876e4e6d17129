"""Each act on a period: its form, its effect, its rights; two people where two are needed, and the forecast that comes true."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backoffice.core import clock
from backoffice.core.clock import MONTREAL
from backoffice.core.db import db
from backoffice.desk.windows import amendment
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.quota.values import WindowState
from backoffice.staff.models import Account, Approval
from backoffice.staff.permissions import Role
from tests.builders import Builder

RANKED = {"order": "ranked", "offers_first": False}
DRAWN = {"order": "draw"}


def typed(at: datetime) -> str:
    return at.astimezone(MONTREAL).strftime("%Y-%m-%d %H:%M:%S")


def decision(**changes: Any) -> dict[str, Any]:
    """A whole decision as it would be typed."""
    now = clock.now()
    return {
        "code": "W2016-9", "programme": "PRTQ", "decision": "Gazette officielle, exemple fictif", "opens_at": typed(now + timedelta(days=3)),
        "closes_at": typed(now + timedelta(days=10)), "capacity": "1 750", "margin": "50", "reserve": "10", "paper_share": "200", "cap_default": "",
        "caps": "CN 1200\nBR 300", "waiting_list": "y", "channels": ["online", "paper"], "exempt_grounds": ["validated_job_offer"], "order": "first_come",
        "tie_seconds": "", "paper_day": "sequence", "tariff_rule": "",
    } | changes  # fmt: skip


def drafted(client: FlaskClient, **changes: Any) -> Window:
    answer = client.post("/windows/new", data=decision(**changes))
    assert answer.status_code == 303, answer.text[-4000:]
    return quota_queries.window(answer.headers["Location"].rsplit("/", 1)[1])


def act(client: FlaskClient, window: Window, name: str, **typed_: str) -> TestResponse:
    return client.post(f"/windows/{window.code}/acts/{name}", data=typed_)


def state(window: Window) -> WindowState:
    db.session.expire_all()
    return quota_queries.window(window.code).state


def approve(client: FlaskClient, build: Builder, second: Account | None = None, *, decision: str = "approve") -> Approval:
    """The second person answers the latest question; what follows is carried out."""
    approval = db.session.query(Approval).order_by(Approval.id.desc()).first()
    assert approval is not None
    browser = build.sign_in(client.application.test_client(), second or build.supervisor())
    answer = browser.post(f"/approvals/{approval.id}", data={"decision": decision, "answer": "Vérifié."})
    assert answer.status_code == (303 if second is None or second.id != approval.asked_by_id else 422), answer.text[-2000:]
    build.deliver()
    db.session.expire_all()
    return approval


@pytest.fixture
def desk(client: FlaskClient, build: Builder) -> FlaskClient:
    return build.sign_in(client, build.supervisor())


def test_a_draft_is_typed_then_announced_and_quoted(desk: FlaskClient, build: Builder):
    window = drafted(desk)
    assert (window.state, window.capacity, window.margin, window.reserve, window.paper_share) == (WindowState.DRAFTED, 1750, 50, 10, 200)
    assert (window.country_caps, window.waiting_list) == ({"default": None, "by_country": {"BR": 300, "CN": 1200}}, True)
    assert window.policy["paper_day"] == "sequence"
    page = desk.get(f"/windows/{window.code}").text
    assert "brouillon" in page
    told = {"text_fr": "Ouverture le 16 juin.", "text_en": "Opening on June 16.", "published_at": typed(clock.now()), "where": "Site du ministère"}
    assert act(desk, window, "announce", **told).status_code == 303
    assert state(window) is WindowState.ANNOUNCED
    page = desk.get(f"/windows/{window.code}").text
    assert "s’ouvre d’elle-même" in page
    quoted = desk.get(f"/windows/{window.code}/notices", query_string={"at": typed(clock.now() + timedelta(minutes=1))}).text
    assert "« Ouverture le 16 juin. » (avis sur la période W2016-9, publié le" in quoted.replace("\xa0", " ")
    before = desk.get(f"/windows/{window.code}/notices", query_string={"at": typed(clock.now() - timedelta(minutes=1))}).text
    assert "rien n’avait été publié" in before


def test_each_fault_of_a_decision_is_named_on_its_field(desk: FlaskClient):
    wrong = decision(code="w 1", capacity="beaucoup", opens_at="2016-02-30 08:00", caps="CN beaucoup", channels=[], paper_share="9999999")
    answer = desk.post("/windows/new", data=wrong)
    assert answer.status_code == 422
    for field in ("code", "capacity", "opens_at", "caps", "paper_share"):
        assert f'id="{field}-error"' in answer.text, field
    assert "Cochez au moins une voie" in answer.text
    late = desk.post("/windows/new", data=decision(closes_at="2016-06-14 08:00", opens_at="2016-06-16 08:00"))
    assert "se ferme après son ouverture" in late.text
    assert quota_queries.windows() == []


def test_an_hour_that_the_clocks_leave_out_is_refused(desk: FlaskClient):
    answer = desk.post("/windows/new", data=decision(opens_at="2017-03-12 02:30", closes_at="2017-03-20 17:00"))
    assert "on change d’heure" in answer.text


def test_the_data_of_a_decision_fill_the_form(desk: FlaskClient):
    data = {
        "code": "W2016-1", "programme": "PRTQ", "decision": "Gazette", "policy": {"order": "draw", "tie_seconds": 0}, "capacity": 5000,
        "country_caps": {"default": 5, "by_country": {"CN": 1200}}, "waiting_list": True, "channels": ["online"], "exempt_grounds": [],
        "announced_at": "2016-06-13T09:00:00-04:00", "opens_at": "2016-06-20T08:30:00-04:00", "closes_at": "2016-06-27T17:00:00-04:00",
        "notice": {"fr": "Avis fictif.", "en": "Fictitious notice."},
    }  # fmt: skip
    answer = desk.post("/windows/new", data={"do": "read", "pasted": json.dumps(data)})
    assert answer.status_code == 200, answer.text[-3000:]
    for shown in ('value="W2016-1"', 'value="5000"', "CN 1200", 'value="2016-06-20 08:30"', "Avis fictif."):
        assert shown in answer.text, shown
    assert quota_queries.windows() == []
    broken = desk.post(
        "/windows/new", data={"do": "read", "pasted": json.dumps(data | {"capacity": "5000", "surprise": 1, "policy": {"order": "auction"}})}
    )
    assert broken.status_code == 422
    for word in ("nombre entier", "surprise", "order"):
        assert word in broken.text, word
    assert desk.post("/windows/new", data={"do": "read", "pasted": "{"}).status_code == 422


def test_a_period_opens_early_only_by_two_people(desk: FlaskClient, build: Builder):
    window = drafted(desk)
    act(desk, window, "announce", text_fr="Avis", text_en="Notice", published_at=typed(clock.now()), where="Site")
    assert "motif et une deuxième personne" in desk.get(f"/windows/{window.code}/acts/open").text
    assert act(desk, window, "open", reason="").status_code == 422
    assert act(desk, window, "open", reason="Décision du ministre").status_code == 303
    assert state(window) is WindowState.ANNOUNCED
    assert "En attente d’une deuxième personne" in desk.get(f"/windows/{window.code}").text
    assert act(desk, window, "open", reason="Encore").status_code == 422, "it was asked for already"
    approval = approve(desk, build)
    assert state(window) is WindowState.OPEN
    assert approval.facts["outcome"] == "done"
    assert "Décision du ministre" in str(quota_queries.window(window.code).notice_override)


def test_whoever_asked_cannot_be_the_second_person(client: FlaskClient, build: Builder):
    asker = build.supervisor()
    build.sign_in(client, asker)
    window = drafted(client)
    act(client, window, "announce", text_fr="Avis", text_en="Notice", published_at=typed(clock.now()), where="Site")
    act(client, window, "open", reason="Décision du ministre")
    approve(client, build, asker)
    assert state(window) is WindowState.ANNOUNCED
    approve(client, build, decision="decline")
    assert state(window) is WindowState.ANNOUNCED


def test_what_two_people_signed_and_cannot_be_done_any_more_says_so(desk: FlaskClient, build: Builder):
    window = build.window(capacity=3)
    act(desk, window, "abort", reason="Panne générale", rule="keep")
    act(desk, window, "close", reason="Fin")
    approval = approve(desk, build)
    assert state(window) is WindowState.CLOSED
    assert approval.facts["outcome"] == "refused"
    page = desk.get(f"/windows/{window.code}").text
    assert "Approuvé, mais impossible à faire" in page
    whole = desk.get(f"/windows/{window.code}/asked/{approval.id}").text
    assert str(approval.facts["refusal"]) in whole
    assert "mais impossible" in desk.get(f"/windows/{window.code}/versions").text


def test_suspend_resume_close_settle(desk: FlaskClient, build: Builder):
    window = build.window(capacity=1, waiting_list=True)
    build.case()
    waiting = build.submission()
    for name, after in (
        ("suspend", WindowState.SUSPENDED),
        ("resume", WindowState.OPEN),
        ("close", WindowState.CLOSED),
        ("settle", WindowState.SETTLED),
    ):
        page = desk.get(f"/windows/{window.code}/acts/{name}")
        assert "Ce qui va se passer" in page.text
        assert act(desk, window, name, reason="Essai", rule="keep").status_code == 303, name
        assert state(window) is after
        assert act(desk, window, name, reason="Encore", rule="keep").status_code == 422, f"{name} twice"
    admission = quota_queries.admission(waiting.id)
    assert admission is not None
    assert admission.status == "refused"


def test_a_period_is_called_off_by_two_with_a_rule(desk: FlaskClient, build: Builder):
    window = build.window(capacity=5)
    build.case()
    assert act(desk, window, "abort", reason="Portail tombé", rule="").status_code == 422
    assert act(desk, window, "abort", reason="Portail tombé", rule="annul").status_code == 303
    approve(desk, build)
    assert state(window) is WindowState.ABORTED
    assert quota_queries.window(window.code).arrivals_rule == "annul"
    page = desk.get(f"/windows/{window.code}").text
    assert "il en reste 1" in page
    assert f"/acts/new?kind=annul&amp;window={window.code}" in page


def test_acts_are_for_those_who_manage_periods(client: FlaskClient, build: Builder):
    window = build.window()
    for role in Role:
        browser = build.sign_in(client.application.test_client(), build.account(role))
        expected = 200 if role is Role.SUPERVISOR else 403
        for path in ("/windows/new", f"/windows/{window.code}/acts/close", f"/windows/{window.code}/amendments/new"):
            assert browser.get(path).status_code == expected, (role, path)
        assert browser.post(f"/windows/{window.code}/acts/close", data={"reason": ""}).status_code == (422 if role is Role.SUPERVISOR else 403)
        shown = browser.get(f"/windows/{window.code}")
        assert ("/acts/close" in shown.text) is (role is Role.SUPERVISOR)
    assert state(window) is WindowState.OPEN


def amended(window: Window, **changes: Any) -> dict[str, Any]:
    """The form of an amendment as the page gives it, with changes."""
    return {
        "decision": window.decision, "opens_at": typed(window.opens_at), "closes_at": typed(window.closes_at), "capacity": str(window.capacity),
        "margin": str(window.margin), "reserve": str(window.reserve), "cap_default": "", "caps": "", "channels": list(window.channels),
        "exempt_grounds": list(window.exempt_grounds), "reason": "Places ajoutées par arrêté", **({"waiting_list": "y"} if window.waiting_list else {}),
    } | changes  # fmt: skip


def test_an_amendment_is_foreseen_then_comes_true(desk: FlaskClient, build: Builder):
    window = build.window(capacity=1, waiting_list=True)
    first, *waiting = [build.submission() for _ in range(4)]
    url = f"/windows/{window.code}/amendments/new"
    seen = desk.post(url, data=amended(window, capacity="3", step="preview"))
    assert seen.status_code == 200, seen.text[-3000:]
    assert "2 demandes changeraient d’état" in seen.text
    assert 'name="step" value="ask"' in seen.text
    foreseen = amendment.foreseen(window, {"capacity": 3})
    assert [(row["before"], row["after"], row["many"]) for row in foreseen.rows] == [("waitlisted", "provisional", 2)]

    blind = desk.post(url, data=amended(window, capacity="3", step="ask", foreseen="something else"))
    assert blind.status_code == 200, "what was not foreseen is foreseen first"
    assert db.session.query(Approval).count() == 0
    asked = desk.post(url, data=amended(window, capacity="3", step="ask", foreseen=amendment.mark({"capacity": 3})))
    assert asked.status_code == 303
    assert quota_queries.window(window.code).capacity == 1

    approval = db.session.query(Approval).one()
    second = build.supervisor()
    browser = build.sign_in(desk.application.test_client(), second)
    assert f"/windows/{window.code}/asked/{approval.id}" in browser.get("/approvals").text
    whole = browser.get(f"/windows/{window.code}/asked/{approval.id}").text
    assert "La même simulation" in whole
    assert "2 demandes changeraient d’état" in whole
    approve(desk, build, second)
    assert quota_queries.window(window.code).capacity == 3
    statuses = [quota_queries.admission(one.id).status.value for one in (first, *waiting)]
    assert statuses == ["provisional", "provisional", "provisional", "waitlisted"]
    page = desk.get(f"/windows/{window.code}/versions").text
    assert "Version 2" in page
    assert second.name in page
    assert "Places ajoutées par arrêté" in page
    assert page.count('class="changed"') == 1


def test_the_second_person_is_told_when_the_forecast_is_no_longer_the_same(desk: FlaskClient, build: Builder):
    window = build.window(capacity=1, waiting_list=True)
    [build.submission() for _ in range(2)]
    desk.post(f"/windows/{window.code}/amendments/new", data=amended(window, capacity="5", step="ask", foreseen=amendment.mark({"capacity": 5})))
    build.submission()
    approval = db.session.query(Approval).one()
    assert "Des demandes ont bougé" in desk.get(f"/windows/{window.code}/asked/{approval.id}").text


def test_an_amendment_that_changes_nothing_is_refused(desk: FlaskClient, build: Builder):
    window = build.window()
    answer = desk.post(f"/windows/{window.code}/amendments/new", data=amended(window, step="preview"))
    assert answer.status_code == 422
    assert "Rien ne diffère" in answer.text


def test_an_instant_finer_than_a_second_is_not_a_change(build: Builder):
    window = build.window(opens_at=clock.now() - timedelta(hours=3, microseconds=7))
    assert amendment.changed(window, {"opens_at": window.opens_at.replace(microsecond=0), "capacity": 200}) == {}


def test_a_draft_is_changed_by_one_person(desk: FlaskClient, build: Builder):
    window = drafted(desk)
    values = amended(window, capacity="2000", paper_share="200", caps="CN 1200\nBR 300", step="ask", foreseen=amendment.mark({"capacity": 2000}))
    assert desk.post(f"/windows/{window.code}/amendments/new", data=values).status_code == 303
    assert quota_queries.window(window.code).capacity == 2000


def test_the_days_of_paper_are_declared(desk: FlaskClient, build: Builder):
    window = build.window(capacity=10, paper_share=4, policy={"order": "first_come", "paper_day": "sequence"})
    today = clock.today().isoformat()
    assert "Il reste 4 places de la part du papier" in desk.get(f"/windows/{window.code}/acts/paper").text
    assert act(desk, window, "paper", day="2016-13-01").status_code == 422
    assert act(desk, window, "paper", day=today).status_code == 303
    assert quota_queries.window(window.code).paper_through == clock.today()
    act(desk, window, "close", reason="Fin")
    assert act(desk, window, "settle", reason="Fin").status_code == 303


def test_a_draw_is_committed_to_then_revealed_by_two(desk: FlaskClient, build: Builder):
    window = build.window(capacity=2, policy=DRAWN)
    everybody = [build.submission() for _ in range(5)]
    act(desk, window, "close", reason="Fin de la période")
    assert "/acts/settle" not in desk.get(f"/windows/{window.code}").text, "nothing is settled before the draw"
    assert act(desk, window, "commit", public_source="Loto-Québec, 25 juin 2016").status_code == 303
    draw = quota_queries.draw(window.id)
    assert draw is not None
    sealed = desk.get(f"/windows/{window.code}/draw").text
    assert draw.commitment in sealed
    assert draw.secret not in sealed, "the secret stays sealed until it is revealed"
    assert act(desk, window, "reveal", public_value="4-8-15-16-23-42", reason="Valeur publiée").status_code == 303
    assert quota_queries.draw(window.id).revealed_at is None
    second = build.supervisor()
    approve(desk, build, second)
    draw = quota_queries.draw(window.id)
    assert draw.witness == second.name
    shown = desk.get(f"/windows/{window.code}/draw").text
    assert draw.secret in shown
    for one in everybody:
        assert str(one.id) in shown
    assert act(desk, window, "settle", reason="Tirage terminé").status_code == 303
    why = desk.get(f"/windows/{window.code}/arrivals/{everybody[0].id}").text
    assert draw.secret in why
    assert "Clé du tirage" in why


def test_a_round_needs_one_measure_and_two_people(desk: FlaskClient, build: Builder):
    window = build.window(capacity=2, policy=RANKED)
    assert act(desk, window, "round", reason="Première ronde", best="", cut_off="").status_code == 422
    assert act(desk, window, "round", reason="Première ronde", best="3", cut_off="50").status_code == 422
    assert act(desk, window, "round", reason="Première ronde", best="3", cut_off="").status_code == 303
    approval = approve(desk, build)
    assert approval.facts["outcome"] == "done"
    assert [one.best for one in quota_queries.rounds(window.id)] == [3]
