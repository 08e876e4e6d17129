"""Scores of declarations: what the decision counts, as data; each score keeps what it was computed from (docs/policies.md)."""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from backoffice.quota.values import Score

KINDS: Final = ("points", "per_unit", "present")


class CriteriaError(ValueError):
    """A policy whose criteria cannot be read."""


def check(criteria: object) -> None:
    """Refuse criteria that no score could be computed from."""
    if not isinstance(criteria, list):
        raise CriteriaError("policy.score is a list of criteria")
    for each in criteria:
        ways = [kind for kind in KINDS if kind in each] if isinstance(each, dict) else []
        if len(ways) != 1 or not isinstance(each.get("name"), str) or not str(each.get("path", "")).startswith("/"):
            raise CriteriaError("a criterion has a name, a path that begins with /, and one of points, per_unit, present")
        amounts = each["points"].values() if isinstance(each.get("points"), dict) else [each.get("per_unit", each.get("present"))]
        if not all(type(amount) is int for amount in [*amounts, each.get("max", 0)]):
            raise CriteriaError(f"{each['name']}: points are whole numbers")


def score(policy: Mapping[str, object], content: Mapping[str, object], *, offer: bool = False) -> Score:
    """Add up the points of an application; the value found for each criterion and its points are kept beside the sum."""
    total, inputs = 0, {}
    for criterion in cast("Sequence[Mapping[str, object]]", policy.get("score") or ()):
        value = at_path(content, str(criterion["path"]))
        points = _points(criterion, value)
        inputs[str(criterion["name"])] = {"value": value if not isinstance(value, dict | list) else len(value), "points": points}
        total += points
    return Score(total, offer, inputs)


def at_path(content: object, path: str) -> object:
    """The value at a JSON pointer (RFC 6901); nothing there gives nothing."""
    for part in path.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(content, dict):
            content = content.get(name)
        elif isinstance(content, list) and name.isdigit() and int(name) < len(content):
            content = content[int(name)]
        else:
            return None
    return content


def _points(criterion: Mapping[str, object], value: object) -> int:
    if "present" in criterion:
        return cast("int", criterion["present"]) if value else 0
    if "points" in criterion:
        return cast("Mapping[str, int]", criterion["points"]).get(_text(value), 0)
    units = len(value) if isinstance(value, dict | list) else value if type(value) is int else 0
    points = max(0, units) * cast("int", criterion["per_unit"])
    return min(points, cast("int", criterion["max"])) if "max" in criterion else points


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, dict | list) else str(value)
