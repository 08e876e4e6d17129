"""What a clerk types of a print run."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from backoffice.core.forms import Form, text
from backoffice.mail.delivery.states import ReturnedBecause
from backoffice.mailroom.letters import words
from backoffice.mailroom.letters.values import Handed, Way


class HandingForm(Form):
    """The carrier takes the run: the letters were counted."""

    counted = IntegerField(
        _l("Letters that you counted"), [InputRequired(_l("Count the envelopes and write their number.")), NumberRange(0, 100_000)]
    )
    on = DateField(_l("Day the carrier took them"), [InputRequired(_l("Write the day."))])
    way = SelectField(_l("How they leave"), choices=[SelectChoice(one.value, label) for one, label in words.WAYS.items()])
    tracking = text(_l("Number of the deposit slip or of the tracking"), required=False, longest=60)
    weight = IntegerField(_l("Weight in grams"), [Optional(), NumberRange(1, 10_000_000)])
    confirmed = HiddenField()

    def handed(self) -> Handed:
        """What was typed."""
        day = self.on.data
        assert isinstance(day, date)
        return Handed(self.counted.data or 0, day, Way(self.way.data), self.tracking.data or "", self.weight.data)


class SpoilForm(Form):
    """A letter came out badly."""

    reason = text(_l("What happened to it"), longest=300)
    out = BooleanField(_l("Take it out of this run: it goes with the next one"))


class DropForm(Form):
    """Nothing of the run leaves."""

    reason = text(_l("Why nothing of it leaves"), longest=300)


class ReturnedForm(Form):
    """A letter came back."""

    reason = SelectField(_l("What the carrier wrote on it"), choices=[SelectChoice(one.value, label) for one, label in words.RETURNED.items()])
    on = DateField(_l("Day it came back"), [InputRequired(_l("Write the day."))])
    note = text(_l("Anything else written on the envelope"), required=False, longest=300)

    def returned(self) -> tuple[ReturnedBecause, date, str]:
        """What was typed."""
        day = self.on.data
        assert isinstance(day, date)
        return ReturnedBecause(self.reason.data), day, self.note.data or ""
