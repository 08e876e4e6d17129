"""Who did it: every fact carries its author, person or machine."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of author: a member of staff, the product itself, or somebody outside through the API."""

    STAFF = "staff"
    SYSTEM = "system"
    PORTAL = "portal"
    PROVIDER = "provider"
    APPLICANT = "applicant"


@dataclass(frozen=True)
class Actor:
    """An author as the trail remembers it; `id` is the account's, or the key's."""

    kind: ActorKind
    id: str
    label: str

    @property
    def is_person(self) -> bool:
        """Whether a named person answers for the act."""
        return self.kind is ActorKind.STAFF


SYSTEM = Actor(ActorKind.SYSTEM, "system", "Système")
APPLICANT = Actor(ActorKind.APPLICANT, "applicant", "Requérant")
