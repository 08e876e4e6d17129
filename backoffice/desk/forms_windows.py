"""What a supervisor types about an intake period: the decision, its notices, and the acts with their reasons."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from backoffice.core.clock import MONTREAL
from backoffice.core.forms import Form, IsoDateField, plain, strip, text
from backoffice.desk.words import ARRIVALS_RULE, CHANNEL, GROUND, ORDER, PAPER_DAY

MOST = 1_000_000
"""No decision of the ministry speaks of a million places: more is a slip of the finger."""

PROGRAMME = re.compile(r"[A-Z]{2,8}(-[A-Z0-9]{1,8})?\Z")
"""A programme as an application names it (submission.schema.json)."""

_INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ,]+(\d{1,2}) ?[:h] ?(\d{2})(?::(\d{2}))?")
_LINE = re.compile(r"([A-Za-z]{2})[\s:=]+([\d\s]+)")


class CountField(StringField):  # type: ignore[misc]  # WTForms carries no types
    """A whole number, spaces between thousands allowed (« 5 000 »)."""

    count: int | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; what was typed stays on the form when it is none."""
        self.count = None
        if not (valuelist and (typed := valuelist[0].strip())):
            self.data = None
            return
        self.data = typed
        bare = "".join(typed.split()).replace("\N{NARROW NO-BREAK SPACE}", "")
        if not (bare.isascii() and bare.isdecimal()) or int(bare) > MOST:
            raise ValueError(_("Write a whole number, such as 5 000."))
        self.count = int(bare)


class InstantField(StringField):  # type: ignore[misc]  # WTForms carries no types
    """A day and an hour of Montréal: « 2016-06-13 08:30 »."""

    instant: datetime | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the instant; an hour that the change of clocks leaves out is refused."""
        self.instant = None
        if not (valuelist and (typed := valuelist[0].strip())):
            self.data = None
            return
        self.data = typed
        self.instant = read_instant(typed)


def read_instant(typed: str) -> datetime:
    """An instant as people write it, in the hour of Montréal."""
    found = _INSTANT.fullmatch(typed)
    plainly = f"{found[1]}T{int(found[2]):02}:{found[3]}:{found[4] or '00'}" if found else ""
    try:
        at = datetime.fromisoformat(plainly).replace(tzinfo=MONTREAL)
    except ValueError:
        raise ValueError(_("Write a day and an hour of Montréal, such as 2016-06-13 08:30.")) from None
    if at.astimezone(UTC).astimezone(MONTREAL).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise ValueError(_("This hour does not exist: the clocks change that night."))
    return at


def typed_instant(at: datetime | None) -> str:
    """An instant as the form shows it."""
    return "" if at is None else at.astimezone(MONTREAL).strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


class CapsField(TextAreaField):  # type: ignore[misc]  # WTForms carries no types
    """The most for each country, a line each: « CN 1200 »."""

    caps: Mapping[str, int] = {}

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines; the first wrong one is named."""
        self.data = valuelist[0] if valuelist else ""
        self.caps = read_caps(self.data)


def read_caps(typed: str) -> dict[str, int]:
    """The caps by country of a table with a line for each."""
    caps: dict[str, int] = {}
    for place, line in enumerate(typed.splitlines(), 1):
        if not line.strip():
            continue
        found = _LINE.fullmatch(line.strip())
        if not found:
            raise ValueError(_("Line %(place)s: write a country and a number, such as CN 1200.", place=place))
        caps[found[1].upper()] = int("".join(found[2].split()))
    return caps


