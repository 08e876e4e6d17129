"""What a supervisor types to move a term: the days or the day, and the reason; `seen` is the last day that was shown before."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from backoffice.core.forms import Form, IsoDateField, plain, strip
from backoffice.deadlines.service import LONGEST_EXTENSION


class _MovingForm(Form):
    reason = TextAreaField(_l("Reason"), [DataRequired(_l("Fill in this field.")), Length(max=500), plain], filters=[strip])
    step = HiddenField()
    seen = HiddenField()

    def confirms(self, last_day: date) -> bool:
        """Whether the person had this very last day before their eyes when they confirmed."""
        return bool(self.step.data == "confirm" and self.seen.data == last_day.isoformat())


class ExtensionForm(_MovingForm):
    """Days granted on one term."""

    days = IntegerField(
        _l("Days granted"),
        [
            InputRequired(_l("Write a number of days, from 1 to %(most)s.", most=LONGEST_EXTENSION)),
            NumberRange(1, LONGEST_EXTENSION, _l("Write a number of days, from 1 to %(most)s.", most=LONGEST_EXTENSION)),
        ],
    )


class StartForm(_MovingForm):
    """The day zero as it should have been recorded."""

    start = IsoDateField(_l("Day zero as it really was"), [InputRequired(_l("Fill in this field."))])


class CountForm(_MovingForm):
    """A term counted again."""
