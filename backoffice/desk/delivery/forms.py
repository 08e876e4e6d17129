"""What is typed about delivery."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from backoffice.core.forms import Form, IsoDateField, plain, strip, text
from backoffice.mail.delivery.values import NewMandate
from backoffice.mail.delivery.wording import KIND

ADDRESS = r"[^\s@]+@[^\s@]+\.[^\s@]+"


def _reason(label: object) -> TextAreaField:
    rules = [InputRequired(_l("Fill in this field.")), Length(max=2000), plain]
    return TextAreaField(label, rules, filters=[strip])


class DecisionForm(Form):
    """What is done about a message that did not arrive, and why."""

    message = SelectField(_l("Message"), [InputRequired(_l("Fill in this field."))])
    decision = RadioField(_l("What is done"), [InputRequired(_l("Choose what is done."))])
    reason = _reason(_l("Reason"))

    def offer(self, messages: list[tuple[str, str]], decisions: list[tuple[str, object]]) -> None:
        """The messages and the decisions that exist now."""
        self.message.choices = [SelectChoice(value, label) for value, label in messages]
        self.decision.choices = [SelectChoice(value, label) for value, label in decisions]


class SettleForm(Form):
    """What a returned e-mail was."""

    how = text(_l("What it was"), longest=500)
    case = text(_l("File number, if it is about a case"), required=False, longest=20)


class MandateForm(Form):
    """A representative who stands for a case."""

    kind = SelectField(
        _l("Profession"), [InputRequired(_l("Fill in this field."))], choices=[SelectChoice(code, label) for code, label in KIND.items()]
    )
    member_number = text(_l("Member number"), longest=40)
    family_name = text(_l("Family name"), longest=200)
    given_names = text(_l("Given names"), required=False, longest=200)
    email = text(_l("E-mail address"), longest=254)
    language = SelectField(
        _l("Language"), [InputRequired(_l("Fill in this field."))], choices=[SelectChoice("fr", _l("French")), SelectChoice("en", _l("English"))]
    )
    starts_on = IsoDateField(_l("First day"), [InputRequired(_l("Fill in this field."))])
    ends_on = IsoDateField(_l("Until, if it is known"), [Optional()])
    proof = text(_l("Document that proves it"), longest=300)

    def mandate(self) -> NewMandate:
        """The mandate as it was typed."""
        starts = self.starts_on.data
        assert starts is not None  # required
        return NewMandate(
            self.kind.data, self.family_name.data, self.given_names.data or None, self.member_number.data, self.email.data, self.language.data,
            starts, self.ends_on.data, self.proof.data,
        )  # fmt: skip


class EndForm(Form):
    """The last day of a mandate."""

    ends_on = IsoDateField(_l("Last day"), [InputRequired(_l("Fill in this field."))])
    reason = text(_l("Reason"), longest=500)
