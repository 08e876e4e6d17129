"""What a caseworker types: one base with CSRF on, and the field kinds that every form shares."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from backoffice.core.errors import DomainError

MAX_CENTS = 100_000_000
"""No single instrument is of a million dollars: more is a slip of the finger."""


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF carries no types
    """A form whose only way out is a value; refusals of the domain are shown on it."""

    def submitted(self) -> bool:
        """Sent, and every field has an acceptable shape."""
        return bool(self.validate_on_submit())

    def refuse(self, refusal: DomainError) -> None:
        """Show a refusal at the top of the form, what was typed kept."""
        self.form_errors.append(refusal.message)


def strip(text: str | None) -> str | None:
    """Without the spaces around."""
    return text.strip() if text else text


def plain(_form: object, field: StringField) -> None:
    """Refuse the characters that no store can keep."""
    if field.data and "\x00" in field.data:
        raise ValidationError(_("Remove the invisible null character."))


def text(label: object, *validators: object, required: bool = True, longest: int = 200, **options: object) -> StringField:
    """A line of text."""
    rules = [*([InputRequired(_l("Fill in this field."))] if required else []), Length(max=longest), plain, *validators]
    return StringField(label, rules, filters=[strip], **options)


class MoneyField(StringField):  # type: ignore[misc]  # WTForms carries no types
    """An amount typed as Québec writes it (« 1 271,00 »), read into cents."""

    def __init__(self, label: object = None, validators: Sequence[object] = (), **options: object) -> None:
        super().__init__(label, validators, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the amount; the raw text stays on the form when it is not one."""
        self.cents: int | None = None
        if valuelist and (typed := valuelist[0].strip()):
            self.data = typed
            self.cents = self._read(typed)

    @staticmethod
    def _read(typed: str) -> int:
        bare = "".join(typed.replace("$", "").split()).replace("\N{NARROW NO-BREAK SPACE}", "").replace(",", ".")
        try:
            cents = Decimal(bare) * 100
        except InvalidOperation:
            raise ValueError(_("Write an amount such as 1 271,00.")) from None
        if not cents.is_finite() or cents != cents.to_integral_value() or not 0 < cents <= MAX_CENTS:
            raise ValueError(_("Write an amount such as 1 271,00."))
        return int(cents)


class IsoDateField(DateField):  # type: ignore[misc]  # WTForms carries no types
    """A day, year-month-day; impossible days are refused in words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        if not (valuelist and valuelist[0].strip()):
            return
        self.raw_typed = valuelist[0].strip()
        try:
            self.data: date | None = date.fromisoformat(self.raw_typed)
        except ValueError:
            self.data = None
            raise ValueError(_("This day does not exist: write it as 2016-07-13.")) from None
