"""Fictitious letters, shared by the tests of this folder."""

from datetime import date

from backoffice.mail import codes
from backoffice.mail.texts import FeeLine, InvitationLetter, Language, LetterItem, ReceiptLetter, RequestLetter

CODE = codes.encode(codes.ReturnCode("doc", 5123, "26000412-7"), b"k" * 32)
ADDRESS = ("1420, rue des Tilleuls, app. 3", "31000 ORAN", "ALGÉRIE")
LINES = (
    FeeLine("Requérante ou requérant principal", "Principal applicant", 1, 77_300),
    FeeLine("Conjoint ou enfant", "Spouse or child", 3, 16_600),
)
ITEMS = (
    LetterItem(
        "Nadia Belkacem",
        "Acte de naissance",
        "Birth certificate",
        "Copie certifiée conforme",
        "Certified true copy",
        "La copie reçue n’est pas certifiée.",
        "The copy received is not certified.",
    ),
    LetterItem(
        "Nadia Belkacem",
        "Diplôme et relevés de notes",
        "Degree and transcripts",
        "Copie certifiée conforme",
        "Certified true copy",
        "Aucun relevé au dossier.",
        "No transcript on file.",
    ),
    LetterItem(
        "Karim Haddad (conjoint)",
        "Passeport, pages d’identité",
        "Passport, identity pages",
        "Photocopie en couleur",
        "Colour photocopy",
        "Le passeport au dossier est échu.",
        "The passport on file has expired.",
    ),
)


def request_letter(*, language: Language = "fr", applicant_name: str = "Nadia Belkacem", items: tuple[LetterItem, ...] = ITEMS) -> RequestLetter:
    """Ask for three documents, or those given."""
    return RequestLetter(
        number="26000412-7",
        date=date(2026, 10, 26),
        applicant_name=applicant_name,
        address_lines=ADDRESS,
        subject="Documents à fournir",
        items=items,
        day_zero=date(2026, 10, 26),
        days=90,
        last_day=date(2027, 1, 25),
        workings_fr="Le 90e jour est un dimanche ; le délai va au jour ouvrable suivant.",
        workings_en="The 90th day is a Sunday; the term runs to the next working day.",
        officer="Mireille Gagnon-Tremblay",
        language=language,
        return_code=CODE,
        reference="D-2026-005123",
    )


def invitation(language: Language = "fr") -> InvitationLetter:
    """Ask for the fees of a family of four."""
    return InvitationLetter(
        number="26000412-7",
        date=date(2026, 10, 26),
        applicant_name="Nadia Belkacem",
        address_lines=ADDRESS,
        lines=LINES,
        day_zero=date(2026, 10, 26),
        days=30,
        last_day=date(2026, 11, 25),
        workings_fr="Le délai est de 30 jours ; le jour de l’envoi ne compte pas.",
        workings_en="The term is 30 days; the day of sending does not count.",
        officer="Mireille Gagnon-Tremblay",
        language=language,
        return_code=CODE,
    )


def receipt(language: Language = "fr") -> ReceiptLetter:
    """Thank for the fees of a family of four."""
    return ReceiptLetter(
        number="26000412-7",
        date=date(2026, 11, 12),
        applicant_name="Nadia Belkacem",
        address_lines=ADDRESS,
        lines=LINES,
        amount_cents=127_100,
        received_on=date(2026, 11, 10),
        instrument_fr="traite bancaire",
        instrument_en="bank draft",
        officer="Mireille Gagnon-Tremblay",
        language=language,
        reference="R-2026-000871",
    )
