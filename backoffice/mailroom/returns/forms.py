"""What a clerk types of a return."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip, text
from backoffice.mailroom.returns import words
from backoffice.mailroom.returns.values import Departure, NewReturn, ReturnKind, ReturnReason, Way


class ReturnForm(Form):
    """What goes back, to whom and why."""

    kind = SelectField(_l("What goes back"), choices=[SelectChoice(k.value, label) for k, label in words.KINDS.items()])
    reason = SelectField(_l("Reason"), choices=[SelectChoice(r.value, label) for r, label in words.REASONS.items()])
    explanation = TextAreaField(_l("Explanation for the sender"), [Length(max=1000), plain], filters=[strip])
    contents = TextAreaField(_l("Things that go back"), [Length(max=4000), plain], filters=[strip])
    whole = BooleanField(_l("Everything in the envelope goes back: it is then done"))
    case = text(_l("Case number, if there is one"), required=False, longest=20)
    recipient = text(_l("To whom"))
    address = TextAreaField(
        _l("Address, one line below the other"), [InputRequired(_l("Write the address.")), Length(max=500), plain], filters=[strip]
    )
    language = SelectField(
        _l("Language of the letter"), choices=[SelectChoice("fr", _l("French")), SelectChoice("en", _l("French, with an English translation"))]
    )

    def new(self, receipt_ids: tuple[int, ...], instruments: tuple[str, ...]) -> NewReturn:
        """The return."""
        lines = tuple(line.strip() for line in (self.contents.data or "").splitlines() if line.strip())
        return NewReturn(
            kind=ReturnKind(self.kind.data), reason=ReturnReason(self.reason.data), contents=(*instruments, *lines), recipient=self.recipient.data or "",
            address_lines=tuple(line.strip() for line in (self.address.data or "").splitlines() if line.strip()), language=self.language.data or "fr",
            explanation=self.explanation.data or "", whole=bool(self.whole.data), receipt_ids=receipt_ids, case_number=self.case.data or "",
        )  # fmt: skip


class SentForm(Form):
    """How it left."""

    way = SelectField(_l("How it leaves"), choices=[SelectChoice(w.value, label) for w, label in words.WAYS.items()])
    tracking = text(_l("Tracking number"), required=False, longest=60)

    def departure(self) -> Departure:
        """How it left."""
        return Departure(Way(self.way.data), self.tracking.data or "")


class CancelForm(Form):
    """Why it stays."""

    reason = text(_l("Why it stays here"), longest=500)
