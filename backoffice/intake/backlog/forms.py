"""What a supervisor writes about a line that waits."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from backoffice.core.forms import Form, text


class SettleForm(Form):
    """The decision, and why."""

    decision = StringField(_l("Decision"), [InputRequired(_l("Choose what was decided."))])
    reason = text(_l("Reason"), longest=300)
