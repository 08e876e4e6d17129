"""Signing in, and answering an approval."""

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip


class SignInForm(Form):
    """Address and password."""

    email = StringField(_l("E-mail address"), [InputRequired(_l("Write your e-mail address.")), Length(max=254), plain], filters=[strip])
    password = PasswordField(_l("Password"), [InputRequired(_l("Write your password.")), Length(max=200)])


class ApprovalForm(Form):
    """The second person's answer."""

    answer = TextAreaField(_l("Reason for your answer"), [InputRequired(_l("Say why, in a sentence.")), Length(max=1000), plain], filters=[strip])
