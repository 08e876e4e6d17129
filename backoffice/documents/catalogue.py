"""The documents that can be asked for, whom each is suggested for, and why one can be refused.

Built from the fragments known of forms A-1520 (2012–2015) and A-1520-LF (2016-01) and from the ministry's page on
document requirements; the full list was not seen, so it is a project default. A suggestion is only that: the caseworker
composes the list.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from backoffice.cases.values import CivilStatus, PersonKind
from backoffice.documents.values import (
    CatalogueItem,
    DocumentFormat,
    FamilyFacts,
    PersonFacts,
    RefusalReason,
    Suggestion,
)

_EVERYONE: Final = frozenset(PersonKind)
_ADULTS: Final = frozenset({PersonKind.PRINCIPAL, PersonKind.SPOUSE})
_PRINCIPAL: Final = frozenset({PersonKind.PRINCIPAL})
_CHILD: Final = frozenset({PersonKind.CHILD})
_FAMILY: Final[frozenset[PersonKind]] = frozenset()

_CHECKLIST: Final = "A-1520-LF (2016-01)"
_PAPER_CHECKLIST: Final = "A-1520 (2012–2015)"
DEFAULT_BASIS: Final = "Liste par défaut du projet"

CATALOGUE: Final = {
    item.code: item
    for item in (
        CatalogueItem(
            "birth_certificate",
            "Acte de naissance",
            "Birth certificate",
            _EVERYONE,
            DocumentFormat.CERTIFIED_COPY,
            _CHECKLIST,
            ("Jugement supplétif d’acte de naissance", "Livret de famille, pages certifiées"),
            ("Declaratory judgment of birth", "Family record book, certified pages"),
        ),
        CatalogueItem(
            "passport",
            "Passeport, pages d’identité",
            "Passport, identity pages",
            _EVERYONE,
            DocumentFormat.PHOTOCOPY,
            _CHECKLIST,
        ),
        CatalogueItem(
            "union_proof",
            "Acte de mariage ou preuve d’union de fait",
            "Marriage certificate or proof of de facto union",
            _FAMILY,
            DocumentFormat.CERTIFIED_COPY,
            _CHECKLIST,
            ("Preuves d’une année de vie commune",),
            ("Proof of one year of life together",),
        ),
        CatalogueItem(
            "union_end",
            "Jugement de divorce, acte de séparation ou acte de décès du conjoint",
            "Divorce judgment, separation deed or spouse’s death certificate",
            _PRINCIPAL,
            DocumentFormat.CERTIFIED_COPY,
            DEFAULT_BASIS,
        ),
        CatalogueItem(
            "diploma",
            "Diplômes",
            "Diplomas",
            _ADULTS,
            DocumentFormat.CERTIFIED_COPY,
            _CHECKLIST,
            ("Attestation provisoire de réussite",),
            ("Provisional certificate of completion",),
        ),
        CatalogueItem(
            "transcript",
            "Relevés de notes",
            "Transcripts",
            _ADULTS,
            DocumentFormat.CERTIFIED_COPY,
            _CHECKLIST,
        ),
        CatalogueItem(
            "work_attestation",
            "Attestations de travail",
            "Work attestations",
            _ADULTS,
            DocumentFormat.PHOTOCOPY,
            _CHECKLIST,
            ("Contrats de travail et dernières fiches de paie",),
            ("Work contracts and latest pay slips",),
        ),
        CatalogueItem(
            "work_legality",
            "Preuve de la légalité du travail et cotisations sociales",
            "Proof of legal work and social contributions",
            _PRINCIPAL,
            DocumentFormat.PHOTOCOPY,
            _CHECKLIST,
            ("Avis d’imposition", "Registre de commerce, pour un travail autonome"),
            ("Tax assessment", "Trade register, for self-employment"),
        ),
        CatalogueItem(
            "french_test",
            "Résultat d’un test de français",
            "French test result",
            _ADULTS,
            DocumentFormat.ORIGINAL,
            _CHECKLIST,
        ),
        CatalogueItem(
            "english_test",
            "Résultat d’un test d’anglais",
            "English test result",
            _PRINCIPAL,
            DocumentFormat.ORIGINAL,
            _CHECKLIST,
        ),
        CatalogueItem(
            "self_sufficiency",
            "Contrat relatif à la capacité d’autonomie financière (A-0522)",
            "Financial self-sufficiency contract (A-0522)",
            _PRINCIPAL,
            DocumentFormat.ORIGINAL,
            "A-0522-OF",
        ),
        CatalogueItem(
            "common_values",
            "Déclaration sur les valeurs communes de la société québécoise",
            "Declaration on the common values of Québec society",
            _ADULTS,
            DocumentFormat.ORIGINAL,
            "GPI 5-5, PERM-114",
        ),
        CatalogueItem(
            "offer_validation",
            "Validation de l’offre d’emploi",
            "Validation of the job offer",
            _PRINCIPAL,
            DocumentFormat.PHOTOCOPY,
            _CHECKLIST,
        ),
        CatalogueItem(
            "stay_permit",
            "Permis d’études ou de travail et preuve de séjour au Québec",
            "Study or work permit and proof of stay in Québec",
            _PRINCIPAL,
            DocumentFormat.PHOTOCOPY,
            _CHECKLIST,
        ),
        CatalogueItem(
            "quebec_ties",
            "Preuve de séjour ou de famille au Québec",
            "Proof of stay or of family in Québec",
            _ADULTS,
            DocumentFormat.PHOTOCOPY,
            _CHECKLIST,
        ),
        CatalogueItem(
            "custody",
            "Consentement de l’autre parent ou preuve de garde",
            "Consent of the other parent or proof of custody",
            _CHILD,
            DocumentFormat.CERTIFIED_COPY,
            _PAPER_CHECKLIST,
            ("Acte de décès de l’autre parent",),
            ("Death certificate of the other parent",),
        ),
        CatalogueItem(
            "dependency",
            "Preuve de dépendance d’un enfant ayant dépassé l’âge",
            "Proof of dependency of a child over the age limit",
            _CHILD,
            DocumentFormat.ORIGINAL,
            "Page « Enfant à charge », 2014 et 2017",
        ),
        CatalogueItem(
            "representative_mandate",
            "Mandat du représentant",
            "Representative’s mandate",
            _FAMILY,
            DocumentFormat.ORIGINAL,
            DEFAULT_BASIS,
        ),
        CatalogueItem(
            "other",
            "Autre document",
            "Other document",
            _EVERYONE,
            DocumentFormat.PHOTOCOPY,
            "Un original peut être exigé en tout temps",
        ),
    )
}

REFUSAL_REASONS: Final = {
    reason.code: reason
    for reason in (
        RefusalReason("illegible", "Document illisible", "Illegible document"),
        RefusalReason(
            "not_certified",
            "Copie non certifiée conforme, ou certifiée par une autorité non reconnue",
            "Copy not certified, or certified by an authority not recognised",
        ),
        RefusalReason(
            "translation_missing",
            "Traduction absente, incomplète ou d’un traducteur non reconnu",
            "Translation missing, incomplete or by a translator not recognised",
        ),
        RefusalReason("wrong_document", "Ce n’est pas le document demandé", "Not the document asked for"),
        RefusalReason("wrong_person", "Document d’une autre personne", "Document of another person"),
        RefusalReason("incomplete_pages", "Pages manquantes", "Pages missing"),
        RefusalReason("not_original", "Original exigé", "Original required"),
        RefusalReason("expired", "Document périmé", "Expired document"),
        RefusalReason("unsigned", "Document non signé", "Unsigned document"),
        RefusalReason("other", "Autre motif, expliqué dans la note", "Other reason, explained in the note"),
    )
}

_OF_CIVIL_STATUS: Final = frozenset({"birth_certificate", "union_proof", "union_end", "custody"})
_OF_WORK: Final = frozenset({"work_attestation", "work_legality"})
FRENCH_OR_ENGLISH: Final = frozenset(
    [
        "FR",
        "BE",
        "CH",
        "LU",
        "MC",
        "CA",
        "US",
        "GB",
        "IE",
        "AU",
        "NZ",
        "DZ",
        "MA",
        "TN",
        "SN",
        "CI",
        "CM",
        "BJ",
        "BF",
        "TG",
        "ML",
        "NE",
        "GA",
        "CG",
        "CD",
        "GN",
        "MG",
        "HT",
        "TD",
        "CF",
        "DJ",
        "KM",
        "BI",
        "RW",
        "MU",
        "SC",
        "NG",
        "GH",
        "KE",
        "UG",
        "ZA",
        "ZM",
        "ZW",
        "JM",
        "TT",
        "BB",
        "GY",
        "IN",
        "PK",
        "LK",
        "SG",
        "PH",
        "HK",
        "LB",
    ]
)
"""Countries whose documents usually come in French or English; a project default, and only a suggestion."""

_UNION: Final = frozenset({CivilStatus.MARRIED, CivilStatus.DE_FACTO})
_UNION_ENDED: Final = frozenset({CivilStatus.SEPARATED, CivilStatus.DIVORCED, CivilStatus.WIDOWED})
_UNDER_19_FROM: Final = date(2014, 8, 1)
_UNDER_22_AGAIN_FROM: Final = date(2017, 10, 24)


def suggested(people: Sequence[PersonFacts], facts: FamilyFacts) -> tuple[Suggestion, ...]:
    """Propose the documents of a family: its own first, then those of each person, in the order of the catalogue.

    A spouse is asked for studies and language only where the application claims points for them.
    """
    family = [Suggestion(code, None, needs_translation(code, people[:1])) for code in _of_family(people, facts)]
    each = [Suggestion(code, index, needs_translation(code, [person])) for index, person in enumerate(people) for code in _of_person(person, facts)]
    return tuple(family + each)


def needs_translation(code: str, people: Sequence[PersonFacts]) -> bool:
    """Whether a document was probably written in another language than French or English, by the country that issues it.

    Such a document comes with the original of its full translation by a recognised translator. The country where somebody was
    born says it of civil status, those of the studies and of the work of diplomas and attestations; a country unknown says nothing.
    """
    countries = {country for person in people for country in _issuers(code, person)}
    return bool(countries - FRENCH_OR_ENGLISH)


def _issuers(code: str, person: PersonFacts) -> tuple[str, ...]:
    if code in _OF_CIVIL_STATUS:
        return (person.birth_country,) if person.birth_country else ()
    return {"diploma": person.study_countries, "transcript": person.study_countries}.get(code, person.work_countries if code in _OF_WORK else ())


def _of_family(people: Sequence[PersonFacts], facts: FamilyFacts) -> list[str]:
    in_union = facts.civil_status in _UNION or any(person.kind is PersonKind.SPOUSE for person in people)
    wanted = {"union_proof": in_union, "representative_mandate": facts.representative}
    return [code for code in CATALOGUE if wanted.get(code)]


def _of_person(person: PersonFacts, facts: FamilyFacts) -> list[str]:
    principal = person.kind is PersonKind.PRINCIPAL
    adult = person.kind is not PersonKind.CHILD
    wanted = {
        "birth_certificate": True,
        "passport": True,
        "union_end": principal and facts.civil_status in _UNION_ENDED,
        "diploma": principal or (adult and person.education),
        "transcript": principal or (adult and person.education),
        "work_attestation": adult and person.experience,
        "work_legality": principal and person.experience,
        "french_test": adult and person.language_tests,
        "english_test": principal and person.language_tests,
        "self_sufficiency": principal,
        "common_values": adult,
        "offer_validation": principal and facts.validated_offer,
        "stay_permit": principal and facts.temporary_resident,
        "quebec_ties": principal and facts.quebec_ties,
        "custody": not adult and person.other_parent_absent,
        "dependency": not adult and _is_over_age(person.birth_date, facts.received_on),
    }
    return [code for code in CATALOGUE if wanted.get(code)]


def _is_over_age(birth: date, received_on: date) -> bool:
    """Whether a child has passed the age limit in force when the application was received (see ``fees.rules``)."""
    limit = 19 if _UNDER_19_FROM <= received_on < _UNDER_22_AGAIN_FROM else 22
    try:
        passes_on = birth.replace(year=birth.year + limit)
    except ValueError:  # born on 29 February
        passes_on = date(birth.year + limit, 3, 1)
    return received_on >= passes_on
