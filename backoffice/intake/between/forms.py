"""What a person types between: a verdict and its reason, a claim, a false declaration."""

from datetime import date, datetime
from uuid import UUID, uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from backoffice.core import clock
from backoffice.core.calendar import MONTREAL
from backoffice.core.forms import Form, IsoDateField, plain, strip, text
from backoffice.intake.between.values import FaultCode, NewClaim, NewDeclaration, NewEvidence
from backoffice.intake.service.withdrawals import WRITTEN, Request

CODES = {
    FaultCode.NO_ACCESS: _l("No access to the portal"),
    FaultCode.SYSTEM_ERROR: _l("Error of the system"),
    FaultCode.POST: _l("The post"),
    FaultCode.OTHER: _l("Another cause"),
}
REASON = (InputRequired(_l("Say why, in a sentence.")), Length(min=5, max=1000, message=_l("Between 5 and 1,000 characters.")), plain)


def _reason(label: object) -> TextAreaField:
    return TextAreaField(label, list(REASON), filters=[strip], render_kw={"rows": 3})


def _day_passed(day: date | None) -> None:
    if day and day > clock.today():
        raise ValidationError(_("This day has not come yet."))


class ExemptionForm(Form):
    """The ground claimed is verified or denied, by what proof and why."""

    verdict = RadioField(
        _l("Verdict"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice("verified", _l("The ground is recognized")), SelectChoice("denied", _l("The ground is not recognized"))],
    )
    proof = text(_l("Proof looked at"), longest=200)
    reason = _reason(_l("Reason, which the applicant reads if the ground is not recognized"))


class DuplicateForm(Form):
    """Two applications compared."""

    other = HiddenField()
    verdict = RadioField(
        _l("Verdict"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice("same", _l("The same person")), SelectChoice("different", _l("Two people"))],
    )
    reason = _reason(_l("Reason, which the applicant reads if an application is refused"))


class WithdrawalForm(Form):
    """A written request to withdraw."""

    request_id = HiddenField(default=lambda: str(uuid4()))
    reference = text(_l("Reference of the written request"), longest=80)
    received_on = IsoDateField(_l("Received on"), [InputRequired(_l("Write the day."))])
    reason = StringField(_l("Reason given by the applicant"), [Length(max=500), plain], filters=[strip])

    def validate_received_on(self, field: IsoDateField) -> None:
        """A request does not come from the future."""
        _day_passed(field.data)

    def request(self) -> Request:
        """The request; its number stands in the form, so that sending twice withdraws once."""
        assert self.received_on.data is not None  # required above
        return Request(_number(self.request_id.data), WRITTEN, self.received_on.data, self.reason.data or None, self.reference.data)


class ReviewForm(Form):
    """A person looks again at what a machine decided."""

    verdict = RadioField(
        _l("Result of the review"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice("reinstate", _l("Reinstated: a place is given again")), SelectChoice("maintain", _l("Maintained"))],
    )
    reason = _reason(_l("Reason, which the applicant reads"))


class RefundForm(Form):
    """Whether the fee of a withdrawn application goes back."""

    verdict = RadioField(
        _l("The fee paid"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice("refund", _l("It is refunded")), SelectChoice("keep", _l("It is kept"))],
    )
    reason = _reason(_l("Reason, which the applicant reads"))


class DecisionForm(Form):
    """A decision on a claim, put before a second person."""

    verdict = RadioField(
        _l("Decision proposed"),
        [InputRequired(_l("Choose one."))],
        choices=[SelectChoice("grant", _l("Grant")), SelectChoice("decline", _l("Decline"))],
    )
    reason = _reason(_l("Reason, which the claimant reads"))


class CheckForm(Form):
    """Somebody of an application beside somebody of the register."""

    verdict = RadioField(
        _l("Verdict"),
        [InputRequired(_l("Choose one."))],
        choices=[
            SelectChoice("same", _l("The same person: the application is not examined")),
            SelectChoice("different", _l("Not the same person: the application goes on")),
        ],
    )
    reason = _reason(_l("Reason, which the applicant reads if the application is not examined"))


class PersonForm(Form):
    """Somebody as written."""

    family_name = text(_l("Family name"), longest=100)
    given_names = text(_l("Given names"), required=False, longest=100)
    birth_date = IsoDateField(_l("Date of birth"), [InputRequired(_l("Write the day."))])
    passport_number = text(_l("Passport"), required=False, longest=40)

    def validate_birth_date(self, field: IsoDateField) -> None:
        """Nobody is born tomorrow."""
        _day_passed(field.data)


