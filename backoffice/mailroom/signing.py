"""Signing: whoever signs gives the password again, so that a screen left open signs nothing."""

from datetime import datetime

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length

from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.forms import Form
from backoffice.staff import service as staff
from backoffice.staff.errors import WrongCredentials
from backoffice.staff.guard import current_account
from backoffice.staff.models import Account


class WrongPassword(DomainError):
    """The password is not that of the person signed in."""

    code = "wrong-password"
    status = 422

    def __init__(self) -> None:
        super().__init__(_l("This is not your password: nothing was signed."))


class SignForm(Form):
    """The password again."""

    password = PasswordField(
        _l("Your password, again"), [InputRequired(_l("Fill in this field.")), Length(max=200)], render_kw={"autocomplete": "current-password"}
    )


def confirm(password: str, *, at: datetime) -> Account:
    """The person signed in, who gave the password again; wrong tries are counted as at the door. Outside of any operation."""
    account, address = current_account(), request.remote_addr or ""
    email = account.email
    staff.check_throttle(email, address, at=at)
    try:
        return staff.check_password(email, password)
    except WrongCredentials:
        with transaction():
            staff.record_failed_attempt(email, address, at=at)
        raise WrongPassword from None
