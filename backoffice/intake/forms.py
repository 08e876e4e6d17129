"""What a person types about an arrival that was refused for its form."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from backoffice.core.forms import Form, plain, strip
from backoffice.core.problems import Problem
from backoffice.intake import schema


class AcceptForm(Form):
    """The text as corrected, and why it is accepted."""

    content = TextAreaField(_l("Text of the application (JSON)"), [InputRequired(_l("Fill in this field.")), Length(max=schema.LIMIT), plain])
    reason = TextAreaField(_l("Why it is accepted"), [DataRequired(_l("Say why, in a sentence.")), Length(max=1000), plain], filters=[strip])

    def wrong(self, problem: Problem) -> None:
        """Show what is still wrong with the text, at its field."""
        told = [f"{fault.pointer or '/'} : {fault.detail}" for fault in problem.errors[:20]]
        self.content.errors = told or [str(problem.detail or problem.code)]


class DismissForm(Form):
    """Why it is set aside."""

    reason = TextAreaField(_l("Why it is set aside"), [DataRequired(_l("Say why, in a sentence.")), Length(max=1000), plain], filters=[strip])
