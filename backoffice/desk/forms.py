"""What a caseworker types on a case: a note, a reason, a review, a request."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip
from backoffice.documents.catalogue import REFUSAL_REASONS


class OnCase(Form):
    """A form about a case as it was read: what changed since refuses it."""

    version = HiddenField()

    @property
    def read_version(self) -> int | None:
        """The version of the case that the page showed."""
        text = str(self.version.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


def _reason(label: object, hint: object) -> StringField:
    return StringField(label, [InputRequired(hint), Length(max=500), plain], filters=[strip])


class NoteForm(Form):
    """An internal note; nothing sends it."""

    body = TextAreaField(_l("Internal note"), [InputRequired(_l("Write the note first.")), Length(max=5000), plain], filters=[strip])


class GiveBackForm(OnCase):
    """Back to the queue."""

    reason = _reason(_l("Why you give the case back"), _l("Say why, in a few words."))


class AssignForm(OnCase):
    """To somebody else, or to nobody."""

    officer = SelectField(_l("Caseworker"), coerce=str)
    reason = _reason(_l("Reason for the assignment"), _l("Say why, in a few words."))

    def offer(self, officers: Sequence[tuple[int, str]], nobody: str) -> None:
        """Who may receive the case."""
        self.officer.choices = [SelectChoice("", nobody), *(SelectChoice(str(key), name) for key, name in officers)]

    @property
    def officer_id(self) -> int | None:
        """The one chosen."""
        return int(self.officer.data) if self.officer.data else None


class UrgencyForm(OnCase):
    """Urgent for a human reason; left empty, no longer urgent."""

    reason = StringField(_l("Reason for the urgency"), [Length(max=500), plain], filters=[strip])


class ReviewForm(Form):
    """What is thought of one document received."""

    decision = SelectField(_l("Decision"), choices=[SelectChoice(one, one) for one in ("accept", "refuse", "waive", "explain")])
    reason = SelectField(_l("Reason for the refusal"), validate_choice=False)
    note = StringField(_l("Note for the applicant"), [Length(max=500), plain], filters=[strip])
    message = StringField(_l("Explanation given in"), [Length(max=36), plain], filters=[strip])

    @property
    def message_id(self) -> UUID | None:
        """The message in which the applicant explained, if one was chosen."""
        try:
            return UUID(str(self.message.data or ""))
        except ValueError:
            return None

    def offer(self, language: str, none: str) -> None:
        """The reasons in the reader's language."""
        self.reason.choices = [SelectChoice("", none), *(SelectChoice(code, reason.label(language)) for code, reason in REFUSAL_REASONS.items())]
