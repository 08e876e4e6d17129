"""What a supervisor types to move cases."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip


class ReassignForm(Form):
    """To whom, and why."""

    officer = SelectField(_l("New caseworker"), [InputRequired(_l("Choose who receives the cases."))])
    reason = StringField(
        _l("Reason for moving the cases"), [InputRequired(_l("Say why the cases are moved.")), Length(max=500), plain], filters=[strip]
    )

    def offer(self, officers: Sequence[tuple[int, str]], choose: str, nobody: str) -> None:
        """Who may receive cases."""
        self.officer.choices = [SelectChoice("", choose), SelectChoice("none", nobody), *(SelectChoice(str(key), name) for key, name in officers)]
