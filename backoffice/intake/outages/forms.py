"""What a supervisor writes of an outage, and the reasons of corrections and reversals."""

import re
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from backoffice.core.calendar import MONTREAL
from backoffice.core.forms import Form, plain, strip, text
from backoffice.intake.outages.models import Outage
from backoffice.intake.outages.values import Door, Extent, NewOutage
from backoffice.intake.outages.words import DOOR

_WORDS = re.compile(r"[\s,;]+")
MOST_CASES = 2000


class DoorsField(SelectMultipleField):  # type: ignore[misc]  # WTForms carries no types
    """What was out of reach, ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _reason(label: object) -> TextAreaField:
    return TextAreaField(label, [InputRequired(_l("Say why, in a sentence.")), Length(max=1000), plain], filters=[strip], render_kw={"rows": 3})


class OutageForm(Form):
    """An outage, written down once."""

    starts_at = text(_l("Beginning"), longest=16)
    ends_at = text(_l("End"), required=False, longest=16)
    doors = DoorsField(_l("What was out of reach"), [InputRequired(_l("Choose at least one."))])
    window = SelectField(_l("One intake period only"), [Optional()])
    countries = text(_l("People of some countries only (codes of two letters)"), required=False, longest=300)
    cases = TextAreaField(_l("Some cases only (their numbers)"), [Length(max=40_000), plain], filters=[strip], render_kw={"rows": 2})
    summary = TextAreaField(
        _l("What happened"), [InputRequired(_l("Write what happened.")), Length(max=2000), plain], filters=[strip], render_kw={"rows": 4}
    )
    source = text(_l("Who says so"), longest=300)
    files = MultipleFileField(_l("Evidence"), [Optional()])

    def offer(self, codes: list[str]) -> None:
        """The doors and the periods there are."""
        self.doors.choices = [SelectChoice(door.value, DOOR[door.value]) for door in Door]
        self.window.choices = [SelectChoice("", _("all periods")), *(SelectChoice(code, code) for code in codes)]

    def show(self, outage: Outage) -> None:
        """What was written down before, to be corrected."""
        extent = outage.extent
        self.starts_at.data, self.ends_at.data = _typed(outage.starts_at), _typed(outage.ends_at) if outage.ends_at else ""
        self.doors.data, self.window.data = [door.value for door in extent.doors], extent.window or ""
        self.countries.data, self.cases.data = " ".join(extent.countries), "\n".join(extent.cases)
        self.summary.data, self.source.data = outage.summary, outage.source

    def validate_starts_at(self, field: StringField) -> None:
        """An instant."""
        _instant(field.data)

    def validate_ends_at(self, field: StringField) -> None:
        """An instant after the beginning, if there is one."""
        start, end = _instant(self.starts_at.data), _instant(field.data)
        if start and end and end <= start:
            raise ValidationError(_("The end comes before the beginning."))

    def validate_countries(self, field: StringField) -> None:
        """Codes such as FR."""
        if any(not re.fullmatch("[A-Z]{2}", code) for code in _split((field.data or "").upper())):
            raise ValidationError(_("Two capital letters, such as FR."))

    def validate_cases(self, field: StringField) -> None:
        """Not more than fit on a list typed by hand."""
        if len(_split(field.data)) > MOST_CASES:
            raise ValidationError(_("At most %(many)s cases.", many=MOST_CASES))

    @property
    def sent(self) -> list[FileStorage]:
        """The files that carry something."""
        return [one for one in self.files.data or [] if isinstance(one, FileStorage) and one.filename]

    def outage(self) -> NewOutage:
        """The outage as it was written."""
        start = _instant(self.starts_at.data)
        assert start is not None  # required above
        doors = tuple(door for door in Door if door.value in self.doors.data)
        extent = Extent(doors, self.window.data or None, _split((self.countries.data or "").upper()), _split(self.cases.data))
        return NewOutage(start, _instant(self.ends_at.data), extent, self.summary.data, self.source.data)


class CorrectionForm(OutageForm):
    """The same, and why it is put right; more evidence may come with it."""

    reason = _reason(_l("Why it is corrected"))


class ReversalForm(Form):
    """Why everything is taken back."""

    reason = _reason(_l("Why it is taken back"))


class EvidenceForm(Form):
    """More files that show the outage."""

    files = MultipleFileField(_l("Evidence"), [Optional()])

    @property
    def sent(self) -> list[FileStorage]:
        """The files that carry something."""
        return [one for one in self.files.data or [] if isinstance(one, FileStorage) and one.filename]


class SignatureForm(Form):
    """The second signature, on the list that is in view."""

    seen = HiddenField()
    answer = TextAreaField(_l("Answer"), [Length(max=1000), plain], filters=[strip], render_kw={"rows": 2})


def _split(typed: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in _WORDS.split(typed or "") if word))


def _typed(at: datetime) -> str:
    return at.astimezone(MONTREAL).strftime("%Y-%m-%d %H:%M")


def _instant(typed: str | None) -> datetime | None:
    """« 2016-02-16 08:30 », hour of Montréal."""
    if not typed:
        return None
    try:
        return datetime.strptime(typed.replace("T", " "), "%Y-%m-%d %H:%M").replace(tzinfo=MONTREAL)
    except ValueError:
        raise ValidationError(_("Write the day and the hour of Montréal, such as 2016-02-16 08:30.")) from None
