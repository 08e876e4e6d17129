"""The settings of the clocks: read once, refused loudly."""

from datetime import date

import pytest

from backoffice.core.settings import SettingsError, read

LEAST = {"DATABASE_URL": "postgresql://x", "SECRET_KEY": "x" * 32}


def test_without_a_word_the_person_is_favoured():
    chosen = read(LEAST)
    assert (chosen.strict_calendar, chosen.payment_start, dict(chosen.proclaimed)) == (False, "readable", {})


def test_the_strict_calendar_the_other_start_and_proclaimed_days_are_settings():
    chosen = read(LEAST | {"STRICT_I16": "1", "PAYMENT_START": "submission", "PROCLAIMED_HOLIDAYS": "2016-07-15=Décret 1; 2017-07-14 = Décret 2 ;"})
    assert (chosen.strict_calendar, chosen.payment_start) == (True, "submission")
    assert chosen.proclaimed == {date(2016, 7, 15): "Décret 1", date(2017, 7, 14): "Décret 2"}


@pytest.mark.parametrize("wrong", ["2016-02-30=Décret 1", "15 juillet=Décret 1", "2016-07-15", "2016-07-15="])
def test_a_proclaimed_day_that_does_not_exist_or_has_no_text_is_refused(wrong: str):
    with pytest.raises(SettingsError, match="PROCLAIMED_HOLIDAYS"):
        read(LEAST | {"PROCLAIMED_HOLIDAYS": wrong})
