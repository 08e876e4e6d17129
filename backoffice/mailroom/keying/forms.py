"""The paper form as fields to type, person by person; the second pass, the third look, the rates."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from backoffice.core.forms import Form, IsoDateField, plain, strip
from backoffice.mailroom.keying import rules
from backoffice.mailroom.keying.labels import LABELS, PERSON_LABELS, field_label
from backoffice.mailroom.keying.models import KeyingPair
from backoffice.mailroom.keying.values import ILLEGIBLE, Critical
from backoffice.mailroom.values import Ground

GROUNDS = {
    Ground.RECEIVED_BEFORE_2016: _l("Received before 2016 (stamp of 2015-12-31 at the latest)"),
    Ground.WINDOW_TAKES_PAPER: _l("The intake period of the stamp takes paper"),
    Ground.INTERNET_IMPOSSIBLE: _l("Exception: no possible access to the internet"),
    Ground.PORTAL_FAULT: _l("Exception: fault of the portal"),
    Ground.MANUAL_CORRECTION: _l("Exception: correction by hand"),
}
CHOICES: Mapping[str, list[tuple[str, object]]] = {
    "language": [("fr", _l("French")), ("en", _l("English"))],
    "ground": [("", _l("Choose…")), *((g.value, label) for g, label in GROUNDS.items())],
    "exemption": [
        ("", _l("None")), ("validated_job_offer", _l("Validated job offer")), ("temporary_resident_in_quebec", _l("Temporary resident in Québec")),
    ],
    "sex": [("", "—"), ("F", "F"), ("M", "M"), ("X", "X")],
    "civil_status": [
        ("", "—"), ("single", _l("Single")), ("married", _l("Married")), ("de_facto", _l("De facto spouse")), ("separated", _l("Separated")),
        ("divorced", _l("Divorced")), ("widowed", _l("Widowed")),
    ],
    "education_level": [
        ("", "—"), ("secondary", _l("Secondary")), ("vocational", _l("Vocational")), ("technical", _l("Technical")), ("bachelor", _l("Bachelor")),
        ("master", _l("Master")), ("doctorate", _l("Doctorate")),
    ],
}  # fmt: skip
TICKS = {"truthful", "common_values", "spouse"}
FIRST = "ground"
"""The field under the cursor when a form is opened for the first time."""
LONG = {"address_lines", "ground_reason"}
NEEDED = {"programme", "language", "ground", "signed_name", "family_name", "birth_date", "sex", "citizenships", "address_lines", "address_country"}


@dataclass(frozen=True)
class Group:
    """Fields of the form that stand together."""

    key: str
    legend: str
    names: tuple[str, ...]


def groups(fields: Mapping[str, str]) -> list[Group]:
    """The form, person by person, as the paper has it."""
    children = [
        Group(f"child{n}", _("Child %(number)s", number=n), tuple(f"child{n}-{name}" for name in rules.PERSON))
        for n in range(1, rules.children_of(fields) + 1)
    ]
    principal = tuple(f"principal-{name}" for name in (*rules.PERSON, "civil_status", *rules.CONTACT, *rules.STUDY))
    spouse = tuple(f"spouse-{name}" for name in rules.PERSON)
    return [
        Group(
            "ground",
            _("The application"),
            ("ground", "ground_reason", "programme", "language", "exemption", "exemption_reference", "destination_region"),
        ),
        Group("principal", _("Principal applicant"), principal),
        Group("spouse", _("Spouse"), ("spouse", *spouse)),
        *children,
        Group("payment", _("Payment"), ("payment_amount",)),
        Group("declarations", _("Declarations"), ("truthful", "common_values", "signed_name")),
    ]


def keying_form(fields: Mapping[str, str], faults: Mapping[str, str]) -> Form:
    """The form of one envelope: as many children as it has room for, with what was kept and what is wrong."""
    names = [name for group in groups(fields) for name in group.names]
    made: type[Form] = type("KeyingForm", (Form,), {name: _field(name) for name in names})
    form = made(formdata=None, data={name: (bool(fields.get(name)) if name in TICKS else fields.get(name, "")) for name in names})
    for name, words in faults.items():
        if name in form:
            form[name].errors = [words]
    return form


def _field(name: str) -> object:
    who, _dash, member = name.rpartition("-")
    label = PERSON_LABELS.get(member) or LABELS[member]
    checks = [InputRequired()] if member in NEEDED and (who in {"", "principal"} or who.startswith("child")) else []
    if member in TICKS:
        return BooleanField(label)
    if member in CHOICES:
        return SelectField(label, checks, choices=[SelectChoice(value, words) for value, words in CHOICES[member]], validate_choice=False)
    return TextAreaField(label, checks) if member in LONG else StringField(label, checks)


def markable(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    """The fields that can be marked, by label: for who has no scripts."""
    return labelled(name for group in groups(fields) for name in group.names if name not in TICKS)


def labelled(names: Iterable[str]) -> list[tuple[str, str]]:
    """Fields with the person each speaks of."""
    return [(name, field_label(name)) for name in names]


def second_groups(names: Iterable[str]) -> list[Group]:
    """The critical fields, person by person."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name.rpartition("-")[0], []).append(name)
    words = {"principal": _("Principal applicant"), "spouse": _("Spouse"), "": _("Payment")}
    return [
        Group(who or "payment", words.get(who) or _("Child %(number)s", number=who.removeprefix("child")), tuple(of)) for who, of in found.items()
    ]


