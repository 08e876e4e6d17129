"""What a caseworker types to ask for documents: the list stands in the form itself, so that it works without scripts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from backoffice.cases.models import Case
from backoffice.core.forms import Form, plain, strip
from backoffice.desk.forms import OnCase
from backoffice.documents.catalogue import CATALOGUE
from backoffice.documents.models import RequestItem
from backoffice.documents.values import DocumentFormat, NewItem

LONGEST = 500
FAMILY = "family"


@dataclass(frozen=True)
class Line:
    """One line of a list being composed, as the form carries it; `kept` is the line of the old list that it takes over."""

    key: str
    code: str
    person_id: int | None
    ticked: bool
    format: str
    translation: bool
    reason: str = ""
    reason_en: str = ""
    label_fr: str = ""
    label_en: str = ""
    basis: str = ""
    substitutes_fr: str = ""
    substitutes_en: str = ""
    kept: RequestItem | None = None

    @property
    def is_free(self) -> bool:
        """Whether the caseworker describes the document."""
        return self.code == "other"

    def item(self) -> NewItem:
        """The line as it is asked."""
        return NewItem(
            self.code, self.person_id, self.reason, self.reason_en, self.label_fr, self.label_en, DocumentFormat(self.format), self.basis,
            self.substitutes_fr, self.substitutes_en, self.translation,
        )  # fmt: skip


TEXTS = ("reason", "reason_en", "label_fr", "label_en", "basis", "substitutes_fr", "substitutes_en")


def line_of(code: str, person_id: int | None, *, key: str = "", ticked: bool = True, translation: bool = False) -> Line:
    """A line with all that the catalogue says of it."""
    known = CATALOGUE[code]
    return Line(
        key or f"{code}:{person_id or FAMILY}", code, person_id, ticked, known.format.value, translation, basis=known.basis,
        substitutes_fr=" ; ".join(known.substitutes), substitutes_en="; ".join(known.substitutes_en),
    )  # fmt: skip


def read_lines(case: Case, form: Mapping[str, Sequence[str]]) -> list[Line]:
    """The lines that a form carries, or a draft; what is not in the catalogue or not of this family is not read."""
    people = {str(person.id): person.id for person in case.people}
    ticked, found = set(form.get("item", ())), []
    for key in dict.fromkeys(form.get("line", ())):
        name, _colon, who = key.partition(":")
        code = name.partition(".")[0]
        if code in CATALOGUE and (who == FAMILY or who in people):
            found.append(_read(line_of(code, people.get(who), key=key, ticked=key in ticked), form))
    return found


def _read(line: Line, form: Mapping[str, Sequence[str]]) -> Line:
    typed = {name: _text(form[f"{name}:{line.key}"]) for name in TEXTS if form.get(f"{name}:{line.key}")}
    asked = _text(form.get(f"format:{line.key}", ()))
    shape = asked if asked in {one.value for one in DocumentFormat} else line.format
    return replace(line, **typed, format=shape, translation=bool(form.get(f"translation:{line.key}")))  # type: ignore[arg-type]  # the names are those of texts


def _text(values: Sequence[str]) -> str:
    return values[0].replace("\x00", "").strip()[:LONGEST] if values else ""


def added(lines: list[Line], case: Case, code: str, who: str) -> list[Line]:
    """One line more; a document of the catalogue stands once for each person, « other » as often as needed."""
    people = {str(person.id): person.id for person in case.people}
    if code not in CATALOGUE or (who != FAMILY and who not in people):
        return lines
    key = f"{code}:{who}"
    if code == "other":
        taken = {line.key for line in lines}
        key = next(one for n in range(1, len(taken) + 2) if (one := key if n == 1 else f"other.{n}:{who}") not in taken)
    kept = [replace(line, ticked=True) if line.key == key else line for line in lines]
    return kept if any(line.key == key for line in kept) else [*kept, line_of(code, people.get(who), key=key)]


class RequestForm(OnCase):
    """A request being composed: its lines stand beside these fields."""

    step = HiddenField()
    add_code = SelectField(_l("Document to add"), validate_choice=False)
    add_person = SelectField(_l("For whom"), validate_choice=False)
    days = IntegerField(_l("Days granted, in place of 90"), [Optional(), NumberRange(1, 999)])
    days_reason = StringField(_l("Why this term"), [Length(max=LONGEST), plain], filters=[strip])
    why = StringField(_l("Why another list"), [Length(max=LONGEST), plain], filters=[strip])

    def offer(self, people: Sequence[tuple[str, str]], language: str) -> None:
        """What can be added, and for whom."""
        self.add_code.choices = [SelectChoice("", _("choose…")), *(SelectChoice(code, item.label(language)) for code, item in CATALOGUE.items())]
        self.add_person.choices = [SelectChoice(key, name) for key, name in [*people, (FAMILY, _("the family"))]]
        self.add_code.data = ""


class WhyForm(Form):
    """An act on a whole request, with its reason."""

    reason = StringField(
        _l("Reason, which the applicant reads"), [InputRequired(_l("Say why, in a few words.")), Length(max=LONGEST), plain], filters=[strip]
    )


class AttachForm(Form):
    """Which line a document answers; or that it answers none, and why."""

    item = SelectField(_l("Answers"), coerce=int, choices=[])
    reason = StringField(_l("Reason"), [Length(max=LONGEST), plain], filters=[strip])
