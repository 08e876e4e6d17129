"""How an applicant is addressed: name, lines of the window envelope, and the code of the sheet that comes back."""

from backoffice.cases.models import Case, Person
from backoffice.core import formats
from backoffice.core.settings import settings
from backoffice.mail import codes


def name(person: Person) -> str:
    """« Given Family », or the single name, to the letter."""
    return f"{person.given_names} {person.family_name}" if person.given_names else person.family_name


def lines(case: Case) -> tuple[str, ...]:
    """The address as written, the country last, in French for our own post."""
    address = case.contact.get("address") or {}
    town = " ".join(str(part) for part in (address.get("postal_code"), address.get("locality")) if part)
    parts = [*address.get("lines", ()), town, address.get("region") or "", formats.country(address.get("country"))]
    return tuple(str(part) for part in parts if part)


def return_code(kind: str, owner_id: int, number: str) -> str:
    """The signed code of a return sheet: a forged or foreign one routes nothing."""
    return codes.encode(codes.ReturnCode(kind, owner_id, number), code_key())


def read_return_code(text: str) -> codes.ReturnCode | None:
    """What one of our codes says, or nothing."""
    return codes.decode(text, [code_key()])


def code_key() -> bytes:
    """The key that signs return sheets."""
    return b"return-sheet:" + settings().secret_key.encode()
