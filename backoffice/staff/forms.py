"""Signing in, answering an approval, keys of other systems."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, PasswordField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from backoffice.core.forms import Form, plain, strip
from backoffice.core.forms import text as line
from backoffice.staff.permissions import Scope


class SignInForm(Form):
    """Address and password."""

    email = StringField(_l("E-mail address"), [InputRequired(_l("Write your e-mail address.")), Length(max=254), plain], filters=[strip])
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")), Length(max=200)])


class ApprovalForm(Form):
    """The second person's answer."""

    answer = TextAreaField(_l("Reason for your answer"), [InputRequired(_l("Say why, in a sentence.")), Length(max=1000), plain], filters=[strip])


SCOPES = [
    (Scope.PORTAL, _l("portal: applications and messages")),
    (Scope.PAYMENTS, _l("payments: the provider")),
    (Scope.METRICS, _l("metrics: figures for monitoring")),
]


class NewKeyForm(Form):
    """A key for another system: whose, what it opens, how often it may call."""

    name = line(_l("Whose key is it?"), longest=80)
    scopes = SelectMultipleField(
        _l("What it opens"), [InputRequired(_l("Choose at least one."))], choices=[SelectChoice(scope.value, words) for scope, words in SCOPES],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
    )  # fmt: skip
    rate_per_minute = IntegerField(_l("Most calls a minute"), [Optional(), NumberRange(1, 1_000_000, _l("Write a number from 1 to 1,000,000."))])


class RotateKeyForm(Form):
    """How long the key that is replaced is still accepted."""

    overlap_hours = IntegerField(
        _l("Hours during which both are accepted"),
        [InputRequired(_l("Fill in this field.")), NumberRange(0, 720, _l("Write a number from 0 to 720."))],
        default=24,
    )
