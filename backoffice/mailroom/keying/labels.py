"""The fields of the paper form, as a clerk and a caseworker read them."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

PERSON_LABELS = {
    "family_name": _l("Family name"), "given_names": _l("Given names"), "sex": _l("Sex"), "birth_date": _l("Date of birth"),
    "birth_country": _l("Country of birth"), "citizenships": _l("Citizenships"), "passport_number": _l("Passport"),
}  # fmt: skip
LABELS = {
    "programme": _l("Programme"), "language": _l("Language of correspondence"), "ground": _l("Ground on which paper is accepted"),
    "ground_reason": _l("Why the exception (read by the supervisor)"), "exemption": _l("Ground of exemption from the quota"),
    "exemption_reference": _l("Number of the offer or permit"), "destination_region": _l("Region of destination (01 to 17)"),
    "truthful": _l("The declaration is signed on the form"), "common_values": _l("The declaration on common values is signed"),
    "signed_name": _l("Name as signed"), "spouse": _l("There is a spouse on the form"), "civil_status": _l("Civil status"),
    "email": _l("E-mail address"), "phone": _l("Telephone"), "address_lines": _l("Address"), "locality": _l("Town"),
    "region": _l("Province or region"), "postal_code": _l("Postal code"), "address_country": _l("Country"),
    "education_level": _l("Highest diploma"), "education_field": _l("Field of study"),
    "payment_amount": _l("Amount written on the form"), "experience_occupation": _l("Occupation"), "experience_from": _l("In this occupation since"),
}  # fmt: skip


def field_label(name: str) -> str:
    """« Child 2, Date of birth »: a field with the person it speaks of."""
    who, _dash, member = name.rpartition("-")
    label = str(PERSON_LABELS.get(member) or LABELS.get(member, member))
    if who.startswith("child"):
        return f"{_('Child %(number)s', number=who.removeprefix('child'))}, {label}"
    people = {"principal": _("Principal applicant"), "spouse": _("Spouse")}
    return f"{people[who]}, {label}" if who in people else label
