"""What a caseworker types of a change: where it was said, when it happened, and the new."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from backoffice.cases.models import Case, Person
from backoffice.cases.values import CivilStatus, Sex
from backoffice.core import clock
from backoffice.core.forms import Form, IsoDateField, plain, strip, text
from backoffice.intake.changes import words
from backoffice.intake.changes.values import CORRECTABLE, ChangeKind, ChangeSource, NewChange, Source


def _day_passed(_form: object, field: IsoDateField) -> None:
    if field.data and field.data > clock.today():
        raise ValidationError(_("This day has not come yet."))


class ChangeForm(Form):
    """What every change says: its source and its days."""

    source = SelectField(_l("Where it was said"), validate_choice=False)
    received_on = IsoDateField(_l("Received on"), [_day_passed])
    changed_on = IsoDateField(_l("Day of the change"), [_day_passed])

    def offer(self, case: Case, sources: Sequence[tuple[str, str]]) -> None:  # noqa: ARG002 - what a kind offers may depend on the case
        """The messages and envelopes of the case, then the telephone and the counter."""
        others = [(one.value, str(words.SOURCES[one])) for one in (ChangeSource.PHONE, ChangeSource.COUNTER, ChangeSource.FILE)]
        self.source.choices = [SelectChoice(key, label) for key, label in [*sources, *others]]

    def validate_source(self, field: SelectField) -> None:
        """One of those offered."""
        if str(field.data or "") not in {str(choice.value) for choice in field.choices}:
            raise ValidationError(_("Choose where it was said."))

    def validate_received_on(self, field: IsoDateField) -> None:
        """Typed only where nothing else gives the legal day."""
        _day_passed(self, field)
        if not field.data and ":" not in str(self.source.data or ""):
            raise ValidationError(_("Write the day."))

    def _source(self) -> Source:
        kind, _colon, ref = str(self.source.data).partition(":")
        return Source(ChangeSource(kind), ref[:80], self.received_on.data or clock.today())

    def change(self) -> NewChange:
        """The change as typed."""
        raise NotImplementedError  # each kind of change below reads its own; the forms' metaclass allows no abstract class


class AddressForm(ChangeForm):
    """Another address, telephone or e-mail; the whole of it, so that nothing old stays by mistake."""

    lines = TextAreaField(_l("Address"), [InputRequired(_l("Fill in this field.")), Length(max=300), plain], filters=[strip], render_kw={"rows": 3})
    locality = text(_l("City"), longest=100)
    postal_code = text(_l("Postal code"), required=False, longest=20)
    country = text(_l("Country, two letters"), longest=2)
    email = text(_l("E-mail"), required=False, longest=200)
    phone = text(_l("Telephone"), required=False, longest=40)

    def offer(self, case: Case, sources: Sequence[tuple[str, str]]) -> None:
        """What the case says today is there to be changed."""
        super().offer(case, sources)
        if self.lines.data is None:
            address = case.contact.get("address") or {}
            self.lines.data = "\n".join(address.get("lines") or [])
            self.locality.data, self.postal_code.data, self.country.data = (address.get(name) for name in ("locality", "postal_code", "country"))
            self.email.data, self.phone.data = case.contact.get("email"), case.contact.get("phone")

    def validate_country(self, field: StringField) -> None:
        """A country is two letters."""
        if field.data and not (field.data.isascii() and field.data.isalpha() and len(field.data) == 2):
            raise ValidationError(_("Write the country as two letters, such as FR."))

    def validate_email(self, field: StringField) -> None:
        """An address has one @."""
        if field.data and (field.data.count("@") != 1 or field.data.startswith("@") or field.data.endswith("@")):
            raise ValidationError(_("This is not an e-mail address."))

    def change(self) -> NewChange:
        """The whole contact."""
        address = {
            "lines": [line.strip() for line in str(self.lines.data).splitlines() if line.strip()], "locality": self.locality.data,
            "postal_code": self.postal_code.data or None, "country": str(self.country.data).upper(),
        }  # fmt: skip
        after: dict[str, object] = {"address": address, "email": self.email.data or None, "phone": self.phone.data or None}
        return NewChange(ChangeKind.ADDRESS, after, self._source(), self.changed_on.data)


class _OfPerson(ChangeForm):
    person = SelectField(_l("Who"), coerce=str)

    def offer(self, case: Case, sources: Sequence[tuple[str, str]]) -> None:
        """The people of the application."""
        super().offer(case, sources)
        self.person.choices = [SelectChoice(str(one.id), _named(one)) for one in case.people]

    @property
    def person_id(self) -> int:
        """The one chosen."""
        return int(self.person.data)


def _named(person: Person) -> str:
    return person.name


class NameForm(_OfPerson):
    """Another name, by marriage or by a decision."""

    family_name = text(_l("Family name"), longest=100)
    given_names = text(_l("Given names"), required=False, longest=100)

    def change(self) -> NewChange:
        """Both names, to the letter."""
        after: dict[str, object] = {"family_name": self.family_name.data, "given_names": self.given_names.data or None}
        return NewChange(ChangeKind.NAME, after, self._source(), self.changed_on.data, self.person_id)


class AddedForm(ChangeForm):
    """A birth, a marriage, a union: somebody joins the application."""

    kind = SelectField(_l("Who joins"), choices=[SelectChoice("child", _l("Child")), SelectChoice("spouse", _l("Spouse"))])
    family_name = text(_l("Family name"), longest=100)
    given_names = text(_l("Given names"), required=False, longest=100)
    sex = SelectField(_l("Sex"), choices=[SelectChoice(one.value, one.value) for one in Sex])
    birth_date = IsoDateField(_l("Date of birth"), [InputRequired(_l("Write the day.")), _day_passed])
    birth_country = text(_l("Country of birth, two letters"), required=False, longest=2)
    citizenship = text(_l("Citizenship, two letters"), required=False, longest=2)
    civil_status = SelectField(_l("Civil status of the applicant from now on"), choices=[])

    def offer(self, case: Case, sources: Sequence[tuple[str, str]]) -> None:
        """The civil status may follow."""
        super().offer(case, sources)
        self.civil_status.choices = _statuses()

    def change(self) -> NewChange:
        """The person who joins."""
        after: dict[str, object] = {
            "kind": self.kind.data, "family_name": self.family_name.data, "given_names": self.given_names.data or None, "sex": self.sex.data,
            "birth_date": self.birth_date.data, "birth_country": (self.birth_country.data or "").upper() or None,
            "citizenships": [self.citizenship.data.upper()] if self.citizenship.data else [], "civil_status": self.civil_status.data or None,
        }  # fmt: skip
        return NewChange(ChangeKind.FAMILY_ADDED, after, self._source(), self.changed_on.data)


def _statuses() -> list[SelectChoice]:
    return [SelectChoice("", _("unchanged")), *(SelectChoice(one.value, words.civil(one)) for one in CivilStatus)]


class RemovedForm(_OfPerson):
    """A separation, a divorce, a death, or somebody who no longer comes along."""

    why = SelectField(_l("Why"), choices=[SelectChoice(key, label) for key, label in words.LEAVING.items()])
    civil_status = SelectField(_l("Civil status of the applicant from now on"), choices=[])

    def offer(self, case: Case, sources: Sequence[tuple[str, str]]) -> None:
        """The civil status may follow."""
        super().offer(case, sources)
        self.civil_status.choices = _statuses()

    def change(self) -> NewChange:
        """Who leaves, and why; what was received of that person stays."""
        after: dict[str, object] = {"why": self.why.data, "civil_status": self.civil_status.data or None}
        return NewChange(ChangeKind.FAMILY_REMOVED, after, self._source(), self.changed_on.data, self.person_id)


class SaidForm(ChangeForm):
    """Work, studies, or anything else, as the applicant says it."""

    about = SelectField(_l("About"), choices=[SelectChoice("work", _l("Work or studies")), SelectChoice("other", _l("Something else"))])
    text = TextAreaField(
        _l("What changed"), [InputRequired(_l("Fill in this field.")), Length(max=2000), plain], filters=[strip], render_kw={"rows": 4}
    )

    def change(self) -> NewChange:
        """The words of the applicant."""
        return NewChange(ChangeKind(self.about.data), {"text": self.text.data}, self._source(), self.changed_on.data)


class CorrectionForm(_OfPerson):
    """An entry put right, one field at a time, with why."""

    field = SelectField(_l("Entry to correct"), choices=[SelectChoice(one, words.FIELDS[one]) for one in CORRECTABLE])
    value = text(_l("Right value"), required=False, longest=200)
    reason = text(_l("Reason for the correction"), longest=500)

    def change(self) -> NewChange:
        """The right value of one entry."""
        return NewChange(
            ChangeKind.CORRECTION, {"value": self.value.data or ""}, self._source(), self.changed_on.data, self.person_id,
            str(self.field.data), str(self.reason.data or ""),
        )  # fmt: skip


FORMS: dict[str, type[ChangeForm]] = {
    "address": AddressForm, "name": NameForm, "family_added": AddedForm, "family_removed": RemovedForm, "other": SaidForm,
    "correction": CorrectionForm,
}  # fmt: skip
