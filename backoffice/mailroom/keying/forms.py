"""The paper form as fields to type, person by person."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired

from backoffice.core.forms import Form
from backoffice.mailroom.keying import rules
from backoffice.mailroom.keying.labels import LABELS, PERSON_LABELS
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
        return SelectField(label, checks, choices=CHOICES[member], validate_choice=False)
    return TextAreaField(label, checks) if member in LONG else StringField(label, checks)