def second_form(names: Iterable[str], fields: Mapping[str, str], faults: Mapping[str, str]) -> Form:
    """The critical fields, with what this second clerk typed and nothing else."""
    every = list(names)
    labels = {name: PERSON_LABELS.get(name.rpartition("-")[2]) or LABELS[name] for name in every}
    made: type[Form] = type("SecondForm", (Form,), {name: StringField(label, [InputRequired()]) for name, label in labels.items()})
    form = made(formdata=None, data={name: fields.get(name, "") for name in every})
    for name, words in faults.items():
        form[name].errors = [words]
    return form


class SettleForm(Form):
    """What is right of each difference: one reading, the other, another value, or nobody can read it."""

    pairs: Sequence[KeyingPair] = ()

    def values(self) -> dict[int, str]:
        """The value settled, by its pair."""
        return {pair.id: self._value(pair) for pair in self.pairs}

    def _value(self, pair: KeyingPair) -> str:
        typed = self[f"typed-{pair.id}"].data or ""
        chosen = {"first": pair.first_value, "second": pair.second_value, "illegible": ILLEGIBLE}
        return chosen.get(self[f"choice-{pair.id}"].data, typed)


def settle_form(pairs: Sequence[KeyingPair]) -> SettleForm:
    """Two fields for each difference."""
    members: dict[str, object] = {"pairs": pairs}
    for pair in pairs:
        choices = [
            SelectChoice("first", _reading(pair.first_value)),
            SelectChoice("second", _reading(pair.second_value)),
            SelectChoice("typed", _("Another value:")),
            SelectChoice("illegible", _("Nobody can read it")),
        ]
        label = field_label(pair.field)
        members[f"choice-{pair.id}"] = RadioField(label, [InputRequired(_("Choose what is right."))], choices=choices)
        members[f"typed-{pair.id}"] = StringField(
            _("Another value: %(field)s", field=label), [_said(pair.id), Length(max=500), plain], filters=[strip]
        )
    made: type[SettleForm] = type("SettleForm", (SettleForm,), members)
    return made()


def _reading(value: str) -> str:
    return _("(nobody can read it)") if value == ILLEGIBLE else value or _("(left blank)")


def _said(pair_id: int) -> Callable[[Form, StringField], None]:
    def check(form: Form, field: StringField) -> None:
        if form[f"choice-{pair_id}"].data == "typed" and not field.data:
            raise ValidationError(_("Write the value that is right."))

    return check


CRITICAL = {
    Critical.NAMES: _l("Names"), Critical.BIRTH_DATES: _l("Dates of birth"), Critical.PASSPORTS: _l("Passports"), Critical.AMOUNTS: _l("Amounts"),
}  # fmt: skip


class RateForm(Form):
    """Which share of the envelopes has a group keyed twice, from a day on."""

    critical = SelectField(_l("Group of fields"), choices=[SelectChoice(one.value, label) for one, label in CRITICAL.items()])
    percent = IntegerField(_l("Keyed twice, of 100 envelopes"), [InputRequired(_l("Write the rate."))])
    from_on = IsoDateField(_l("From this day on"), [InputRequired(_l("Write the day."))])
    reason = StringField(_l("Reason"), [InputRequired(_l("Say why, in a sentence.")), Length(max=500), plain], filters=[strip])

    def rate(self) -> tuple[Critical, int, date, str]:
        """The rate."""
        assert self.from_on.data is not None  # required above
        return Critical(self.critical.data), int(self.percent.data), self.from_on.data, str(self.reason.data)
