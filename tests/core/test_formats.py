"""Days in words, as Québec writes them."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from backoffice.core import formats
from backoffice.deadlines import wording


@pytest.mark.parametrize(
    ("language", "plain", "named"),
    [("fr", "1er novembre 2026", "dimanche 1er novembre 2026"), ("en", "November 1, 2026", "Sunday, November 1, 2026")],
)
def test_the_first_of_a_month(app: Flask, language: str, plain: str, named: str) -> None:
    day = date(2026, 11, 1)
    with app.test_request_context(), force_locale(language):
        assert formats.longday(day) == plain
        assert formats.longday(day, weekday=True) == named
    assert wording._day(day, language).replace("\u00a0", " ") == named


def test_other_days_and_instants_in_french(app: Flask) -> None:
    with app.test_request_context(), force_locale("fr"):
        assert formats.longday(date(2026, 11, 11)) == "11 novembre 2026"
        assert formats.instant(datetime(2026, 11, 1, 17, 4, tzinfo=UTC)).startswith("1er nov. 2026, 12")
