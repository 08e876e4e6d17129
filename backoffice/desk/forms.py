"""What a caseworker types on a case: a note, a reason, a review, a request."""

from collections.abc import Sequence

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

    def offer(self, language: str, none: str) -> None:
        """The reasons in the reader's language."""
        self.reason.choices = [SelectChoice("", none), *(SelectChoice(code, reason.label(language)) for code, reason in REFUSAL_REASONS.items())]


class RequestForm(OnCase):
    """A request being composed: its lines stand in the form itself, so that it works without scripts."""

    step = HiddenField()
    add_code = SelectField(_l("Document to add"), validate_choice=False)
    add_person = SelectField(_l("For whom"), validate_choice=False)
