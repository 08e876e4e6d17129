"""What a supervisor writes about a line that waits."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired

from backoffice.core.forms import Form, text


class SettleForm(Form):
    """Why nothing more is to be taken over from it."""

    reason = text(_l("Why nothing more is to be taken over from it"), DataRequired(_l("Fill in this field.")), longest=300)
