"""What is typed about batches and days, read into values."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from backoffice.core.forms import Form, MoneyField, plain, strip, text
from backoffice.documents.catalogue import CATALOGUE
from backoffice.mailroom.batches.printing import PEOPLE
from backoffice.mailroom.batches.values import Figures

MOST = 10_000


def _count(label: object) -> IntegerField:
    return IntegerField(
        label, [InputRequired(_l("Fill in this field.")), NumberRange(0, MOST, _l("Write a whole number."))], render_kw={"inputmode": "numeric"}
    )


class DollarsField(MoneyField):
    """A sum that may be nothing."""

    @staticmethod
    def _read(typed: str) -> int:
        return 0 if not typed.strip("0,.$ \N{NO-BREAK SPACE}") else super(DollarsField, DollarsField)._read(typed)


class FiguresForm(Form):
    """The figures of a header sheet."""

    envelopes = _count(_l("Envelopes"))
    sheets = _count(_l("Sheets"))
    separators = _count(_l("Separators"))
    cheques = _count(_l("Payments"))
    dollars = DollarsField(_l("Sum of the payments"), [InputRequired(_l("Fill in this field."))])

    def figures(self) -> Figures:
        """The figures as typed."""
        return Figures(self.envelopes.data, self.sheets.data, self.separators.data, self.cheques.data, self.dollars.cents or 0)


class EnvelopeCodeForm(Form):
    """The scan box of a batch."""

    code = text(_l("Scan or type the number of an envelope"), longest=300, render_kw={"autocomplete": "off", "spellcheck": "false"})


class ReasonForm(Form):
    """Why."""

    reason = TextAreaField(_l("Reason"), [InputRequired(_l("Fill in this field.")), Length(max=500), plain], filters=[strip], render_kw={"rows": 2})


class SeparatorsForm(Form):
    """Which separators to print, and how many of each."""

    documents = SelectMultipleField(_l("Types of document"))
    people = SelectMultipleField(_l("Persons"))
    plain = _count(_l("Separators without a type"))
    copies = IntegerField(_l("Copies of each"), [InputRequired(_l("Fill in this field.")), NumberRange(1, 20, _l("From 1 to 20."))])

    def __init__(self, *args: object, english: bool = False, **options: object) -> None:
        super().__init__(*args, **options)
        self.documents.choices = [SelectChoice(code, one.label_en if english else one.label_fr) for code, one in CATALOGUE.items()]
        self.people.choices = [SelectChoice(who, _person(who)) for who in PEOPLE]


def _person(who: str) -> str:
    return str(PERSONS[who]) if who in PERSONS else f"{_l('Child')} {who.removeprefix('child')}"


PERSONS = {"principal": _l("Principal applicant"), "spouse": _l("Spouse")}