class TicksField(SelectMultipleField):  # type: ignore[misc]  # WTForms carries no types
    """Several choices, each with its box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _choices(words: Mapping[str, object]) -> list[SelectChoice]:
    return [SelectChoice(code, label) for code, label in words.items()]


def _count(label: object, *, required: bool = False) -> CountField:
    return CountField(label, [InputRequired(_l("Write a number."))] if required else [])


def _reason(label: object = _l("Reason"), hint: object = _l("Say why, in a sentence: it stands in the trail.")) -> TextAreaField:
    return TextAreaField(label, [InputRequired(hint), Length(max=1000), plain], filters=[strip])


class TermsForm(Form):
    """The terms of a decision, as far as they may change afterwards."""

    decision = text(_l("Reference of the decision"), longest=300)
    opens_at = InstantField(_l("Opens"), [InputRequired(_l("Write the day and the hour."))])
    closes_at = InstantField(_l("Closes"), [InputRequired(_l("Write the day and the hour."))])
    capacity = _count(_l("Maximum of places"), required=True)
    margin = _count(_l("Margin above the maximum"))
    reserve = _count(_l("Reserve for people prevented by a fault"))
    paper_share = _count(_l("Share of the places for paper"))
    cap_default = _count(_l("Most for each country"))
    caps = CapsField(_l("Most for particular countries"), [Length(max=5000), plain])
    waiting_list = BooleanField(_l("Keep a waiting list"))
    channels = TicksField(_l("Doors"), choices=_choices(CHANNEL))
    exempt_grounds = TicksField(_l("Grounds received outside the quota"), choices=_choices(GROUND))

    def validate_closes_at(self, field: InstantField) -> None:
        """A period closes after it opens."""
        if field.instant and self.opens_at.instant and field.instant <= self.opens_at.instant:
            raise ValidationError(_("A period closes after it opens."))

    def validate_channels(self, field: TicksField) -> None:
        """A period without a door receives nobody."""
        if not field.data:
            raise ValidationError(_("Tick one door at least."))

    def validate_paper_share(self, field: CountField) -> None:
        """The share of paper is part of the places."""
        if field.count is not None and self.capacity.count is not None and field.count > self.capacity.count + (self.margin.count or 0):
            raise ValidationError(_("The share of paper cannot be more than the maximum and its margin."))

    def validate_reserve(self, field: CountField) -> None:
        """The reserve is part of the places."""
        if field.count and self.capacity.count is not None and field.count > self.capacity.count + (self.margin.count or 0):
            raise ValidationError(_("The reserve cannot be more than the maximum and its margin."))

    def terms(self) -> dict[str, object]:
        """What was typed, by the names that the decision uses."""
        return {
            "decision": self.decision.data, "opens_at": self.opens_at.instant, "closes_at": self.closes_at.instant,
            "capacity": self.capacity.count or 0, "margin": self.margin.count or 0, "reserve": self.reserve.count or 0,
            "paper_share": self.paper_share.count, "country_caps": {"default": self.cap_default.count, "by_country": dict(self.caps.caps)},
            "waiting_list": bool(self.waiting_list.data), "channels": list(self.channels.data or ()),
            "exempt_grounds": list(self.exempt_grounds.data or ()),
        }  # fmt: skip


class WindowForm(TermsForm):
    """A new period, as its decision sets it; kept as a draft."""

    code = text(
        _l("Code of the period"), Regexp(r"[A-Z0-9][A-Z0-9-]*\Z", message=_l("Write capital letters, figures and hyphens only, such as W2016-1.")),
        longest=40,
    )  # fmt: skip
    programme = text(
        _l("Programme code"),
        Regexp(PROGRAMME, message=_l("Write two to eight capital letters, such as PRTQ, or with a part after a hyphen.")),
        longest=17,
    )
    order = RadioField(_l("How places are given"), choices=_choices(ORDER), default="first_come")
    tie_seconds = _count(_l("Ties drawn within, in seconds"))
    paper_day = RadioField(_l("Envelopes of one day"), choices=_choices(PAPER_DAY), default="draw")
    offers_first = BooleanField(_l("Validated offers first, in each round"))
    tariff_rule = text(_l("Rule of the fees"), required=False, longest=60)
    notice_fr = TextAreaField(_l("Notice in French"), [Length(max=10_000), plain], filters=[strip])
    notice_en = TextAreaField(_l("Notice in English"), [Length(max=10_000), plain], filters=[strip])
    announced_at = InstantField(_l("Published at"))
    where = text(_l("Where it was published"), required=False, longest=300)

    def validate_announced_at(self, field: InstantField) -> None:
        """A notice that was published has its text in both languages."""
        if (field.instant or self.notice_fr.data or self.notice_en.data) and not (field.instant and self.notice_fr.data and self.notice_en.data):
            raise ValidationError(_("A notice has its text in both languages and the instant at which it was published: fill in all three, or none."))

    def policy(self) -> dict[str, object]:
        """The order, and what it needs."""
        policy: dict[str, object] = {"order": self.order.data, "tie_seconds": self.tie_seconds.count or 0, "paper_day": self.paper_day.data}
        return {**policy, "offers_first": True} if self.offers_first.data else policy


class DecisionFileForm(Form):
    """The decision as data: pasted, or sent as a file."""

    pasted = TextAreaField(_l("Decision, as data (JSON)"), [Length(max=100_000), plain])
    file = FileField(_l("Or its file"))

    def read(self) -> dict[str, object] | None:
        """The data, or nothing, the field saying why."""
        sent = self.file.data.read(100_001) if self.file.data else b""
        field, typed = (self.file, sent.decode("utf-8", "replace")) if sent else (self.pasted, str(self.pasted.data or ""))
        try:
            data = json.loads(typed)
        except (ValueError, RecursionError) as fault:
            where = _("line %(line)s, column %(column)s", line=fault.lineno, column=fault.colno) if isinstance(fault, json.JSONDecodeError) else ""
            field.errors = [_("This is not JSON: %(where)s", where=where)]
            return None
        if not isinstance(data, dict):
            field.errors = [_("A decision is one JSON object.")]
            return None
        return data


class NoticeForm(Form):
    """What is said to the public, when and where."""

    text_fr = TextAreaField(_l("Text in French"), [InputRequired(_l("Write what was said.")), Length(max=10_000), plain], filters=[strip])
    text_en = TextAreaField(_l("Text in English"), [InputRequired(_l("Write what was said.")), Length(max=10_000), plain], filters=[strip])
    published_at = InstantField(_l("Published at"), [InputRequired(_l("Write the day and the hour."))])
    where = text(_l("Where it was published"), longest=300)


class ActForm(Form):
    """An act on a period: its reason."""

    reason = _reason()


class StopForm(ActForm):
    """Suspending a period or calling it off: what becomes of those who arrived."""

    rule = RadioField(
        _l("Applications received"),
        [InputRequired(_l("Choose what becomes of them."))],
        choices=_choices(ARRIVALS_RULE),
        default="keep",
    )


class PaperDayForm(Form):
    """Up to which stamp every envelope is registered and keyed."""

    day = IsoDateField(_l("Every envelope stamped up to"), [InputRequired(_l("Write the day."))])


class CommitForm(Form):
    """The public value that will make the draw."""

    public_source = text(_l("Public value to come"), longest=300)


class RevealForm(ActForm):
    """The public value, now known."""

    public_value = text(_l("Public value"), longest=300)


class RoundForm(ActForm):
    """A round of invitations: the best so many, or down to a score."""

    best = _count(_l("The best"))
    cut_off = _count(_l("Or down to the score"))

    def validate_cut_off(self, field: CountField) -> None:
        """Exactly one of the two."""
        if (self.best.count is None) == (field.count is None):
            raise ValidationError(_("Fill in one of the two, and only one."))


class AmendForm(TermsForm):
    """New terms for a decision: foreseen first, then asked for."""

    reason = TextAreaField(
        _l("Reason of the change"), [InputRequired(_l("Say why, in a sentence: it stands in the trail.")), Length(max=1000), plain], filters=[strip]
    )
    foreseen = HiddenField()


class QuoteForm(Form):
    """The instant of which the notice is wanted."""

    class Meta:
        """A question changes nothing."""

        csrf = False

    at = InstantField(_l("Day and hour"), [InputRequired(_l("Write the day and the hour."))])


def day_or_none(typed: str | None) -> date | None:
    """A day of an address, if it is one."""
    try:
        return date.fromisoformat(typed or "")
    except ValueError:
        return None
