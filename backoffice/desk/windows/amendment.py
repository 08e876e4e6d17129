"""A change of the decision: what differs, and the dry run that says who would move, shown to whoever asks and to whoever approves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from backoffice.core.canonical import digest
from backoffice.core.formats import country, instant, number
from backoffice.desk.windows import acts
from backoffice.desk.words import word
from backoffice.quota import service as quota
from backoffice.quota.models import Window

Changes = dict[str, object]

TERMS = {
    "decision": _l("Reference of the decision"), "opens_at": _l("Opens"), "closes_at": _l("Closes"), "capacity": _l("Maximum of places"),
    "margin": _l("Margin above the maximum"), "reserve": _l("Reserve for people prevented by a fault"), "paper_share": _l("Share of the places for paper"),
    "country_caps": _l("Most for one country"), "waiting_list": _l("Waiting list"), "channels": _l("Doors"),
    "exempt_grounds": _l("Grounds received outside the quota"), "policy": _l("How places are given"), "tariff_rule": _l("Rule of the fees"),
}  # fmt: skip
"""The terms that a version of a decision has, in their order on the page."""


@dataclass(frozen=True, slots=True)
class Change:
    """One term that changes, in words."""

    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Who would move: by door and country, and in all."""

    rows: tuple[Mapping[str, object], ...]
    bars: tuple[Mapping[str, object], ...]
    moved: int

    @property
    def mark(self) -> str:
        """The same forecast has the same mark."""
        return digest([dict(row) for row in self.rows])[:16]


def changed(window: Window, terms: Mapping[str, object]) -> Changes:
    """Of what was typed, what differs from the decision as it stands."""
    return {name: value for name, value in terms.items() if _same(value) != _same(getattr(window, name))}


def _same(value: object) -> object:
    if isinstance(value, datetime):
        return int(value.timestamp())  # typed to the second: what is finer was not changed by anybody
    if isinstance(value, list):
        return sorted(value)
    if isinstance(value, Mapping) and "by_country" in value:
        return value.get("default"), sorted((value.get("by_country") or {}).items())
    return value


def mark(changes: Changes) -> str:
    """What a page foresaw: another set of changes has another mark."""
    return digest(acts.as_facts(changes))[:16]


def foreseen(window: Window, changes: Changes) -> Foreseen:
    """The dry run: nothing is written."""
    forecast = quota.foresee(window.id, changes)
    rows = tuple(
        {"channel": one.channel, "country": one.country, "before": one.before, "after": one.after, "many": one.count}
        for one in forecast.rows
        if one.before != one.after
    )
    totals: dict[tuple[str, str], int] = {}
    for row in rows:
        key = str(row["before"]), str(row["after"])
        totals[key] = totals.get(key, 0) + int(str(row["many"]))
    bars = tuple(
        {"label": _("%(before)s → %(after)s", before=word(before, "admission"), after=word(after, "admission")), "value": many, "url": None}
        for (before, after), many in sorted(totals.items())
    )
    return Foreseen(rows, bars, sum(totals.values()))


def described(facts: Mapping[str, object]) -> list[Change]:
    """The changes that were asked for, beside what stood when they were asked for."""
    changes, before = acts.revived(facts["changes"]), acts.revived(facts.get("before") or {})
    return [Change(name, str(TERMS[name]), shown(name, before.get(name)), shown(name, value)) for name, value in changes.items() if name in TERMS]


def differences(window: Window, changes: Changes) -> list[Change]:
    """The changes beside what stands now."""
    return [Change(name, str(TERMS[name]), shown(name, getattr(window, name)), shown(name, value)) for name, value in changes.items()]


def shown(name: str, value: object) -> str:
    """A term in words."""
    if isinstance(value, Mapping):
        return _caps(value) if name == "country_caps" else _policy(value)
    if isinstance(value, list):
        return ", ".join(word(one, "channel" if name == "channels" else "ground") for one in value) or "—"
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return number(value) if isinstance(value, int) else str(value or "—")


def _caps(caps: Mapping[str, object]) -> str:
    default = caps.get("default")
    by_country = caps.get("by_country") or {}
    assert isinstance(by_country, Mapping)
    lines = [_("each: %(most)s", most=number(int(str(default)))) if default is not None else _("no limit")]
    return "\n".join(lines + [f"{country(code)} {number(most)}" for code, most in sorted(by_country.items())])


def _policy(policy: Mapping[str, object]) -> str:
    lines = [word(policy.get("order") or "first_come", "order")]
    if policy.get("tie_seconds"):
        lines.append(_("ties within %(seconds)s s are drawn", seconds=policy["tie_seconds"]))
    if policy.get("paper_day"):
        lines.append(_("envelopes of one day: %(how)s", how=word(policy["paper_day"], "paper_day")))
    return "\n".join(lines)
