"""A mailroom at work: envelopes at each stage, one in doubt, one whose file is locked, an exception that waits for a supervisor."""

from datetime import datetime, timedelta
from io import BytesIO

import pikepdf

from backoffice.core.clock import MONTREAL
from backoffice.core.db import transaction
from backoffice.demo import paper
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom import jobs, service
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.keying.service import Typed
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope
from backoffice.staff.models import Account

KEYED = {
    "ground": "internet_impossible", "ground_reason": "Aucun accès à Internet dans la région (exemple fictif)", "programme": "PRTQ", "language": "fr",
    "principal-family_name": "Benfictif", "principal-given_names": "Youssef", "principal-birth_date": "1984-07-14", "principal-sex": "M",
    "principal-birth_country": "Algérie", "principal-citizenships": "Algérie", "principal-passport_number": "157330921",
    "principal-address_lines": "12, rue de l’Exemple", "principal-locality": "Oran", "principal-address_country": "Algérie",
    "truthful": "y", "common_values": "y", "signed_name": "Y. Benfictif",
}  # fmt: skip


def locked(data: bytes) -> bytes:
    """The same file behind a password, as some senders do."""
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as file:
        file.save(out, encryption=pikepdf.Encryption(owner="exemple", user="exemple"))
    return out.getvalue()


def open_mailroom(clerk: Account, second: Account, now: datetime) -> None:
    """Yesterday's mail, half done; the critical fields of applications are keyed twice, by two clerks."""
    form = paper.pdf(paper.FORM, paper.CERTIFICATE)
    waiting = _envelope(clerk, now, 1, EnvelopeKind.APPLICATION, "Y. Benfictif, Oran", form, 2)
    _money(clerk, waiting, now, 92_100)
    _key(clerk, waiting, now, finish=True)
    _key_again(second, waiting, now)
    begun = _envelope(clerk, now, 1, EnvelopeKind.APPLICATION, "M. Ejemplo, Puebla", paper.pdf(paper.FORM, paper.CERTIFICATE, ("page 3",)), 3)
    _money(clerk, begun, now, 111_800)
    _key(clerk, begun, now, finish=False)
    unread = _envelope(clerk, now, 3, EnvelopeKind.APPLICATION, "Y. Benfictif, Oran", form, 2)
    _key(clerk, unread, now, finish=True)
    differing = _envelope(clerk, now, 4, EnvelopeKind.APPLICATION, "Y. Benfictif, Oran", form, 2)
    _key(clerk, differing, now, finish=True)
    _key_again(second, differing, now, **{"principal-birth_date": "1984-07-11", "principal-given_names": "Yousef"})
    _envelope(clerk, now, 2, EnvelopeKind.UNKNOWN, "sans nom", paper.pdf(("Lettre sans numéro de dossier", "", "(document d’exemple)")), None)
    _envelope(clerk, now, 1, EnvelopeKind.DOCUMENTS, "Famille Exemple", locked(paper.pdf(paper.CERTIFICATE)), 1)


def _envelope(clerk: Account, now: datetime, days: int, kind: EnvelopeKind, sender: str, scan: bytes, sheets: int | None) -> str:
    stamp = (now - timedelta(days=days)).astimezone(MONTREAL).date()
    with transaction():
        new = NewEnvelope(stamp, kind, "Postes Canada", sender, "Formulaire et pièces", stamp - timedelta(days=6), sheets)
        number = service.register_envelope(new, by=clerk.actor, at=now).number
    with transaction():
        scan_id = service.receive_scan(number, scan, "numerisation.pdf", Door.UPLOAD, by=clerk.actor, at=now).id
    jobs.read_now(scan_id)
    return number


def _money(clerk: Account, number: str, now: datetime, cents: int) -> None:
    money = Money(
        source="envelope", method=PaymentMethod.CERTIFIED_CHEQUE, amount_cents=cents, currency="CAD", paid_on=now.date(),
        instrument_number=f"{cents % 9973:05d}", payer="Payeur fictif",
    )  # fmt: skip
    with transaction():
        service.list_instrument(number, money, by=clerk.actor, at=now)


def _key(clerk: Account, number: str, now: datetime, *, finish: bool) -> None:
    typed = (
        KEYED if finish else {name: value for name, value in KEYED.items() if not name.startswith(("truth", "common", "signed", "principal-address"))}
    )
    with transaction():
        keying.begin(number, by=clerk.actor, at=now)
    with transaction():
        keying.save(number, Typed(typed, {}, "principal-address_lines"), by=clerk.actor, at=now)
    if finish:
        with transaction():
            keying.finish(number, by=clerk, at=now)


def _key_again(second: Account, number: str, now: datetime, **misread: str) -> None:
    """The second clerk's pass; what was misread differs from the first."""
    with transaction():
        twice = keying.begin_second(number, by=second, at=now)[0].twice
    with transaction():
        keying.save_second(number, Typed({name: KEYED[name] for name in twice} | misread, {}), by=second, at=now)
    with transaction():
        keying.finish_second(number, {}, by=second, at=now)
