"""Scores: what the decision counts, as data, with what each was computed from."""

import json
import re

import pytest

from backoffice.quota.rules.inputs import Terms
from backoffice.quota.rules.scores import CriteriaError, check, score
from backoffice.quota.service.checks import check_terms
from tests.conftest import ROOT
from tests.quota.notebook import TERMS

CONTENT = {
    "principal_applicant": {"language_at_home": "fra", "age": 31, "speaks/reads": True}, "children": [{}, {}, {}], "spouse": None,
    "quota_exemption": {"reference": "OEV-1"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "points", "value"),
    [
        ({"path": "/principal_applicant/language_at_home", "points": {"fra": 16, "eng": 6}}, 16, "fra"),
        ({"path": "/principal_applicant/language_at_home", "points": {"eng": 6}}, 0, "fra"),
        ({"path": "/principal_applicant/age", "points": {"31": 12}}, 12, 31),
        ({"path": "/principal_applicant/speaks~1reads", "points": {"true": 3}}, 3, True),
        ({"path": "/children", "per_unit": 4, "max": 8}, 8, 3), ({"path": "/children", "per_unit": 4}, 12, 3),
        ({"path": "/principal_applicant/age", "per_unit": 2}, 62, 31), ({"path": "/nowhere/0", "per_unit": 2}, 0, None),
        ({"path": "/quota_exemption/reference", "present": 10}, 10, "OEV-1"), ({"path": "/spouse", "present": 10}, 0, None),
        ({"path": "/children/2", "present": 1}, 0, 0), ({"path": "/children/3", "present": 1}, 0, None),
    ],
)  # fmt: skip
def test_each_criterion_gives_its_points_and_keeps_what_it_found(criterion: dict[str, object], points: int, value: object):
    found = score({"score": [{"name": "c", **criterion}]}, CONTENT, offer=True)
    assert (found.score, found.offer, found.inputs) == (points, True, {"c": {"value": value, "points": points}})


def test_the_score_is_the_sum():
    criteria = [{"name": "a", "path": "/children", "per_unit": 4}, {"name": "b", "path": "/quota_exemption", "present": 5}]
    check(criteria)
    assert score({"score": criteria}, CONTENT).score == 17
    assert score({}, CONTENT).score == 0


@pytest.mark.parametrize(
    "criteria",
    [
        {}, ["a"], [{"name": "a", "path": "/x"}], [{"name": "a", "path": "x", "present": 1}], [{"path": "/x", "present": 1}],
        [{"name": "a", "path": "/x", "present": 1, "per_unit": 1}], [{"name": "a", "path": "/x", "present": 1.5}],
        [{"name": "a", "path": "/x", "points": {"y": "1"}}], [{"name": "a", "path": "/x", "per_unit": 1, "max": None}],
    ],
)  # fmt: skip
def test_criteria_that_nobody_could_apply_are_refused(criteria: object):
    with pytest.raises(CriteriaError):
        check(criteria)


def test_the_examples_of_the_page_are_decisions_that_can_be_loaded():
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "policies.md").read_text(), re.DOTALL)
    assert len(blocks) == 4
    for block in blocks:
        data = json.loads(block)
        terms = {name: data[name] for name in ("capacity", "policy", "country_caps", "paper_share") if name in data}
        check_terms(Terms(**{name: terms.get(name, getattr(TERMS, name)) for name in Terms.__dataclass_fields__}))
