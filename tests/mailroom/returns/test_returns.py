"""What goes back to its sender: the record, the letter, and that nothing leaves without both."""

from datetime import date
from io import BytesIO

import pypdfium2
import pytest
from flask.testing import FlaskClient

from backoffice.core import clock, files
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.states import IllegalMove
from backoffice.fees import queries as fee_queries
from backoffice.fees.service import Money
from backoffice.fees.states import ReceiptState
from backoffice.fees.values import PaymentMethod
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.returns import queries, service
from backoffice.mailroom.returns.errors import (
    ExplanationNeeded,
    MoneyGoesBackAlready,
    NothingGoesBack,
    ReasonDoesNotFit,
    TrackingNeeded,
    WholeStays,
)
from backoffice.mailroom.returns.states import ReturnState
from backoffice.mailroom.returns.values import WORDS, Departure, NewReturn, ReturnKind, ReturnReason, Way
from backoffice.mailroom.states import EnvelopeState
from backoffice.mailroom.values import EnvelopeKind, NewEnvelope
from backoffice.staff.models import Account
from tests.builders import Builder

TODAY = date(2016, 6, 13)


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def envelope(clerk: Account, kind: EnvelopeKind = EnvelopeKind.DOCUMENTS) -> str:
    with transaction():
        new = NewEnvelope(delivered_on=TODAY, kind=kind, sender="Zoé D’Amours")
        return envelopes.register_envelope(new, by=clerk.actor, at=clock.now()).number


def cheque(number: str, clerk: Account) -> int:
    with transaction():
        money = Money(
            source="envelope", method=PaymentMethod.PERSONAL_CHEQUE, amount_cents=76_500, currency="CAD", paid_on=TODAY, instrument_number="17"
        )
        return envelopes.list_instrument(number, money, by=clerk.actor, at=clock.now()).id


def wanted(**changes: object) -> NewReturn:
    plain = {
        "kind": ReturnKind.DOCUMENTS, "reason": ReturnReason.BEFORE_REQUEST, "contents": ("Diplôme, copie certifiée",), "recipient": "Zoé D’Amours",
        "address_lines": ("12, rue Fictive", "Alger", "Algérie"), "language": "fr",
    }  # fmt: skip
    return NewReturn(**plain | changes)


def send_back(number: str, clerk: Account, **changes: object) -> str:
    with transaction():
        return service.send_back(number, wanted(**changes), by=clerk.actor, at=clock.now()).number


def letter_text(number: str) -> str:
    pdf = pypdfium2.PdfDocument(BytesIO(files.read(queries.find(number)[0].letter_sha256)))
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())


def test_documents_sent_too_early_go_back_with_their_letter(clerk: Account) -> None:
    number = envelope(clerk)
    made = send_back(number, clerk, language="en")
    assert made == "R-2016-00001"
    said = letter_text(made)
    for words in (
        "Diplôme, copie certifiée",
        "Nous n’avons pas encore demandé ces documents",
        "Translation",
        "We have not asked for these documents yet",
        made,
    ):
        assert words in said
    one, of = queries.find(made)
    assert (one.state, of, one.contents) == (ReturnState.PREPARED, number, ["Diplôme, copie certifiée"])
    assert room.envelope(number).state is EnvelopeState.OPEN


def test_money_that_is_not_accepted_goes_back_uncashed(clerk: Account) -> None:
    number = envelope(clerk, EnvelopeKind.PAYMENT)
    receipt = cheque(number, clerk)
    made = send_back(
        number, clerk, kind=ReturnKind.PAYMENT, reason=ReturnReason.PAYMENT_NOT_ACCEPTED, receipt_ids=(receipt,), contents=("Chèque personnel nº 17",)
    )
    assert fee_queries.receipts_of_envelope(number)[0].state is ReceiptState.RETURNED
    assert "n’a été encaissé" in letter_text(made)
    with pytest.raises(MoneyGoesBackAlready):
        send_back(number, clerk, kind=ReturnKind.PAYMENT, reason=ReturnReason.PAYMENT_NOT_ACCEPTED, receipt_ids=(receipt,))
    with pytest.raises(WholeStays), transaction():
        service.cancel(made, "erreur", by=clerk.actor, at=clock.now())


def test_a_whole_envelope_goes_back_and_is_done(clerk: Account) -> None:
    number = envelope(clerk, EnvelopeKind.APPLICATION)
    cheque(number, clerk)
    send_back(number, clerk, kind=ReturnKind.APPLICATION, reason=ReturnReason.NO_PERIOD, whole=True)
    assert room.envelope(number).state is EnvelopeState.RETURNED
    assert fee_queries.receipts_of_envelope(number)[0].state is ReceiptState.RETURNED


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"contents": ()}, NothingGoesBack),
        ({"kind": ReturnKind.PAYMENT}, ReasonDoesNotFit),
        ({"reason": ReturnReason.OTHER}, ExplanationNeeded),
        ({"receipt_ids": (999,)}, MoneyGoesBackAlready),
    ],
)
def test_what_is_not_a_return_is_refused_and_nothing_is_written(clerk: Account, changes: dict[str, object], refusal: type[DomainError]) -> None:
    number = envelope(clerk)
    with pytest.raises(refusal):
        send_back(number, clerk, **changes)
    assert queries.of_envelope(room.envelope(number).id) == []


