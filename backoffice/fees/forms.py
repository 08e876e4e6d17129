"""What finance types about money received: the case it answers, or why it goes back."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip


class AllocateForm(Form):
    """The case that money answers."""

    case_number = StringField(_l("Case number"), [InputRequired(_l("Write the number of the case.")), Length(max=20), plain], filters=[strip])


class ReversalForm(Form):
    """Why the bank took money back."""

    reason = StringField(
        _l("Why the bank took it back"), [InputRequired(_l("Say why the bank took it back.")), Length(max=500), plain], filters=[strip]
    )


class ReasonForm(Form):
    """Why money goes back."""

    reason = StringField(_l("Why the money goes back"), [InputRequired(_l("Say why the money goes back.")), Length(max=500), plain], filters=[strip])


class RefundForm(Form):
    """Why money goes back as a refund."""

    reason = StringField(_l("Why it is refunded"), [InputRequired(_l("Say why it is refunded.")), Length(max=500), plain], filters=[strip])


class BatchForm(Form):
    """What is done with the refunds that are ticked, and under what reference or for what reason."""

    words = StringField(_l("Reference or reason"), [Length(max=200), plain], filters=[strip])
