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
from backoffice.mailroom.batches import service as batches
from backoffice.mailroom.batches.values import NewBatch
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.keying.service import Typed
from backoffice.mailroom.opening import service as opening
from backoffice.mailroom.opening.values import NewDelivery
from backoffice.mailroom.returns import service as returns
from backoffice.mailroom.returns.values import NewReturn, ReturnKind, ReturnReason
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
    _delivery(clerk, now)
    form = paper.pdf(paper.FORM, paper.CERTIFICATE)
    waiting = _envelope(clerk, now, 1, EnvelopeKind.APPLICATION, "Y. Benfictif, Oran", form, 2)
    _count(second, _money(clerk, waiting, now, 92_100), now, 92_100)
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
    behind = _envelope(clerk, now, 1, EnvelopeKind.DOCUMENTS, "Famille Exemple", locked(paper.pdf(paper.CERTIFICATE)), 1)
    _batch(clerk, now, begun, behind)
    _send_back(clerk, now)


def _delivery(clerk: Account, now: datetime) -> None:
    """What the carrier brought yesterday, counted at the door: one envelope more than was registered."""
    stamp = (now - timedelta(days=1)).astimezone(MONTREAL).date()
    with transaction():
        opening.record_delivery(NewDelivery(stamp, "Postes Canada", bags=1, counted_envelopes=5), by=clerk.actor, at=now)


def _count(second: Account, receipt_id: int, now: datetime, cents: int) -> None:
    """The second person finds what was listed, and the day's slip is made of it."""
    with transaction():
        opening.confirm(receipt_id, opening.Seen(cents), by=second.actor, at=now)
    with transaction():
        opening.make_deposit(by=second.actor, at=now)


def _batch(clerk: Account, now: datetime, *numbers: str) -> None:
    """A pile that is scanned and does not balance yet."""
    with transaction():
        batches.open_batch(NewBatch(envelopes=numbers), by=clerk.actor, at=now)


def _send_back(clerk: Account, now: datetime) -> None:
    """A personal cheque that waits to leave with its letter."""
    scan = paper.pdf(("Lettre d’accompagnement", "", "(document d’exemple)"))
    number = _envelope(clerk, now, 1, EnvelopeKind.PAYMENT, "J. Fictive, Lyon", scan, 1)
    receipt_id = _money(clerk, number, now, 10_000, PaymentMethod.PERSONAL_CHEQUE)
    back = NewReturn(
        ReturnKind.PAYMENT, ReturnReason.PAYMENT_NOT_ACCEPTED, ("Chèque personnel, 100,00 $",), "Jeanne Fictive", ("3, rue de l’Exemple", "Lyon", "France"),
        "fr", receipt_ids=(receipt_id,),
    )  # fmt: skip
    with transaction():
        returns.send_back(number, back, by=clerk.actor, at=now)


def _envelope(clerk: Account, now: datetime, days: int, kind: EnvelopeKind, sender: str, scan: bytes, sheets: int | None) -> str:
    stamp = (now - timedelta(days=days)).astimezone(MONTREAL).date()
    with transaction():
        new = NewEnvelope(stamp, kind, "Postes Canada", sender, "Formulaire et pièces", stamp - timedelta(days=6), sheets)
        number = service.register_envelope(new, by=clerk.actor, at=now).number
    with transaction():
        scan_id = service.receive_scan(number, scan, "numerisation.pdf", Door.UPLOAD, by=clerk.actor, at=now).id
    jobs.read_now(scan_id)
    return number


def _money(clerk: Account, number: str, now: datetime, cents: int, method: PaymentMethod = PaymentMethod.CERTIFIED_CHEQUE) -> int:
    money = Money(
        source="envelope", method=method, amount_cents=cents, currency="CAD", paid_on=now.date(),
        instrument_number=f"{cents % 9973:05d}", payer="Payeur fictif",
    )  # fmt: skip
    with transaction():
        return service.list_instrument(number, money, by=clerk.actor, at=now).id


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
