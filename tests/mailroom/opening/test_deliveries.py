"""Deliveries counted against envelopes registered; envelopes and their pieces."""

from datetime import date, timedelta

import pytest

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.mailroom import queries as mail_queries
from backoffice.mailroom import service as mail
from backoffice.mailroom.errors import StampInFuture, StaysOpen
from backoffice.mailroom.opening import queries, service, showing
from backoffice.mailroom.opening.errors import NothingDiffers, OldStamp, PostmarkAfterDelivery
from backoffice.mailroom.opening.service import Registration
from backoffice.mailroom.opening.states import PieceState
from backoffice.mailroom.opening.values import NewDelivery, NewPiece, PieceKind
from backoffice.mailroom.values import EnvelopeKind, NewEnvelope
from tests.core.scans.making import paper
from tests.mailroom.opening.conftest import Room

TODAY = date(2016, 6, 13)


def deliver(room: Room, counted: int | None = 3, on: date = TODAY, **options: object) -> int:
    return room.do(lambda by: service.record_delivery(NewDelivery(on, "Messagerie fictive", 1, counted), **options, **by).id, room.first)


def test_a_delivery_follows_what_is_not_registered_until_somebody_says_why(room: Room, app: object):
    delivery = deliver(room)
    room.envelope(delivery_id=delivery)
    one = queries.delivered(delivery)
    assert (one.count.missing, one.differs) == (2, True)
    assert queries.oldest_unopened().delivery.id == delivery
    assert showing.difference(one.count).startswith("2 ")
    room.do(lambda by: service.settle_delivery(delivery, "Deux enveloppes d’un autre ministère", **by), room.first)
    assert not queries.delivered(delivery).differs
    assert queries.oldest_unopened() is None
    room.envelope(delivery_id=delivery)
    assert queries.delivered(delivery).differs, "one of the two was found: the difference is another now"
    room.do(lambda by: service.recount(delivery, 2, **by), room.first)
    assert not queries.delivered(delivery).differs
    with pytest.raises(NothingDiffers):
        room.do(lambda by: service.settle_delivery(delivery, "Rien", **by), room.first)


def test_the_oldest_delivery_not_wholly_opened_comes_first(room: Room):
    deliver(room, 1)
    older = deliver(room, 1, TODAY - timedelta(3))
    deliver(room, None, TODAY - timedelta(9))
    assert queries.oldest_unopened().delivery.id == older


def test_an_envelope_takes_the_day_and_carrier_of_its_delivery(room: Room):
    delivery = deliver(room, on=TODAY - timedelta(2))
    number = room.envelope(delivery_id=delivery)
    envelope = mail_queries.envelope(number)
    assert (envelope.legal_received_on, envelope.delivery_id) == (TODAY - timedelta(2), delivery)


def test_days_that_are_odd_are_refused_or_asked_twice(room: Room):
    old = TODAY - timedelta(31)
    with pytest.raises(StampInFuture):
        deliver(room, on=TODAY + timedelta(1))
    with pytest.raises(OldStamp):
        deliver(room, on=old)
    assert deliver(room, on=old, old_confirmed=True)
    with pytest.raises(OldStamp), transaction():
        service.register(Registration(NewEnvelope(old)), by=room.first.actor, at=clock.now())
    late = NewEnvelope(TODAY - timedelta(1), postmarked_on=TODAY)
    with pytest.raises(PostmarkAfterDelivery), transaction():
        service.register(Registration(late), by=room.first.actor, at=clock.now())


def piece(room: Room, number: str, kind: PieceKind) -> str:
    return room.do(lambda by: service.list_piece(number, NewPiece(kind, "Acte de naissance", 1), **by).number, room.first)


def test_each_piece_has_a_number_of_its_own_and_originals_are_told_to_be_followed(room: Room):
    number = room.envelope(EnvelopeKind.DOCUMENTS)
    numbers = [piece(room, number, kind) for kind in PieceKind]
    assert len(set(numbers)) == len(PieceKind)
    assert numbers[0].startswith("P-2016-000001-")
    facts = [row.data for row in mail_queries.timeline(number) if row.kind == "mailroom.opening.PieceListed"]
    assert {fact["kind"] for fact in facts if fact["followed"]} == {"unscannable", "original"}


def test_an_envelope_stays_open_while_an_original_is_on_the_table(room: Room):
    number = room.envelope(EnvelopeKind.OTHER)
    original, other = piece(room, number, PieceKind.ORIGINAL), piece(room, number, PieceKind.ORIGINAL)
    with pytest.raises(StaysOpen, match=original):
        room.do(lambda by: mail.close_envelope(number, **by), room.first)
    room.do(lambda by: service.send_piece_back(original, "Courrier recommandé", **by), room.first)
    with pytest.raises(StaysOpen, match=other):
        room.do(lambda by: mail.close_envelope(number, **by), room.first)
    room.do(lambda by: service.place_piece(other, "Armoire 3", **by), room.first)
    room.do(lambda by: mail.close_envelope(number, **by), room.first)


def test_pieces_go_back_with_their_envelope(room: Room):
    number = room.envelope(EnvelopeKind.OTHER)
    original = piece(room, number, PieceKind.ORIGINAL)
    room.do(lambda by: mail.return_envelope(number, "Aucune demande à ce nom", **by), room.first)
    room.build.deliver()
    found = queries.find_piece(original)
    assert found is not None
    assert found[0].state is PieceState.SENT_BACK


def test_a_photograph_is_read_in_a_bounded_process_and_what_is_none_says_so(room: Room, tmp_path: object):
    number, other = room.envelope(), room.envelope()
    path = tmp_path / "photo.png"  # type: ignore[operator]
    paper("Expéditeur fictif").save(path)
    room.do(lambda by: service.keep_photo(number, path.read_bytes(), "photo.png", **by), room.first)
    room.do(lambda by: service.keep_photo(other, b"MZ" + b"\0" * 400, "photo.png", **by), room.first)
    room.build.deliver()
    assert mail_queries.envelope(number).photo_sha256
    assert mail_queries.envelope(other).photo_sha256 is None
    assert "PhotoRefused" in mail_queries.timeline(other)[0].kind