def test_it_leaves_once_and_a_registered_letter_has_its_number(clerk: Account) -> None:
    made = send_back(envelope(clerk), clerk)
    with pytest.raises(TrackingNeeded), transaction():
        service.mark_sent(made, Departure(Way.REGISTERED), by=clerk.actor, at=clock.now())
    db.session.rollback()
    with transaction():
        service.mark_sent(made, Departure(Way.REGISTERED, "RN123"), by=clerk.actor, at=clock.now())
    one = queries.find(made)[0]
    assert (one.state, one.sent_on, one.tracking) == (ReturnState.SENT, TODAY, "RN123")
    with pytest.raises(IllegalMove), transaction():
        service.mark_sent(made, Departure(Way.POST), by=clerk.actor, at=clock.now())


def test_what_waits_to_leave_is_named_until_it_left(clerk: Account) -> None:
    number = envelope(clerk)
    made = send_back(number, clerk)
    assert [made in words for words in service.keeps_open(room.envelope(number))] == [True]
    with pytest.raises(DomainError, match=made), transaction():
        envelopes.close_envelope(number, by=clerk.actor, at=clock.now())
    db.session.rollback()
    with transaction():
        service.cancel(made, "L’applicante vient le chercher", by=clerk.actor, at=clock.now())
    assert service.keeps_open(room.envelope(number)) == []


def test_numbers_follow_each_other_without_a_gap(clerk: Account) -> None:
    made = [send_back(envelope(clerk), clerk) for _ in range(3)]
    assert made == ["R-2016-00001", "R-2016-00002", "R-2016-00003"]


def test_every_reason_says_something_in_both_languages_and_fits_a_kind() -> None:
    assert set(WORDS) == set(ReturnReason)
    for reason, words in WORDS.items():
        assert words.kinds
        assert bool(words.fr) == bool(words.en) == (reason is not ReturnReason.OTHER)
        assert "'" not in words.fr


def test_by_the_pages_without_scripts(build: Builder, client: FlaskClient, clerk: Account) -> None:
    number = envelope(clerk, EnvelopeKind.PAYMENT)
    receipt = cheque(number, clerk)
    build.sign_in(client, clerk)
    asked = client.get(f"/mailroom/returns/new?envelope={number}")
    assert "Zoé D’Amours" in asked.text
    assert "Paiement non accepté" in asked.text
    typed = {
        "kind": "payment", "reason": "payment_not_accepted", "receipts": str(receipt), "recipient": "Zoé D’Amours", "address": "12, rue Fictive\nAlger",
        "language": "fr", "contents": "",
    }  # fmt: skip
    missing = client.post(f"/mailroom/returns/new?envelope={number}", data=typed | {"address": ""})
    assert missing.status_code in {200, 422}
    assert "Écrivez l’adresse" in missing.text
    made = client.post(f"/mailroom/returns/new?envelope={number}", data=typed)
    assert made.status_code == 303
    assert made.location.endswith("/mailroom/returns/R-2016-00001")
    assert client.get(f"{made.location}/letter.pdf").data.startswith(b"%PDF")
    refused = client.post(f"{made.location}/sending", data={"way": "registered", "tracking": ""})
    assert "numéro de suivi" in refused.text
    assert client.post(f"{made.location}/sending", data={"way": "post", "tracking": ""}).status_code == 303
    assert "R-2016-00001" in client.get("/mailroom/returns?view=done").text
    assert "R-2016-00001" in client.get(f"/mailroom/envelopes/{number}").text


@pytest.mark.parametrize("asked", [False, True], ids=["nothing asked", "asked"])
def test_documents_for_an_online_file_before_any_request_are_named_as_such(build: Builder, client: FlaskClient, clerk: Account, asked: bool) -> None:
    case, number = build.paid_case(), envelope(clerk)
    if asked:
        build.request(case)
    with transaction():
        room.envelope(number).case_id = case.id
    build.sign_in(client, clerk)
    shown = client.get(f"/mailroom/envelopes/{number}").get_data(as_text=True)
    form = client.get(f"/mailroom/returns/new?envelope={number}").get_data(as_text=True)
    chosen = '<option selected value="before_request">' in form
    assert ("Rien n’a encore été demandé" in shown, chosen) == (not asked, not asked)
