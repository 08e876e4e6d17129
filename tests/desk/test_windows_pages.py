"""The pages of a period: open to their roles, each number with the list that adds up to it, and everything without scripts."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from backoffice.core import clock
from backoffice.desk.windows import board, reading
from backoffice.desk.windows.reading import Wanted
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.staff.permissions import Role
from tests.builders import Builder

PAGES = ("", "/arrivals", "/attempts", "/versions", "/notices", "/live")
READERS = {Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR}


def full(build: Builder) -> Window:
    """A period of three places: one confirmed, two held, two refused for the cap, one refused for its country, one exempt."""
    window = build.window(capacity=3, country_caps={"default": None, "by_country": {"BR": 1}})
    build.paid_case()
    build.case(abroad(build, "BR"))
    build.submission(abroad(build, "BR"))
    build.case()
    build.case(build.content(quota_exemption={"ground": "validated_job_offer", "reference": "OEV-1"}))
    build.submission()
    build.submission()
    return quota_queries.window(window.code)


def abroad(build: Builder, country: str) -> dict[str, object]:
    """A family that counts for a country."""
    return build.content(
        principal={"citizenships": [country], "birth_country": country, "address": {"lines": ["1"], "locality": "X", "country": country}}
    )


@pytest.mark.parametrize("role", list(Role))
def test_the_pages_are_open_to_those_who_read_periods(client: FlaskClient, build: Builder, role: Role):
    window = full(build)
    build.sign_in(client, build.account(role))
    expected = 200 if role in READERS else 403
    assert client.get("/windows").status_code == expected
    for path in PAGES:
        answer = client.get(f"/windows/{window.code}{path}")
        assert answer.status_code == expected, (path, answer.text[-3000:])


def test_a_page_of_no_period_is_not_found(client: FlaskClient, build: Builder):
    build.sign_in(client, build.supervisor())
    assert client.get("/windows").status_code == 200
    for path in (*PAGES, "/draw", "/acts/close", "/amendments/new", "/asked/1"):
        assert client.get(f"/windows/NOWHERE{path}").status_code == 404, path


def test_each_number_opens_a_list_that_adds_up_to_it(client: FlaskClient, build: Builder):
    window = full(build)
    build.sign_in(client, build.supervisor())
    shown = read(client, window)
    linked = [one for one in (*shown.counts, *shown.statuses, *shown.refusals) if one.url]
    assert {one.name: one.many for one in shown.statuses} == {"provisional": 2, "confirmed": 1, "refused": 3, "exempt": 1}
    for one in linked:
        assert listed(client, str(one.url)) == one.many, one
    for group in (*shown.channels, *shown.countries):
        name = "channel" if group.code == "online" else "country"
        assert listed(client, f"/windows/{window.code}/arrivals?{name}={group.code}") == group.arrivals
    assert listed(client, f"/windows/{window.code}/arrivals") == shown.total == sum(one.many for one in shown.statuses)


def read(client: FlaskClient, window: Window, hour: str = "") -> board.Board:
    """What the page of a period shows."""
    with client.application.test_request_context():
        return board.board(window, hour=hour, at=clock.now())


def listed(client: FlaskClient, url: str) -> int:
    """How many rows the list behind a number has, page after page."""
    rows, seen = 0, 0
    while True:
        page = client.get(url).text
        rows += page.count("data-open")
        said = re.search(r'role="status">(\d+)', page)
        assert said
        seen = int(said[1])
        following = re.search(r'href="([^"]+)" rel="next"', page)
        if not following:
            break
        url = following[1].replace("&amp;", "&")
    assert rows == seen
    return rows


def test_the_list_is_paged_without_losing_or_repeating_anybody(build: Builder):
    window = full(build)
    everybody = reading.arrivals(window, Wanted(), limit=100)
    first = reading.arrivals(window, Wanted(), limit=3)
    rest = reading.arrivals(window, Wanted(), after=(first[-1].sequence, first[-1].id), limit=100)
    back = reading.arrivals(window, Wanted(), before=(rest[0].sequence, rest[0].id), limit=3)
    assert [*first, *rest] == everybody
    assert back == first


def test_the_parts_of_the_places_add_up_to_the_maximum_and_its_margin(client: FlaskClient, build: Builder):
    build.window(capacity=3, margin=2, reserve=1, paper_share=1)
    build.paid_case()
    shown = read(client, quota_queries.windows()[0])
    assert shown.places.parts == {"confirmed": 1, "provisional": 0, "reserve": 1, "paper": 1, "free": 2}
    assert sum(shown.places.parts.values()) == shown.places.total == 5
    assert sum(part.width for part in shown.parts) == pytest.approx(100, abs=0.1)


def test_every_arrival_of_the_hour_is_in_the_chart_and_in_its_table(client: FlaskClient, build: Builder):
    window = full(build)
    build.sign_in(client, build.supervisor())
    shown = read(client, window, "last")
    assert sum(minute.total for minute in shown.chart.minutes) == 7
    page = client.get(f"/windows/{window.code}?hour=last").text
    [minute] = [one for one in shown.chart.minutes if one.total]
    assert dict(minute.many) == {"given": 4, "waiting": 0, "without": 3}
    link = f"/windows/{window.code}/arrivals?minute={minute.at:%Y-%m-%dT%H:%MZ}"
    assert link.replace(":", "%3A") in page or link in page
    assert listed(client, link) == 7


def test_the_live_part_says_nothing_while_nothing_changed(client: FlaskClient, build: Builder):
    window = full(build)
    build.sign_in(client, build.supervisor())
    page = client.get(f"/windows/{window.code}").text
    assert f'hx-get="/windows/{window.code}/live' in page
    seen = re.search(r'id="seen" name="seen" value="(\w+)"', page)
    assert seen
    assert client.get(f"/windows/{window.code}/live?seen={seen[1]}").status_code == 204
    build.submission()
    part = client.get(f"/windows/{window.code}/live?seen={seen[1]}")
    assert part.status_code == 200
    assert "<html" not in part.text
    assert 'id="hour" hx-swap-oob="innerHTML"' in part.text


def test_failures_come_first(client: FlaskClient, build: Builder, family: dict[str, object]):
    window = full(build)
    supervisor = build.supervisor()
    build.sign_in(client, supervisor)
    assert "Aucun échec" in client.get(f"/windows/{window.code}").text
    build.submission(settle=False)
    with clock.stopped_at(clock.now() + timedelta(seconds=42)):
        page = client.get(f"/windows/{window.code}").text
    assert re.search(r"<b>42</b> <span>secondes que la plus ancienne arrivée attend", page)
    assert page.index("attend son résultat") < page.index("places confirmées")
    assert listed(client, f"/windows/{window.code}/arrivals?status=pending") == 1


def test_attempts_refused_while_suspended_are_counted_and_listed(client: FlaskClient, build: Builder):
    window = full(build)
    build.sign_in(client, build.supervisor())
    client.post(f"/windows/{window.code}/acts/suspend", data={"reason": "Panne du portail", "rule": "keep"})
    sent = client.post("/api/v1/submissions", json=build.content(), headers=build.key())
    assert (sent.status_code, sent.json["type"].rsplit(":")[-1]) == (409, "window-suspended")
    page = client.get(f"/windows/{window.code}").text
    assert "tentatives refusées : réception suspendue" in page.replace("\xa0", " ")
    attempts = client.get(f"/windows/{window.code}/attempts?answer=window-suspended").text
    assert "réception suspendue" in attempts
    assert attempts.count("<tbody><tr>") == 1
