"""Who comes to a door that is not theirs is told which one is (S-7)."""

import re

import pytest

from backoffice.intake import door_queries, programmes
from tests.intake.conftest import Api, problem


@pytest.mark.parametrize("programme", sorted(programmes.DOORS))
def test_each_other_programme_is_told_its_own_door_in_both_languages_and_counted(api: Api, programme: str):
    french = problem(api.submit(api.build.content(programme=programme)), 409, "window-closed")["detail"]
    english = problem(api.submit(api.build.content(programme=programme), headers={"Accept-Language": "en"}), 409, "window-closed")["detail"]
    door = programmes.DOORS[programme]
    assert door.name_fr in french
    assert door.where_fr in french
    assert door.name_en in english
    assert door.where_en in english
    assert [(r.code, r.programme, r.count) for r in door_queries.refusals_by_reason()] == [("window-closed", programme, 2)]


def test_a_code_below_another_has_the_same_door(api: Api):
    assert "expérience québécoise" in problem(api.submit(api.build.content(programme="PEQ-D")), 409, "window-closed")["detail"]


def test_an_unknown_programme_and_one_whose_window_is_closed_keep_the_plain_words(api: Api):
    plain = problem(api.submit(api.build.content(programme="ZZZ")), 409, "window-closed")["detail"]
    api.build.window(code="P1", programme="PEQ", capacity=1, exempt_grounds=())
    assert api.submit(api.build.content(programme="PEQ")).status_code == 201
    from datetime import timedelta

    from backoffice.core import clock
    from tests.conftest import NOON

    with clock.stopped_at(NOON + timedelta(days=30)):
        assert problem(api.submit(api.build.content(programme="PEQ")), 409, "window-closed")["detail"] == plain


def test_every_code_is_one_that_the_schema_admits():
    assert all(re.fullmatch(r"[A-Z]{2,8}(-[A-Z0-9]{1,8})?", code) for code in programmes.DOORS)
