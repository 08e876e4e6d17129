"""What is typed on threads: a reply, a reason, an owner, a message to many."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from backoffice.core.forms import Form, plain, strip
from backoffice.mail.threads.service import LONGEST_BODY, LONGEST_SUBJECT
from backoffice.mail.threads.values import BulkText


class ReplyForm(Form):
    """A reply to the applicant; each field is saved by itself while it is typed."""

    subject = StringField(_l("Subject"), [Length(max=LONGEST_SUBJECT), plain])
    body = TextAreaField(_l("Text"), [Length(max=LONGEST_BODY), plain])
    paragraph = SelectField(_l("Paragraph"), validate_choice=False)
    macro = SelectField(_l("Reply with its acts"), validate_choice=False)
    upload = MultipleFileField(_l("Files from this computer"))
    seen = HiddenField()

    def offer(self, paragraphs: Sequence[tuple[str, str]], macros: Sequence[tuple[str, str]]) -> None:
        """What can be put in the text."""
        self.paragraph.choices = [SelectChoice("", _("choose…")), *(SelectChoice(name, f"::{name} – {title}") for name, title in paragraphs)]
        self.macro.choices = [SelectChoice("", _("choose…")), *(SelectChoice(name, label) for name, label in macros)]

    @property
    def seen_position(self) -> int:
        """The last message that the author had on screen."""
        text = str(self.seen.data or "")
        return int(text) if text.isdecimal() and len(text) < 10 else 0


def _why(label: object) -> StringField:
    return StringField(label, [InputRequired(_l("Say why, in a few words.")), Length(max=500), plain], filters=[strip])


class SettleForm(Form):
    """No answer is needed, and why."""

    reason = _why(_l("Why no answer is needed"))


class WithdrawForm(Form):
    """A message sent in error, and what the error was."""

    reason = _why(_l("What the error was"))


class ThreadForm(Form):
    """Who answers the thread."""

    owner = SelectField(_l("Who answers"), coerce=str)

    def offer(self, officers: Sequence[tuple[int, str]]) -> None:
        """Who may be given it."""
        self.owner.choices = [SelectChoice("", _("the caseworker of the case")), *(SelectChoice(str(key), name) for key, name in officers)]

    @property
    def owner_id(self) -> int | None:
        """The one chosen."""
        return int(self.owner.data) if self.owner.data else None


def _words(label: object, longest: int, *, long: bool = False, required: bool = False) -> StringField:
    rules = [*([InputRequired(_l("Fill in this field."))] if required else []), Length(max=longest), plain]
    return (TextAreaField if long else StringField)(label, rules, filters=[strip])


class BulkForm(Form):
    """A message to many; sending the form freezes the list and shows it, and writes to nobody."""

    numbers = TextAreaField(_l("File numbers, one a line"), [Length(max=100_000), plain])
    subject_fr = _words(_l("Subject in French"), LONGEST_SUBJECT, required=True)
    body_fr = _words(_l("Text in French"), LONGEST_BODY, long=True, required=True)
    subject_en = _words(_l("Subject in English"), LONGEST_SUBJECT)
    body_en = _words(_l("Text in English"), LONGEST_BODY, long=True)
    reason = _words(_l("Reason, for the second person and the history"), 1000, long=True, required=True)

    def text(self) -> BulkText:
        """The words for each language."""
        return BulkText(self.subject_fr.data, self.body_fr.data, self.subject_en.data or "", self.body_en.data or "")

    def lines(self) -> list[str]:
        """The numbers as they were given."""
        return [one for line in str(self.numbers.data or "").replace(",", "\n").replace(";", "\n").split("\n") if (one := line.strip())]
