"""What a clerk types at opening."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from backoffice.core.forms import Form, IsoDateField, MoneyField, plain, strip, text
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom.forms import KINDS
from backoffice.mailroom.opening import rules, words
from backoffice.mailroom.opening.service import Registration, Seen
from backoffice.mailroom.opening.values import NewDelivery, NewPiece, PieceKind
from backoffice.mailroom.values import EnvelopeKind, NewEnvelope

CARRIER = "Postes Canada"
REASON = (InputRequired(_l("Say why, in a sentence.")), Length(max=500), plain)
LAST_DIGITS = 4


def _digits_only(_form: object, field: StringField) -> None:
    """The number of a card is never kept: its last four digits are enough to tell one form from another."""
    if len(field.data or "") > LAST_DIGITS or not (field.data or "0").isdecimal():
        raise ValidationError(_("Only the last four digits of the card: the whole number is never kept."))


class EnvelopeForm(Form):
    """The short form, made for hundreds a day: what does not change from one envelope to the next is kept from the last one."""

    delivery = SelectField(_l("Delivery"), default="", validate_choice=False)
    delivered_on = IsoDateField(_l("Day of delivery (stamp)"), [Optional()])
    carrier = text(_l("Carrier"), required=False, longest=80, default=CARRIER)
    confirm_old = BooleanField(_l("This day is right, although it is more than 30 days ago"))
    kind = SelectField(
        _l("What it seems to be"), choices=[SelectChoice(k.value, label) for k, label in KINDS.items()], default=EnvelopeKind.UNKNOWN.value
    )
    declared_sheets = IntegerField(_l("Sheets counted"), [Optional(), NumberRange(min=0, max=2000, message=_l("Between 0 and 2000 sheets."))])
    sender = text(_l("Sender"), required=False)
    postmarked_on = IsoDateField(_l("Postmark"), [Optional()])
    contents = text(_l("What is inside"), required=False, longest=1000)
    slip = text(_l("Receipt slip"), required=False, longest=40)
    method = SelectField(
        _l("Instrument inside"), default="",
        choices=[SelectChoice("", _l("None")), *(SelectChoice(m.value, label) for m, label in words.METHODS.items())],
    )  # fmt: skip
    amount = MoneyField(_l("Amount"))
    currency = text(_l("Currency"), required=False, longest=3, default="CAD")
    instrument_number = text(_l("Number of the instrument"), required=False, longest=40)
    payer = text(_l("Payer"), required=False)
    photo = FileField(_l("Photograph of the envelope"))
    files = MultipleFileField(_l("Scanned files"))

    def validate_delivery(self, field: SelectField) -> None:
        """What is sent is the key of a delivery."""
        if field.data and not str(field.data).isdecimal():
            raise ValidationError(_("Choose a delivery of the list."))

    def validate_amount(self, field: MoneyField) -> None:
        """An instrument has an amount."""
        if self.method.data and not field.process_errors and not getattr(field, "cents", None):
            raise ValidationError(_("Write the amount."))

    def validate_instrument_number(self, field: StringField) -> None:
        """The number of a card is not kept."""
        if self.method.data == PaymentMethod.CARD.value:
            _digits_only(self, field)

    def validate_slip(self, field: StringField) -> None:
        """A slip's number has its check digit."""
        if field.data and rules.read_slip(field.data) is None:
            raise ValidationError(_("This is not the number of a receipt slip: check each digit."))

    def registration(self, today: date) -> Registration:
        """The envelope, in its delivery; a day that is written wins over the delivery that stayed, and today is meant without either."""
        new = NewEnvelope(
            delivered_on=self.delivered_on.data or today, kind=EnvelopeKind(self.kind.data), carrier=self.carrier.data or "",
            sender=self.sender.data or "", contents=self.contents.data or "", postmarked_on=self.postmarked_on.data,
            declared_sheets=self.declared_sheets.data,
        )  # fmt: skip
        chosen = int(self.delivery.data) if self.delivery.data and self.delivered_on.data is None else None
        return Registration(new, chosen, self.slip.data or "", bool(self.confirm_old.data))

    def money(self, today: date) -> Money | None:
        """The instrument listed, if there is one; its day of payment is the stamp, set by the operation."""
        if not self.method.data:
            return None
        return Money(
            source="envelope", method=PaymentMethod(self.method.data), amount_cents=self.amount.cents or 0,
            currency=(self.currency.data or "CAD").upper(), paid_on=today, instrument_number=self.instrument_number.data or None,
            payer=self.payer.data or None,
        )  # fmt: skip


