"""What is typed about the paper, read into values."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip, text
from backoffice.mailroom.custody import words
from backoffice.mailroom.custody.values import NewPlace, PlaceKind

SET_UP = (PlaceKind.BOX, PlaceKind.SHELF, PlaceKind.DESK)


class PlaceForm(Form):
    """A new place."""

    kind = SelectField(_l("What it is"), choices=[SelectChoice(kind.value, words.PLACES[kind]) for kind in SET_UP])
    label = text(_l("What is written on it"), longest=80)
    within = text(_l("Code of the place it stands in"), required=False, longest=40)

    def place(self) -> NewPlace:
        """The place as typed."""
        return NewPlace(PlaceKind(self.kind.data), self.label.data, (self.within.data or "").upper())


class MoveForm(Form):
    """The scan box of moves: a place, then things."""

    code = text(
        _l("Scan a place, then what goes there"),
        longest=300,
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Fill in this field.")), Length(max=500), plain], filters=[strip], render_kw={"rows": 2})


class DeclareForm(Form):
    """A list of closed envelopes to declare."""

    envelopes = TextAreaField(
        _l("Closed envelopes, one to a line"),
        [InputRequired(_l("Fill in this field.")), Length(max=5000), plain],
        filters=[strip],
        render_kw={"rows": 4},
    )

    def numbers(self) -> list[str]:
        """The numbers as typed."""
        return str(self.envelopes.data).replace(",", " ").split()
