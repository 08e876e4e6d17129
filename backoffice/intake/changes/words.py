"""The words of changes, as pages and the trail write them."""

from typing import Final

from flask_babel import lazy_gettext as _l

from backoffice.cases.values import CivilStatus
from backoffice.intake.changes.values import ChangeKind, ChangeSource

KINDS: Final = {
    ChangeKind.ADDRESS: _l("Address or contact"), ChangeKind.NAME: _l("Name"), ChangeKind.FAMILY_ADDED: _l("Person added"),
    ChangeKind.FAMILY_REMOVED: _l("Person removed"), ChangeKind.WORK: _l("Work or studies"), ChangeKind.OTHER: _l("Something else"),
    ChangeKind.CORRECTION: _l("Entry corrected"),
}  # fmt: skip

SOURCES: Final = {
    ChangeSource.MESSAGE: _l("message"), ChangeSource.ENVELOPE: _l("envelope"), ChangeSource.PHONE: _l("telephone"),
    ChangeSource.COUNTER: _l("counter"), ChangeSource.FILE: _l("reading of the file"),
}  # fmt: skip

FIELDS: Final = {
    "family_name": _l("Family name"), "given_names": _l("Given names"), "birth_date": _l("Date of birth"), "sex": _l("Sex"),
    "birth_country": _l("Country of birth"), "passport_number": _l("Passport"), "civil_status": _l("Civil status"),
    "address": _l("Address"), "email": _l("E-mail"), "phone": _l("Telephone"), "why": _l("Why"), "member": _l("Person"), "kind": _l("Who joins"),
    "citizenships": _l("Citizenships"), "text": _l("What changed"), "value": _l("Right value"),
}  # fmt: skip

LEAVING: Final = {
    "separation": _l("Separation or divorce"), "death": _l("Death"), "no_longer_comes": _l("No longer comes along"), "other": _l("Another reason"),
}  # fmt: skip

_CIVIL: Final = {
    CivilStatus.SINGLE: _l("Single"), CivilStatus.MARRIED: _l("Married"), CivilStatus.DE_FACTO: _l("De facto union"),
    CivilStatus.SEPARATED: _l("Separated"), CivilStatus.DIVORCED: _l("Divorced"), CivilStatus.WIDOWED: _l("Widowed"),
}  # fmt: skip


def civil(status: CivilStatus) -> str:
    """A civil status in words."""
    return str(_CIVIL[status])


def kind(code: str) -> str:
    """What changed."""
    return str(KINDS[ChangeKind(code)])


def source(code: str) -> str:
    """How it reached us."""
    return str(SOURCES[ChangeSource(code)])


def field(code: str) -> str:
    """The name of an entry."""
    return str(FIELDS.get(code, code))


def value(code: str, what: object) -> str:
    """A value as a person reads it."""
    if what in (None, "", []):
        return "—"
    if code == "civil_status" and str(what) in {one.value for one in CivilStatus}:
        return civil(CivilStatus(str(what)))
    if code == "why":
        return str(LEAVING.get(str(what), what))
    if isinstance(what, dict):
        parts = [*(what.get("lines") or []), what.get("postal_code"), what.get("locality"), what.get("country")]
        return ", ".join(str(one) for one in parts if one)
    return ", ".join(str(one) for one in what) if isinstance(what, list) else str(what)
