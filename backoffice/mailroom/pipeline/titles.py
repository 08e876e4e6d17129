"""What the sheets between papers call what follows them, in the words of the catalogue of documents."""

import re

from backoffice.documents.catalogue import CATALOGUE

PERSONS = {"principal": "requérant principal", "spouse": "conjoint"}
_CHILD = re.compile(r"child(\d{1,2})")


def title_of(document: str | None, person: str | None) -> str | None:
    """The title of a document behind sheets for its type and its person; nothing when no sheet says any."""
    item = CATALOGUE.get(document) if document else None
    words = [item.label_fr if item else "Document" if person else "", _person(person)]
    return " — ".join(word for word in words if word) or None


def _person(person: str | None) -> str:
    if person is None:
        return ""
    child = _CHILD.fullmatch(person)
    return f"enfant {child[1]}" if child else PERSONS.get(person, "")