class DeliveryForm(Form):
    """What the carrier brought."""

    delivered_on = IsoDateField(_l("Day of delivery (stamp)"), [InputRequired(_l("Write the day of the stamp."))])
    carrier = text(_l("Carrier"), longest=80, default=CARRIER)
    bags = IntegerField(_l("Bags"), [Optional(), NumberRange(min=0, max=500, message=_l("Between 0 and 500 bags."))])
    counted_envelopes = IntegerField(
        _l("Envelopes counted"), [Optional(), NumberRange(min=0, max=20_000, message=_l("Between 0 and 20 000 envelopes."))]
    )
    note = text(_l("Note"), required=False, longest=500)
    confirm_old = BooleanField(_l("This day is right, although it is more than 30 days ago"))

    def delivery(self) -> NewDelivery:
        """The delivery."""
        assert self.delivered_on.data is not None  # required above
        return NewDelivery(self.delivered_on.data, self.carrier.data or "", self.bags.data, self.counted_envelopes.data, self.note.data or "")


class RecountForm(Form):
    """The envelopes counted again."""

    counted = IntegerField(
        _l("Envelopes counted"), [InputRequired(_l("Write how many.")), NumberRange(min=0, max=20_000, message=_l("Between 0 and 20 000 envelopes."))]
    )


class ReasonForm(Form):
    """An act that says why."""

    reason = StringField(_l("Reason"), REASON, filters=[strip])


class PieceForm(Form):
    """A piece of an envelope."""

    kind = SelectField(
        _l("What it is"), choices=[SelectChoice(k.value, label) for k, label in words.PIECES.items()], default=PieceKind.EVIDENCE.value
    )
    description = text(_l("Description"), longest=300)
    sheets = IntegerField(_l("Sheets"), [Optional(), NumberRange(min=0, max=2000, message=_l("Between 0 and 2000 sheets."))])

    def piece(self) -> NewPiece:
        """The piece."""
        return NewPiece(PieceKind(self.kind.data), self.description.data or "", self.sheets.data)


class PieceActForm(Form):
    """What becomes of a piece, in a word: the place, how it went back, why it was listed by mistake."""

    what = StringField(_l("Place, or how it went back"), [InputRequired(_l("Say where, or how.")), Length(max=300), plain], filters=[strip])


class CountForm(Form):
    """What somebody else finds, typed without seeing what the first wrote."""

    amount = MoneyField(_l("Amount that you see"))
    nothing = BooleanField(_l("This instrument is not there"))
    email = text(_l("E-mail address of the person who looks"), required=False, longest=254)
    password = PasswordField(_l("Their password"), [Optional(), Length(max=200)])
    reason = StringField(_l("What explains the difference"), [Length(max=500), plain], filters=[strip])

    def validate_amount(self, field: MoneyField) -> None:
        """An amount, or nothing there."""
        if not self.nothing.data and not field.process_errors and not getattr(field, "cents", None):
            raise ValidationError(_("Type the amount that you see on it."))

    def seen(self) -> Seen:
        """What was found."""
        return Seen(0 if self.nothing.data else self.amount.cents or 0, self.reason.data or "")


class AcceptForm(Form):
    """What finance counted of a slip, typed without seeing its totals."""

    instruments = IntegerField(
        _l("Instruments counted"), [InputRequired(_l("Write how many.")), NumberRange(min=0, max=5000, message=_l("Between 0 and 5000 instruments."))]
    )
    total = MoneyField(_l("Total counted"), [InputRequired(_l("Write the total."))])
    note = StringField(_l("What you noticed"), [Length(max=500), plain], filters=[strip])


class KitForm(Form):
    """A kit to be numbered and printed."""

    slips = IntegerField(
        _l("Slips"), [InputRequired(_l("Write how many.")), NumberRange(min=1, max=200, message=_l("Between 1 and 200 slips."))], default=50
    )
    kept_at = text(_l("Where the kit is kept"), longest=120)


class SlipForm(Form):
    """One slip, by its number."""

    slip = text(_l("Slip"), longest=40)
    reason = StringField(_l("Reason"), [Length(max=500), plain], filters=[strip])

    def validate_slip(self, field: StringField) -> None:
        """A slip's number has its check digit."""
        if field.data and rules.read_slip(field.data) is None:
            raise ValidationError(_("This is not the number of a receipt slip: check each digit."))
