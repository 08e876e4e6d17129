"""Fictitious letters for the benches."""

from datetime import date

from backoffice.mail.texts import FeeLine, ReceiptLetter

LINES = (
    FeeLine("Requérante ou requérant principal", "Principal applicant", 1, 77_300),
    FeeLine("Conjoint ou enfant", "Spouse or child", 3, 16_600),
)


def receipt() -> ReceiptLetter:
    """A receipt of one page for a family of four."""
    return ReceiptLetter(
        number="26000412-7", date=date(2026, 11, 12), applicant_name="Nadia Belkacem", address_lines=("1420, rue des Tilleuls", "31000 ORAN", "ALGÉRIE"),
        lines=LINES, amount_cents=127_100, received_on=date(2026, 11, 10), instrument_fr="traite bancaire", instrument_en="bank draft",
        officer="Mireille Gagnon-Tremblay", language="fr", reference="R-2026-000871",
    )  # fmt: skip
