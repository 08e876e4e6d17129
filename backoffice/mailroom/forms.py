"""What a clerk types: the envelope, its money and its pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import MultipleFileField
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, MoneyField, plain, strip, text
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom.pipeline import words
from backoffice.mailroom.values import BY_HAND, LAST_PAPER_DAY, Doubt, EnvelopeKind, Excluded

KINDS = {
    EnvelopeKind.APPLICATION: _l("New application"),
    EnvelopeKind.DOCUMENTS: _l("Documents asked for"),
    EnvelopeKind.PAYMENT: _l("Payment"),
    EnvelopeKind.CHANGE: _l("Change of address or family"),
    EnvelopeKind.REVIEW: _l("Request for review"),
    EnvelopeKind.OTHER: _l("Other"),
    EnvelopeKind.UNKNOWN: _l("Not known yet"),
}
METHODS = {
    PaymentMethod.CERTIFIED_CHEQUE: _l("Certified cheque"),
    PaymentMethod.BANK_DRAFT: _l("Bank draft"),
    PaymentMethod.MONEY_ORDER: _l("Money order"),
    PaymentMethod.COMPANY_CHEQUE: _l("Cheque of a Canadian company"),
    PaymentMethod.CARD: _l("Signed form of payment by card"),
    PaymentMethod.PERSONAL_CHEQUE: _l("Personal cheque (to be returned)"),
    PaymentMethod.CASH: _l("Cash (to be returned)"),
    PaymentMethod.TRAVELLERS_CHEQUE: _l("Traveller’s cheque (to be returned)"),
}
EXCLUSIONS = {
    Excluded.RETURN_SHEET: _l("Return sheet"),
    Excluded.SEPARATOR: _l("Separator sheet"),
    Excluded.OUR_SHEET: _l("Sheet of the mailroom"),
    Excluded.BLANK: _l("Blank page"),
    Excluded.DUPLICATE: _l("Same page twice"),
    Excluded.NOT_OURS: _l("Not for us"),
    Excluded.ILLEGIBLE_RESCANNED: _l("Illegible, scanned again"),
    Excluded.ENVELOPE_COVER: _l("Picture of the envelope"),
    Excluded.RETURNED: _l("Returned to the sender"),
}
DOUBTS = {
    Doubt.PARKED: _l("A file could not be read"),
    Doubt.NO_CODE: _l("Pages without one of our codes"),
    Doubt.DECLINED: _l("The application opened no case"),
    Doubt.NO_SCAN: _l("Nothing scanned"),
}
REFUSALS = {
    "empty": _l("The file is empty: scan it again."),
    "too_large": _l("The file is too large: scan it in parts."),
    "encrypted": _l("The file is protected by a password: scan the sheets again, or ask the sender."),
    "wrong_type": _l("The content is not what the name says: scan to PDF or TIFF."),
    "unsupported": _l("This kind of file is not accepted: scan to PDF or TIFF."),
    "too_many_pages": _l("The file has too many pages: scan it in parts."),
    "too_costly": _l("The file takes too much time or memory to read: print it and scan it."),
    "malware_pattern": _l("The file carries a known malware pattern and was not opened: tell the administrator."),
    "not_readable": _l("The file is not a readable document: scan it again."),
    "damaged": _l("The file is damaged: scan it again."),
    **words.REFUSALS,
}

REASON = (InputRequired(_l("Say why, in a sentence.")), Length(max=500), plain)


class InstrumentForm(Form):
    """A cheque, draft or money order found in the envelope."""

    method = SelectField(_l("Kind of instrument"), choices=[SelectChoice(m.value, label) for m, label in METHODS.items()])
    amount = MoneyField(_l("Amount"), [InputRequired(_l("Write the amount."))])
    currency = text(_l("Currency"), longest=3, default="CAD")
    instrument_number = text(_l("Number of the instrument"), required=False, longest=40)
    payer = text(_l("Payer"), required=False)

    def money(self) -> Money:
        """The instrument; its day of payment is the stamp, set by the operation."""
        return _money(self.method.data, self.amount.cents or 0, self.currency.data, self.instrument_number.data, self.payer.data)


def _money(method: str, cents: int, currency: str | None, number: str | None, payer: str | None) -> Money:
    return Money(
        source="envelope", method=PaymentMethod(method), amount_cents=cents, currency=(currency or "CAD").upper(), paid_on=LAST_PAPER_DAY,
        instrument_number=number or None, payer=payer or None,
    )  # fmt: skip


class UploadForm(Form):
    """Scanned files to add."""

    files = MultipleFileField(_l("Scanned files (PDF, TIFF, JPEG, PNG)"))


class ReasonForm(Form):
    """An act that says why."""

    reason = StringField(_l("Reason"), REASON, filters=[strip])


class CloseForm(Form):
    """Closing; the reason is needed only while money has no home."""

    reason = StringField(_l("Reason, if money of the envelope still waits"), [Length(max=500), plain], filters=[strip])


class KindForm(Form):
    """What the envelope really is."""

    kind = SelectField(_l("Class as"), choices=[SelectChoice(k.value, label) for k, label in KINDS.items()])


class PagesForm(Form):
    """Pages chosen, to leave out or to take back."""

    pages = SelectMultipleField(_l("Pages"), coerce=int, validate_choice=False)
    reason = SelectField(_l("Reason"), choices=[SelectChoice(r.value, EXCLUSIONS[r]) for r in BY_HAND], validate_choice=False)


class AttachForm(Form):
    """Pages chosen, the case they go to, and the items they answer."""

    case = StringField(_l("Case number"), [InputRequired(_l("Choose a case, or look for it first.")), Length(max=40), plain], filters=[strip])
    title = text(_l("Title of the document"), required=False)
    pages = SelectMultipleField(_l("Pages"), coerce=int, validate_choice=False)
    items = SelectMultipleField(_l("Items of the open request"), coerce=int, validate_choice=False)


class ScanBoxForm(Form):
    """The box that takes an envelope number or a code, and Enter."""

    code = HiddenField(validators=[Length(max=300), plain])
