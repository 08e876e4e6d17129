"""Pages of opening, as a browser without scripts sees them."""

from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from flask.testing import FlaskClient

from backoffice.core import clock
from backoffice.mailroom import queries as mail_queries
from backoffice.mailroom.opening import queries
from backoffice.mailroom.opening.states import DepositState, InstrumentState, PieceState, SlipState
from tests.builders import PASSWORD, Builder
from tests.mailroom.opening.conftest import Room

NEW = "/mailroom/envelopes/new"
ATTEMPTS = 5


@pytest.fixture
def desk(room: Room, client: FlaskClient) -> FlaskClient:
    """The first clerk's station."""
    return room.build.sign_in(client, room.first)


def station(room: Room, app: object, who: object) -> FlaskClient:
    return room.build.sign_in(app.test_client(), who)  # type: ignore[attr-defined]


def last(location: str) -> str:
    return location.rsplit("/", 1)[-1]


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_the_short_form_comes_back_empty_with_the_number_and_the_same_delivery(desk: FlaskClient):
    made = desk.post("/mailroom/deliveries/new", data={"delivered_on": "2016-06-10", "carrier": "Messagerie fictive", "counted_envelopes": "2"})
    delivery = last(made.location)
    assert f'<option selected value="{delivery}">' in desk.get(NEW).text
    answer = desk.post(NEW, data={"delivery": delivery, "kind": "documents", "declared_sheets": "3", "sender": "Famille fictive"})
    assert answer.status_code == 303
    number = last(answer.location)
    after = desk.get(answer.location).text
    assert f"<b>{number}</b>" in after
    assert f'<option selected value="{delivery}">' in after
    assert "Famille fictive" not in after
    envelope = mail_queries.envelope(number)
    assert (envelope.legal_received_on.isoformat(), envelope.declared_sheets) == ("2016-06-10", 3)
    opened = desk.post(NEW, data={"delivery": delivery, "kind": "other", "then": "open"})
    assert opened.location.startswith("/mailroom/envelopes/E-")
    assert queries.delivered(int(delivery)).count.difference == 0


def test_a_written_day_wins_over_the_delivery_that_stayed(desk: FlaskClient):
    kept = last(desk.post("/mailroom/deliveries/new", data={"delivered_on": "2016-06-10", "carrier": "A"}).location)
    number = last(desk.post(NEW, data={"delivery": kept, "delivered_on": "2016-06-09", "carrier": "B", "kind": "other"}).location)
    assert mail_queries.envelope(number).legal_received_on.isoformat() == "2016-06-09"
    today = last(desk.post(NEW, data={"kind": "other"}).location)
    assert mail_queries.envelope(today).legal_received_on == clock.today()


def test_an_old_day_is_asked_twice_and_a_future_one_refused(desk: FlaskClient):
    old = {"delivered_on": "2016-05-01", "kind": "other"}
    asked = desk.post(NEW, data=old)
    assert asked.status_code == 422
    assert 'name="confirm_old"' in asked.text
    assert desk.post(NEW, data=old | {"confirm_old": "y"}).status_code == 303
    assert desk.post(NEW, data={"delivered_on": "2016-06-14", "kind": "other"}).status_code == 422
    assert desk.post(NEW, data={"delivered_on": "2016-06-10", "postmarked_on": "2016-06-11", "kind": "other"}).status_code == 422


def test_an_instrument_has_an_amount_and_a_card_keeps_its_number_to_itself(desk: FlaskClient):
    assert desk.post(NEW, data={"kind": "payment", "method": "bank_draft"}).status_code == 422
    card = {"kind": "application", "method": "card", "amount": "10,00"}
    assert desk.post(NEW, data=card | {"instrument_number": "4242424242424242"}).status_code == 422
    assert desk.post(NEW, data=card | {"instrument_number": "4242"}).status_code == 303
    assert queries.waiting()[0].instrument.accepted


def test_a_delivery_that_differs_is_said_and_settled(desk: FlaskClient):
    here = desk.post("/mailroom/deliveries/new", data={"delivered_on": "2016-06-13", "carrier": "A", "counted_envelopes": "3"}).location
    desk.post(f"{here}/choice")
    desk.post(NEW, data={"delivery": last(here), "kind": "other"})
    assert "2 enveloppes comptées ne sont pas enregistrées" in plain(desk.get(here).text)
    assert "2 enveloppes comptées ne sont pas enregistrées" in plain(desk.get("/mailroom").text)
    assert desk.post(f"{here}/settlement", data={"reason": ""}).status_code == 422
    assert desk.post(f"{here}/settlement", data={"reason": "Rendues au transporteur"}).status_code == 303
    assert "Rendues au transporteur" in desk.get(here).text
    assert desk.post(f"{here}/count", data={"counted": "1"}).status_code == 303
    assert not queries.delivered(int(last(here))).differs


