"""What can be asked for, of whom, in which form, and the facts a suggestion is made from."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from backoffice.cases.values import CivilStatus, PersonKind


class DocumentFormat(StrEnum):
    """The form a document must come in (ministry's page on document requirements)."""

    ORIGINAL = "original"
    CERTIFIED_COPY = "certified_copy"
    PHOTOCOPY = "photocopy"


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """A document that can be asked for; with nobody in ``for_whom``, once for the whole family."""

    code: str
    label_fr: str
    label_en: str
    for_whom: frozenset[PersonKind]
    format: DocumentFormat
    basis: str
    substitutes: tuple[str, ...] = ()
    substitutes_en: tuple[str, ...] = ()

    @property
    def is_family(self) -> bool:
        """Whether it is asked once of the family rather than of each person."""
        return not self.for_whom

    def label(self, language: str) -> str:
        """Name the document in French, or in English for ``en``."""
        return self.label_en if language == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """Why a document received cannot be accepted."""

    code: str
    label_fr: str
    label_en: str

    def label(self, language: str) -> str:
        """Word the reason in French, or in English for ``en``."""
        return self.label_en if language == "en" else self.label_fr


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the application says of one person, as far as documents depend on it."""

    kind: PersonKind
    birth_date: date
    education: bool = False
    experience: bool = False
    language_tests: bool = False
    other_parent_absent: bool = False
    birth_country: str | None = None
    study_countries: tuple[str, ...] = ()
    work_countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilyFacts:
    """What the application says of the family, as far as documents depend on it."""

    received_on: date
    civil_status: CivilStatus | None = None
    validated_offer: bool = False
    temporary_resident: bool = False
    quebec_ties: bool = False
    representative: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A document proposed to the caseworker: its code, and the person it is asked of (``None`` for the family)."""

    code: str
    person_index: int | None
    translation: bool = False


@dataclass(frozen=True, slots=True)
class NewItem:
    """One line of a request as the caseworker composed it; with no person, asked of the family.

    What is left out is the catalogue's; a document that the catalogue does not know is described in both languages.
    """

    code: str
    person_id: int | None
    reason: str = ""
    reason_en: str = ""
    label_fr: str = ""
    label_en: str = ""
    format: DocumentFormat | None = None
    basis: str | None = None
    substitutes_fr: str | None = None
    substitutes_en: str | None = None
    translation: bool = False


@dataclass(frozen=True, slots=True)
class NewPage:
    """A page to file: its picture and the original it stands on, both in the file store already."""

    original_sha256: str
    original_page: int
    picture_sha256: str
    thumbnail_sha256: str


@dataclass(frozen=True, slots=True)
class NewDocument:
    """Pages to file to a case, whatever their door; `source_ref` names the envelope or the message."""

    title: str
    source: str
    source_ref: str
    received_on: date
    media_type: str
    filename: str
    sha256: str | None
    pages: tuple[NewPage, ...]
