"""Whence the 30 days of payment run: the two texts of the ministry, chosen by a setting, and the guard between them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest

from backoffice.cases import queries as case_queries
from backoffice.core import clock
from backoffice.core.clock import MONTREAL
from backoffice.core.db import transaction
from backoffice.core.settings import SettingsError, read, settings
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.models import Term
from backoffice.fees.events import fee_owner
from backoffice.fees.rules import payment_day_zero
from backoffice.intake import queries as intake_queries
from backoffice.intake import service as intake
from backoffice.mail import queries as mail_queries

LATE_EVENING = datetime(2016, 6, 13, 23, 59, 50, tzinfo=MONTREAL)


@pytest.fixture
def from_submission(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with _setting(monkeypatch, "PAYMENT_START", "submission"):
        yield


@contextmanager
def _setting(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> Iterator[None]:
    with monkeypatch.context() as changed:
        changed.setenv(name, value)
        settings.cache_clear()
        yield
    settings.cache_clear()


def over_midnight(build) -> tuple[Term, str]:
    """Submitted ten seconds before midnight, settled and invited to pay ten seconds after."""
    build.window()
    with clock.stopped_at(LATE_EVENING):
        submission = build.submission(settle=False, at=LATE_EVENING)
    after = LATE_EVENING + timedelta(seconds=20)
    upto = intake_queries.wait_for_arrivals_under_way()
    with clock.stopped_at(after), transaction():
        intake.settle(submission.window_code, upto, at=after)
    case = case_queries.case_of_submission(submission.id)
    assert case is not None
    term = term_queries.term_of(fee_owner(build.fee(case).id))
    assert term is not None
    invitation = next(m for m in mail_queries.thread(case.id) if m.kind == "payment_invitation")
    return term, invitation.body.replace("\N{NO-BREAK SPACE}", " ")


def test_by_default_the_message_starts_the_days(build):
    term, body = over_midnight(build)
    assert (term.start, term.start_reason, term.last_day) == (date(2016, 6, 14), "message_readable", date(2016, 7, 14))
    assert "le 14 juin 2016" in body
    assert "devenu accessible" in body


def test_under_the_other_rule_the_submission_starts_them_and_the_message_says_so(build, from_submission):
    term, body = over_midnight(build)
    assert (term.start, term.start_reason, term.last_day) == (date(2016, 6, 13), "submitted", date(2016, 7, 13))
    assert "du jour où vous avez présenté votre demande, le 13 juin 2016" in body
    assert term.workings["day_zero_reason"] == "submitted"


def test_an_invitation_that_came_later_counts_from_itself_under_both_rules():
    drawn = date(2016, 6, 15)
    for rule in ("readable", "submission"):
        assert payment_day_zero(rule, date(2016, 6, 13), drawn) == (drawn, "message_readable")


def test_a_rule_that_does_not_exist_is_refused_at_the_start():
    with pytest.raises(SettingsError, match="PAYMENT_START"):
        read({"DATABASE_URL": "postgresql://x", "SECRET_KEY": "x" * 32, "PAYMENT_START": "stamp"})