def test_the_second_person_counts_without_seeing_the_amount(desk: FlaskClient, room: Room, app: object):
    answer = desk.post(NEW, data={"kind": "payment", "method": "certified_cheque", "amount": "1 271,00", "instrument_number": "0042"})
    number = last(answer.location)
    receipt = queries.waiting()[0].receipt.id
    other = station(room, app, room.second)
    here = f"/mailroom/money/{receipt}/count"
    for page in ("/mailroom/money", here, f"/mailroom/envelopes/{number}"):
        assert "1 271,00" not in plain(other.get(page).text), page
    assert other.get("/mailroom/money/next").location == here
    assert desk.get("/mailroom/money/next").location == "/mailroom/money"
    assert other.post(here, data={"amount": ""}).status_code == 422
    assert other.post(here, data={"amount": "1 271,00"}).status_code == 303
    assert queries.found(receipt).instrument.state is InstrumentState.COUNTED


def test_the_second_may_sign_at_the_same_station_and_guesses_are_stopped(desk: FlaskClient, room: Room):
    receipt = room.money(5_000).id
    here = f"/mailroom/money/{receipt}/count"
    alone = desk.post(here, data={"amount": "50,00"})
    assert alone.status_code == 422
    own = desk.post(here, data={"amount": "50,00", "email": room.first.email, "password": PASSWORD})
    assert own.status_code == 422
    finance = desk.post(here, data={"amount": "50,00", "email": room.finance.email, "password": PASSWORD})
    assert finance.status_code == 422
    for _try in range(ATTEMPTS):
        assert desk.post(here, data={"amount": "50,00", "email": room.second.email, "password": "faux"}).status_code == 422
    stopped = desk.post(here, data={"amount": "50,00", "email": room.second.email, "password": PASSWORD})
    assert stopped.status_code == 422
    assert queries.found(receipt).instrument.state is InstrumentState.LISTED
    done = desk.post(here, data={"amount": "50,00", "email": room.third.email, "password": PASSWORD, "from": "envelope"})
    assert done.location.startswith("/mailroom/envelopes/E-")
    assert queries.found(receipt).instrument.second_label == room.third.actor.label


def test_a_third_look_says_why(room: Room, app: object):
    receipt = room.money(5_000).id
    here = f"/mailroom/money/{receipt}/count"
    station(room, app, room.second).post(here, data={"amount": "500,00"})
    third = station(room, app, room.third)
    assert "500,00" in plain(third.get(here).text)
    assert third.post(here, data={"amount": "50,00"}).status_code == 422
    assert third.post(here, data={"amount": "50,00", "reason": "Une virgule de trop"}).status_code == 303
    assert queries.found(receipt).instrument.state is InstrumentState.COUNTED
    assert third.get(here).status_code == 409


def test_a_slip_is_made_printed_counted_and_reversed(desk: FlaskClient, room: Room, app: object):
    room.counted(100_000)
    room.counted(76_500)
    slip = desk.post("/mailroom/money/deposits").location
    assert "BD-2016-0001" in desk.get("/mailroom").text
    printed = desk.get(f"{slip}.pdf")
    assert printed.mimetype == "application/pdf"
    with pikepdf.open(BytesIO(printed.data)) as file:
        assert tuple(round(float(x)) for x in file.pages[0].mediabox) == (0, 0, 612, 792)
        assert "BD-2016-0001" in str(file.docinfo["/Title"])
    assert desk.post(f"{slip}/acceptance", data={"accept-instruments": "2", "accept-total": "1 765,00"}).status_code == 403
    finance = station(room, app, room.finance)
    assert finance.get(slip).status_code == 200
    assert finance.post(f"{slip}/acceptance", data={"accept-instruments": "2"}).status_code == 422
    finance.post(f"{slip}/acceptance", data={"accept-instruments": "1", "accept-total": "1 000,00"})
    assert "1 effet de moins" in plain(desk.get(slip).text)
    assert finance.post(f"{slip}/acceptance", data={"accept-instruments": "2", "accept-total": "1 765,00"}).status_code == 303
    assert queries.deposit("BD-2016-0001").state is DepositState.ACCEPTED
    assert desk.post(f"{slip}/reversal", data={"reverse-reason": "Erreur"}).status_code == 303
    assert queries.deposit("BD-2016-0001").state is DepositState.ACCEPTED, "it is in finance's hands"
    assert finance.post(f"{slip}/reversal", data={"reverse-reason": ""}).status_code == 422
    assert finance.post(f"{slip}/reversal", data={"reverse-reason": "Chèque non endossé"}).status_code == 303
    assert len(queries.to_deposit()) == 2
    assert desk.post("/mailroom/money/deposits").status_code == 303


