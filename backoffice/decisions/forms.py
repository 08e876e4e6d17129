"""What a caseworker types on a proposal, and a supervisor on an error."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from backoffice.core import clock
from backoffice.core.forms import Form, IsoDateField, plain, strip
from backoffice.decisions.values import Grounds

LONGEST = 4000
SHORTEST = 5


def _words(label: object, *, required: bool = True) -> TextAreaField:
    first = InputRequired(_l("Say why, in a sentence.")) if required else Optional(strip_whitespace=True)
    length = Length(min=SHORTEST, max=LONGEST, message=_l("Between 5 and 4,000 characters."))
    return TextAreaField(label, [first, length, plain], filters=[strip], render_kw={"rows": 3})


class OnCase(Form):
    """An act on a case, as it was when the page was read."""

    version = HiddenField()

    @property
    def read_version(self) -> int | None:
        """The version of the case that was read."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() else None


class IntendForm(OnCase):
    """The intention to reject: for which missing documents, and why in words."""

    items = SelectMultipleField(
        _l("Documents not supplied"), [Optional()], coerce=int, choices=[], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    text_fr = _words(_l("Reason in French, which the applicant reads"), required=False)
    text_en = _words(_l("Its translation into English"), required=False)

    def offer(self, items: list[tuple[int, str]]) -> None:
        """The documents that are missing."""
        self.items.choices = [SelectChoice(key, label) for key, label in items]

    def grounds(self) -> Grounds:
        """The value."""
        return Grounds(tuple(self.items.data or ()), self.text_fr.data or "", self.text_en.data or "")


class ReasonForm(OnCase):
    """An act with its reason, kept in the record."""

    reason = _words(_l("Reason, for the record"))


class ToldForm(OnCase):
    """An act whose reason the applicant reads."""

    reason = _words(_l("Reason in French, which the applicant reads"))
    reason_en = _words(_l("Its translation into English"), required=False)


class DismissForm(OnCase):
    """Put aside, perhaps until a day."""

    reason = _words(_l("Reason, for the record"))
    again_on = IsoDateField(_l("Propose again on"), [Optional()])

    def validate_again_on(self, field: IsoDateField) -> None:
        """A day to come."""
        day: date | None = field.data
        if day and day <= clock.today():
            raise ValidationError(_("Write a day to come."))
