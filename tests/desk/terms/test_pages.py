"""The page of a term, and the three acts by which a supervisor moves it: read first, done only as read."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from backoffice.cases.events import case_subject
from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.settings import settings
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.models import Term
from backoffice.fees.events import fee_owner
from tests.conftest import NOON


@pytest.fixture
def case(build):
    return build.case()


@pytest.fixture
def term(build, case) -> Term:
    found = term_queries.term_of(fee_owner(build.fee(case).id))
    assert found is not None
    return found


def fresh(term: Term) -> Term:
    db.session.expire_all()
    return term_queries.term(term.subject, term.id)


def page_of(client, case, term, part: str = ""):
    return client.get(f"/cases/{case.number}/terms/{term.id}{part}")


def move(client, case, term, part: str, **data: object):
    return client.post(f"/cases/{case.number}/terms/{term.id}/{part}/new", data=data)


def test_the_page_shows_the_count_its_days_and_its_text(build, client, case, term):
    build.sign_in(client, build.caseworker())
    shown = page_of(client, case, term)
    assert shown.status_code == 200
    for said in (
        "mercredi 13 juillet 2016",
        "Le 30ᵉ jour est le",
        "payment-2016-01-05",
        "mise à disposition du message",
        "2016-07-14 04:00:00 UTC",
        "juin 2016",
    ):
        assert said in shown.text
    assert shown.text.count('class="cal-counted"') == 29
    assert shown.text.count('<td class="cal-last"') == 1
    assert "/extension/new" not in shown.text


def test_the_case_leads_to_it_from_its_bar_and_from_the_short_form(build, client, case, term):
    build.sign_in(client, build.caseworker())
    shown = client.get(f"/cases/{case.number}").text
    assert shown.count(f'href="/cases/{case.number}/terms/{term.id}"') == 2


def test_a_caseworker_moves_nothing(build, client, case, term):
    build.sign_in(client, build.caseworker())
    for part in ("extension", "start", "count"):
        assert page_of(client, case, term, f"/{part}/new").status_code == 403


def test_a_term_of_another_case_is_not_found(build, client, case, term):
    other = build.case()
    build.sign_in(client, build.caseworker())
    assert page_of(client, other, term).status_code == 404


def test_an_extension_is_read_before_it_is_granted(build, client, case, term):
    build.sign_in(client, build.supervisor())
    assert page_of(client, case, term, "/extension/new").status_code == 200
    seen = move(client, case, term, "extension", days="10", reason="Panne du service postal", step="preview")
    assert (seen.status_code, "samedi" in seen.text) == (200, True)  # 40 days end on Saturday 23 July
    assert "lundi 25 juillet 2016" in seen.text
    assert fresh(term).last_day == date(2016, 7, 13)
    done = move(client, case, term, "extension", days="10", reason="Panne du service postal", step="confirm", seen="2016-07-25")
    assert done.status_code == 303
    assert fresh(term).last_day == date(2016, 7, 25)
    told = client.get(done.headers["Location"]).text
    assert "Panne du service postal" in told
    assert "+ 10 jours" in told


def test_what_was_not_seen_is_not_done(build, client, case, term):
    build.sign_in(client, build.supervisor())
    other = move(client, case, term, "extension", days="20", reason="Maladie", step="confirm", seen="2016-07-25")
    assert (other.status_code, fresh(term).last_day) == (200, date(2016, 7, 13))
    assert "mardi 2 août 2016" in other.text


@pytest.mark.parametrize(("days", "reason"), [("31", "Maladie"), ("0", "Maladie"), ("dix", "Maladie"), ("10", "  ")])
def test_what_is_not_an_extension_is_refused_on_the_form(build, client, case, term, days: str, reason: str):
    build.sign_in(client, build.supervisor())
    refused = move(client, case, term, "extension", days=days, reason=reason, step="confirm", seen="2016-07-25")
    assert (refused.status_code, fresh(term).extensions) == (422, [])


def test_of_two_supervisors_the_second_is_told_that_it_was_granted_already(build, client, case, term):
    """She read a last day; her colleague granted days meanwhile."""
    build.sign_in(client, build.supervisor())
    move(client, case, term, "extension", days="10", reason="Maladie", step="preview")
    with transaction():
        deadlines.extend_term(term.owner, 5, "Grève", by=SYSTEM, at=NOON)
    refused = move(client, case, term, "extension", days="10", reason="Maladie", step="confirm", seen="2016-07-25")
    assert refused.status_code == 422
    assert "Une seule prolongation" in refused.text
    assert [one.days for one in fresh(term).extensions] == [5]


def test_after_midnight_of_the_last_day_no_extension_is_granted(build, client, case, term):
    build.sign_in(client, build.supervisor())
    last_second = datetime(2016, 7, 14, 3, 59, 59, tzinfo=UTC)
    with clock.stopped_at(last_second):
        build.sign_in(client, build.supervisor())
        assert move(client, case, term, "extension", days="5", reason="Maladie", step="preview").status_code == 200
    with clock.stopped_at(last_second + timedelta(seconds=1)):
        build.sign_in(client, build.supervisor())
        refused = move(client, case, term, "extension", days="5", reason="Maladie", step="preview")
    assert refused.status_code == 422
    assert "déjà terminé" in refused.text


def test_a_start_recorded_wrong_is_corrected_and_the_old_one_kept(build, client, case, term):
    build.sign_in(client, build.supervisor())
    with clock.stopped_at(NOON + timedelta(days=3)):
        build.sign_in(client, build.supervisor())
        seen = move(client, case, term, "start", start="2016-06-15", reason="Lettre postée le 15", step="preview")
        assert "vendredi 15 juillet 2016" in seen.text
        done = move(client, case, term, "start", start="2016-06-15", reason="Lettre postée le 15", step="confirm", seen="2016-07-15")
        assert done.status_code == 303
        told = client.get(done.headers["Location"]).text
    moved = fresh(term)
    assert (moved.start, moved.last_day, moved.run) == (date(2016, 6, 15), date(2016, 7, 15), 1)
    assert "Lettre postée le 15" in told
    assert [past.start for past in term_queries.past_starts(term.id)] == [date(2016, 6, 13)]
    assert "corrigé" in told


def test_a_new_setting_moves_no_running_term_until_a_supervisor_has_it_counted_again(build, client, case, term, monkeypatch):
    with monkeypatch.context() as changed:
        changed.setenv("PROCLAIMED_HOLIDAYS", "2016-07-13=Décret fictif 7-2016")
        settings.cache_clear()
        build.sign_in(client, build.supervisor())
        before = page_of(client, case, term).text
        assert fresh(term).last_day == date(2016, 7, 13) == deadlines.derived(fresh(term)).last_day
        assert "/count/new" in before
        seen = move(client, case, term, "count", reason="Jour férié proclamé", step="preview")
        assert "jeudi 14 juillet 2016" in seen.text
        done = move(client, case, term, "count", reason="Jour férié proclamé", step="confirm", seen="2016-07-14")
        assert done.status_code == 303
        told = client.get(done.headers["Location"]).text
        assert "Décret fictif 7-2016" in told
        assert "/count/new" not in told
    settings.cache_clear()
    assert fresh(term).last_day == date(2016, 7, 14)
    assert fresh(term).calendar["version"] == "I-16/2016+2016-07-13"


def test_what_bars_the_end_is_said_on_the_page(build, client, case, term):
    with transaction():
        deadlines.bar_ends(case_subject(case.id), "unreachable", "m-1", by=SYSTEM, at=NOON)
        deadlines.note_unsettled("mail", "E-2016-1", date(2016, 7, 13))
    build.sign_in(client, build.caseworker())
    shown = page_of(client, case, term).text
    assert "Ce délai ne peut pas encore prendre fin" in shown
    assert "n’a pas pu être jointe" in shown
    assert "E-2016-1" not in shown, "mail of these days is no matter before they are over"
    with clock.stopped_at(NOON + timedelta(days=31)):
        build.sign_in(client, build.caseworker())
        assert "E-2016-1" in page_of(client, case, term).text


def test_an_extension_that_cannot_be_is_said_before_anybody_types(build, client, case, term):
    with transaction():
        deadlines.extend_term(term.owner, 5, "Grève", by=SYSTEM, at=NOON)
    build.sign_in(client, build.supervisor())
    shown = page_of(client, case, term, "/extension/new")
    assert shown.status_code == 200
    assert "Une seule prolongation d’au plus 30 jours peut être accordée" in shown.text
    assert 'name="days"' not in shown.text


def test_a_stopped_clock_says_so_and_draws_its_first_days(build, client, case, term):
    with transaction():
        deadlines.add_pause(term.id, date(2016, 6, 20), None, "outage", "P-1", by=SYSTEM, at=NOON)
    build.sign_in(client, build.caseworker())
    shown = page_of(client, case, term)
    assert shown.status_code == 200
    assert "Le délai est suspendu" in shown.text
    assert 'class="cal-paused"' in shown.text


def test_the_rules_are_shown_with_their_versions_and_the_holidays_with_their_source(build, client):
    build.sign_in(client, build.clerk())
    shown = re.sub(r"<[^>]*>", "", client.get("/terms/rules?year=2018").text)
    assert "2018-07-02" in shown
    assert "I-16, art. 61 (23°)" in shown
    assert "du 2014-01-01 au 2018-08-01" in shown
    assert "intention_to_reject-2018-08-02" in shown
    assert client.get("/terms/rules?year=1912").status_code == 404


def test_a_proclaimed_holiday_is_on_the_list_of_its_year(build, client, monkeypatch):
    with monkeypatch.context() as changed:
        changed.setenv("PROCLAIMED_HOLIDAYS", "2016-07-13=Décret fictif 7-2016")
        settings.cache_clear()
        build.sign_in(client, build.clerk())
        assert "Décret fictif 7-2016" in client.get("/terms/rules?year=2016").text
        assert "Décret fictif 7-2016" not in client.get("/terms/rules?year=2017").text
    settings.cache_clear()