def test_pieces_are_listed_and_followed_on_the_envelopes_page(desk: FlaskClient, room: Room):
    number = room.envelope()
    here = f"/mailroom/envelopes/{number}"
    assert desk.post(f"{here}/pieces", data={"kind": "original", "description": ""}).status_code == 422
    desk.post(f"{here}/pieces", data={"kind": "original", "description": "Passeport", "sheets": "1"})
    piece = queries.pieces_of(mail_queries.envelope(number).id)[0]
    assert piece.number in desk.get(here).text
    closing = desk.post(f"{here}/closing", data={})
    assert closing.status_code == 422
    assert piece.number in closing.text
    desk.post(f"{here}/pieces/{piece.number}/place", data={"what": "Armoire 3"})
    assert "Armoire 3" in desk.get(here).text
    desk.post(f"{here}/pieces/{piece.number}/back", data={"what": "Courrier recommandé"})
    assert queries.find_piece(piece.number)[0].state is PieceState.SENT_BACK


def test_a_kit_is_numbered_printed_and_entered(desk: FlaskClient):
    assert desk.post("/mailroom/kits", data={"slips": "0", "kept_at": "x"}).status_code == 422
    here = desk.post("/mailroom/kits", data={"slips": "3", "kept_at": "Comptoir"}).location
    slips = [slip.number for slip in queries.kits()[0].slips]
    assert desk.get(f"{here}.pdf").mimetype == "application/pdf"
    assert desk.post(f"{here}/places", data={"places-slip": "K-2016-000001-x"}).status_code == 422
    assert desk.post(f"{here}/places", data={"places-slip": slips[1]}).status_code == 303
    assert slips[0] in desk.get("/mailroom/kits").text
    assert slips[2] in desk.get(f"{NEW}?slip={slips[2]}").text
    made = desk.post(NEW, data={"kind": "application", "slip": slips[1].lower(), "delivered_on": "2016-06-13"})
    assert slips[1] in desk.get(made.location).text
    again = desk.post(NEW, data={"kind": "application", "slip": slips[1], "delivered_on": "2016-06-13"})
    assert again.status_code == 422
    assert desk.post(f"{here}/spoiled", data={"spoil-slip": slips[0]}).status_code == 422
    desk.post(f"{here}/spoiled", data={"spoil-slip": slips[0], "spoil-reason": "Déchirée"})
    assert queries.find_slip(slips[0]).state is SlipState.SPOILED
    desk.post(f"{here}/spoiled", data={"spoil-slip": slips[0], "spoil-reason": "Remise", "do": "restore"})
    assert queries.find_slip(slips[0]).state is SlipState.ISSUED


def test_a_photograph_is_shown_once_read(desk: FlaskClient, room: Room, build: Builder, tmp_path: object):
    from tests.core.scans.making import paper

    path = tmp_path / "photo.png"  # type: ignore[operator]
    paper("Expéditeur fictif").save(path)
    answer = desk.post(NEW, data={"kind": "other", "photo": (BytesIO(path.read_bytes()), "photo.png")}, content_type="multipart/form-data")
    number = last(answer.location)
    assert desk.get(f"/mailroom/envelopes/{number}/photo").status_code == 404
    build.deliver()
    shown = desk.get(f"/mailroom/envelopes/{number}/photo")
    assert shown.mimetype in {"image/png", "image/jpeg"}
    assert shown.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/mailroom/deliveries", "/mailroom/deliveries/new", "/mailroom/money", "/mailroom/kits", NEW, "/mailroom"])
def test_pages_open_when_nothing_is_there(desk: FlaskClient, path: str):
    assert desk.get(path).status_code == 200


def test_a_delivery_of_another_month_is_asked_twice_on_its_own_page(desk: FlaskClient):
    old = (clock.today() - timedelta(40)).isoformat()
    sent = {"delivered_on": old, "carrier": "A"}
    assert desk.post("/mailroom/deliveries/new", data=sent).status_code == 422
    assert desk.post("/mailroom/deliveries/new", data=sent | {"confirm_old": "y"}).status_code == 303
