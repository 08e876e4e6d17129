"""What is typed about an envelope in doubt."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip
from backoffice.staff.models import Account


class GiveForm(Form):
    """To whom a supervisor gives an envelope in doubt."""

    colleague = SelectField(_l("Give to"), coerce=int, validate_choice=False)

    def offer(self, people: list[Account]) -> "GiveForm":
        """The same form, with the people who may have it."""
        self.colleague.choices = [SelectChoice(one.id, one.name) for one in people]
        return self


class NoteForm(Form):
    """A note about an envelope in doubt, for everybody or for one colleague who is asked."""

    note = TextAreaField(_l("Note or question"), [InputRequired(_l("Write the note.")), Length(max=1000), plain], filters=[strip])
    colleague = SelectField(_l("Asked of"), coerce=int, validate_choice=False)

    def offer(self, people: list[Account]) -> "NoteForm":
        """The same form, with the colleagues who may be asked."""
        self.colleague.choices = [SelectChoice(0, _l("Nobody in particular")), *(SelectChoice(one.id, one.name) for one in people)]
        return self

    @property
    def asked(self) -> int | None:
        """The colleague asked, if there is one."""
        return self.colleague.data or None
