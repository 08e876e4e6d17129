"""What the applicant is told of a change: that it is recorded, in plain words, and that the place does not move."""

from datetime import datetime
from typing import Final, cast

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.intake.changes.models import CircumstanceChange
from backoffice.intake.changes.values import ChangeKind
from backoffice.mail import addresses, printing, service, texts
from backoffice.mail.texts import Language
from backoffice.mail.values import NewFile

LANGUAGES: Final[tuple[Language, Language]] = ("fr", "en")
NBSP = "\N{NO-BREAK SPACE}"
SAID: Final[dict[Language, dict[ChangeKind, str]]] = {
    "fr": {
        ChangeKind.ADDRESS: "Nouvelles coordonnées", ChangeKind.NAME: "Nouveau nom", ChangeKind.FAMILY_ADDED: "Personne ajoutée à la demande",
        ChangeKind.FAMILY_REMOVED: "Personne retirée de la demande", ChangeKind.WORK: "Travail ou études", ChangeKind.OTHER: "Autre changement",
        ChangeKind.CORRECTION: "Inscription corrigée",
    },
    "en": {
        ChangeKind.ADDRESS: "New address or contact", ChangeKind.NAME: "New name", ChangeKind.FAMILY_ADDED: "Person added to the application",
        ChangeKind.FAMILY_REMOVED: "Person removed from the application", ChangeKind.WORK: "Work or studies", ChangeKind.OTHER: "Other change",
        ChangeKind.CORRECTION: "Entry corrected",
    },
}  # fmt: skip


def tell(case: Case, change: CircumstanceChange, *, by: Actor, at: datetime) -> None:
    """One message for one change; by letter for who has no mailbox."""
    words = {language: _words(case, change, language) for language in LANGUAGES}
    letter = [] if service.reachable_online(case) else [_letter(case, words, by=by, at=at)]
    service.send_message(
        case.id, "change_recorded", words[cast("Language", case.language)], files=letter, letter_sha256=letter[0].sha256 if letter else None,
        once=f"change:{change.id}", automatic=True, by=by, at=at,
    )  # fmt: skip


def _words(case: Case, change: CircumstanceChange, language: Language) -> texts.MessageText:
    return texts.render_message(
        "change_recorded", language, applicant_name=addresses.name(case_queries.principal(case)), case_number=case.number,
        received_on=change.received_on, changes=tuple(_lines(change, language)),
    )  # fmt: skip


def _lines(change: CircumstanceChange, language: Language) -> list[str]:
    colon = ": " if language == "en" else f"{NBSP}: "
    return [f"{SAID[language][change.kind]}{colon}{what}" for what in [summary(change)] if what] or [SAID[language][change.kind]]


def summary(change: CircumstanceChange) -> str:
    """The new, in a line; who left, for a departure."""
    after = change.after
    if change.kind is ChangeKind.FAMILY_REMOVED:
        return str(change.before.get("member") or "")
    if change.kind is ChangeKind.ADDRESS:
        address = after.get("address") or {}
        parts = [*(address.get("lines") or []), address.get("postal_code"), address.get("locality"), address.get("country")]
        return ", ".join(str(one) for one in [*parts, after.get("email"), after.get("phone")] if one)
    if change.kind in {ChangeKind.NAME, ChangeKind.FAMILY_ADDED}:
        return ", ".join(str(one) for one in (after.get("family_name"), after.get("given_names")) if one)
    return ", ".join(str(one) for one in after.values() if one)


def _letter(case: Case, words: dict[Language, texts.MessageText], *, by: Actor, at: datetime) -> NewFile:
    notice = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)), address_lines=addresses.lines(case),
        subject_fr=words["fr"].subject, subject_en=words["en"].subject, paragraphs_fr=texts.paragraphs(words["fr"]),
        paragraphs_en=texts.paragraphs(words["en"]), officer=by.label if by.is_person else "", language=cast("Language", case.language),
    )  # fmt: skip
    return printing.keep_letter(texts.notice_letter_html(notice), f"changement-{case.number}.pdf")