class ClaimForm(PersonForm):
    """Somebody who says that a fault prevented them."""

    email = text(_l("E-mail"), required=False, longest=254)
    address = TextAreaField(_l("Address"), [Length(max=500), plain], filters=[strip], render_kw={"rows": 3})
    language = SelectField(
        _l("Language of correspondence"), choices=[SelectChoice("fr", _l("French")), SelectChoice("en", _l("English"))], default="fr"
    )
    programme = text(_l("Programme"), longest=20, default="PRTQ")
    window = SelectField(_l("Intake period"), validate_choice=False)
    code = SelectField(_l("What prevented the person"), choices=[SelectChoice(code.value, label) for code, label in CODES.items()])
    story = TextAreaField(
        _l("What happened, in the person’s words"),
        [InputRequired(_l("Write what happened.")), Length(max=10_000), plain],
        filters=[strip],
        render_kw={"rows": 6},
    )
    incident_reference = text(_l("Number of the incident"), required=False, longest=80)
    incident_start = text(_l("Beginning of the fault"), required=False, longest=16)
    incident_end = text(_l("End of the fault"), required=False, longest=16)
    submission_number = text(_l("Application or case that the claim is about"), required=False, longest=40)
    received_on = IsoDateField(_l("Claim received on"), [InputRequired(_l("Write the day."))])
    files = MultipleFileField(_l("Evidence"), [Optional()])

    def offer(self, codes: list[str], none: str) -> None:
        """The windows that a claim can be about."""
        self.window.choices = [SelectChoice("", none), *(SelectChoice(code, code) for code in codes)]

    def validate_window(self, field: SelectField) -> None:
        """One of those offered."""
        if field.data and field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("Choose one of the periods."))

    def validate_received_on(self, field: IsoDateField) -> None:
        """A claim does not come from the future."""
        _day_passed(field.data)

    def validate_incident_start(self, field: StringField) -> None:
        """An instant, if there is one."""
        _instant(field.data)

    def validate_incident_end(self, field: StringField) -> None:
        """An instant after the beginning, if there is one."""
        start, end = _instant(self.incident_start.data), _instant(field.data)
        if start and end and end < start:
            raise ValidationError(_("The end comes before the beginning."))

    @property
    def sent(self) -> list[FileStorage]:
        """The files that carry something."""
        return [one for one in self.files.data or [] if isinstance(one, FileStorage) and one.filename]

    def claim(self, evidence: tuple[NewEvidence, ...]) -> NewClaim:
        """The claim, with its evidence kept."""
        assert self.birth_date.data is not None
        assert self.received_on.data is not None
        lines = [line.strip() for line in (self.address.data or "").splitlines() if line.strip()]
        return NewClaim(
            family_name=self.family_name.data, given_names=self.given_names.data or None, birth_date=self.birth_date.data,
            passport_number=self.passport_number.data or None, contact={"email": self.email.data or None, "lines": lines},
            language=self.language.data, programme=self.programme.data, window_code=self.window.data or None, code=FaultCode(self.code.data),
            text=self.story.data, received_on=self.received_on.data, incident_reference=self.incident_reference.data or None,
            incident_start=_instant(self.incident_start.data), incident_end=_instant(self.incident_end.data),
            submission_number=self.submission_number.data or None, evidence=evidence,
        )  # fmt: skip


class DeclarationForm(PersonForm):
    """Somebody whose declaration was found false or misleading."""

    decided_on = IsoDateField(_l("Decided on"), [InputRequired(_l("Write the day."))])
    reference = text(_l("Reference of the decision"), longest=80)

    def validate_decided_on(self, field: IsoDateField) -> None:
        """A decision is of the past."""
        _day_passed(field.data)

    def declaration(self) -> NewDeclaration:
        """The entry."""
        assert self.birth_date.data is not None
        assert self.decided_on.data is not None
        return NewDeclaration(
            self.family_name.data, self.given_names.data or None, self.birth_date.data, self.passport_number.data or None, self.decided_on.data,
            self.reference.data,
        )  # fmt: skip


def _instant(typed: str | None) -> datetime | None:
    """« 2016-02-16 08:30 », hour of Montréal."""
    if not typed:
        return None
    try:
        found = datetime.strptime(typed.replace("T", " "), "%Y-%m-%d %H:%M").replace(tzinfo=MONTREAL)
    except ValueError:
        raise ValidationError(_("Write day and hour such as 2016-02-16 08:30.")) from None
    if found > clock.now():
        raise ValidationError(_("This day has not come yet."))
    return found


def _number(typed: str | None) -> UUID:
    try:
        return UUID(str(typed))
    except ValueError:
        return uuid4()
