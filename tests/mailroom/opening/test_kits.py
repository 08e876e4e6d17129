"""Slips printed beforehand: entered once, in any order, without losing the order in which they were handed out."""

from datetime import date, datetime, timedelta
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.mailroom import queries as mail_queries
from backoffice.mailroom import service as mail
from backoffice.mailroom.codes import SheetCode, SheetKind, decode
from backoffice.mailroom.errors import StampInFuture
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.opening import printing, queries, service
from backoffice.mailroom.opening.errors import NotASlip, SlipBeforeKit, SlipDone, SlipOutOfOrder
from backoffice.mailroom.opening.models import SlipKit
from backoffice.mailroom.opening.service import Registration
from backoffice.mailroom.opening.states import SlipState
from backoffice.mailroom.values import EnvelopeKind, NewEnvelope
from tests.mailroom.opening.conftest import Room

TODAY = date(2016, 6, 13)
LATER = datetime.combine(TODAY + timedelta(4), datetime.min.time(), tzinfo=clock.MONTREAL) + timedelta(hours=15)


def make(room: Room, slips: int = 5) -> list[str]:
    """The numbers of a new kit."""
    kit_id = room.do(lambda by: service.make_kit(slips, "Comptoir", **by).id, room.first)
    return [slip.number for slip in queries.kit(kit_id).slips]


def enter(room: Room, slip: str, day: date = TODAY) -> Envelope:
    with transaction():
        one = Registration(NewEnvelope(day, EnvelopeKind.APPLICATION, "Au comptoir"), slip=slip, old_confirmed=True)
        number = service.register(one, by=room.first.actor, at=clock.now()).number
    return mail_queries.envelope(number)


def live(room: Room) -> Envelope:
    with transaction():
        number = mail.register_envelope(NewEnvelope(clock.today()), by=room.first.actor, at=clock.now()).number
    return mail_queries.envelope(number)


def test_kits_have_their_own_series_and_never_share_a_number(room: Room):
    numbers = make(room, 3) + make(room, 2)
    assert [number[:13] for number in numbers] == [f"K-2016-{n:06d}" for n in range(1, 6)]
    assert live(room).number.startswith("E-")


def test_whoever_is_entered_late_stands_where_he_stood(room: Room):
    slips = make(room)
    before = live(room)
    third = enter(room, slips[2])
    after = live(room)
    first, second = enter(room, slips[0]), enter(room, slips[1])
    order = sorted((before, first, second, third, after), key=lambda one: one.arrival_sequence)
    assert order == [before, first, second, third, after]
    assert [one.legal_received_on for one in order[1:4]] == [TODAY] * 3


def test_places_kept_first_stand_before_the_mail_registered_afterwards(room: Room):
    slips = make(room)
    kept = room.do(lambda by: service.keep_places(slips[3], **by), room.first)
    after = live(room)
    assert kept == 4
    kit = queries.kits()[0]
    assert [one.number for one in queries.missing_slips(kit.slips)] == slips[:4]
    last, first = enter(room, slips[3]), enter(room, slips[0])
    assert first.arrival_sequence < last.arrival_sequence < after.arrival_sequence
    assert room.do(lambda by: service.keep_places(slips[3], **by), room.first) == 0


def test_a_slip_is_used_once_and_a_spoiled_one_not_at_all(room: Room):
    slips = make(room)
    made = enter(room, slips[1])
    with pytest.raises(SlipDone, match=made.number):
        enter(room, slips[1])
    room.do(lambda by: service.spoil_slip(slips[0], "Déchirée", **by), room.first)
    with pytest.raises(SlipDone):
        enter(room, slips[0])
    assert queries.missing_total() == 0
    with pytest.raises(SlipDone):
        room.do(lambda by: service.spoil_slip(slips[1], "Déchirée", **by), room.first)
    room.do(lambda by: service.restore_slip(slips[0], "Retrouvée au comptoir", **by), room.first)
    assert queries.missing_total() == 1
    assert enter(room, slips[0]).arrival_sequence < made.arrival_sequence


def test_the_day_of_a_slip_agrees_with_its_kit_and_its_neighbours(room: Room):
    slips = make(room)
    for wrong in ("K-2016-000001-0", "K-2016-999999-9", "E-2016-00001"):
        with pytest.raises(NotASlip):
            enter(room, wrong)
    with pytest.raises(SlipBeforeKit):
        enter(room, slips[0], TODAY - timedelta(1))
    with pytest.raises(StampInFuture):
        enter(room, slips[0], TODAY + timedelta(1))
    with clock.stopped_at(LATER):
        enter(room, slips[2], TODAY + timedelta(1))
        for slip, day in ((slips[1], 2), (slips[3], 0)):
            with pytest.raises(SlipOutOfOrder, match=slips[2]):
                enter(room, slip, TODAY + timedelta(day))
        assert enter(room, slips[1], TODAY).legal_received_on == TODAY


def test_a_refused_slip_leaves_nothing_behind(room: Room):
    slips = make(room)
    with pytest.raises(StampInFuture):
        enter(room, slips[2], TODAY + timedelta(3))
    kit = queries.kits()[0]
    assert {slip.state for slip in kit.slips} == {SlipState.ISSUED}
    assert not any(slip.arrival_sequence for slip in kit.slips)


def test_the_kit_is_printed_with_signed_codes_in_two_parts(app: object, room: Room):
    make(room, 4)
    kit = queries.kits()[0]
    with app.test_request_context():  # type: ignore[attr-defined]
        data = printing.kit_pdf(kit)
    assert data == _again(app, kit)
    with pikepdf.open(BytesIO(data)) as file:
        assert len(file.pages) == 2
        assert tuple(round(float(x)) for x in file.pages[0].mediabox) == (0, 0, 612, 792)
    read = [decode(code.text) for page in _pictures(data) for code in zxingcpp.read_barcodes(page)]
    assert read.count(None) == 0
    expected = [SheetCode(SheetKind.SLIP, slip.number) for slip in kit.slips for _part in range(2)]
    assert sorted(read, key=lambda one: one.value) == expected


def _again(app: object, kit: SlipKit) -> bytes:
    with app.test_request_context():  # type: ignore[attr-defined]
        return printing.kit_pdf(kit)


def _pictures(data: bytes) -> list[object]:
    return [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(data)]


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("slip"), st.integers(0, 11)), st.tuples(st.just("live"), st.just(0)), st.tuples(st.just("keep"), st.integers(0, 11)),
        st.tuples(st.just("spoil"), st.integers(0, 11)),
    ),
    max_size=14,
)  # fmt: skip


@given(days=st.lists(st.integers(0, 1), min_size=12, max_size=12), acts=ACTS)
@pytest.mark.timeout(400)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_given_offline_never_collide_and_keep_their_place(session: Connection, room: Room, days: list[int], acts: list[tuple[str, int]]):
    """Two kits of six slips, each handed out by number over four days at most, entered in any order among live envelopes."""
    nested = session.begin_nested()
    try:
        _play(room, days, acts)
    finally:
        db.session.rollback()
        db.session.expire_all()
        nested.rollback()


def _play(room: Room, days: list[int], acts: list[tuple[str, int]]) -> None:
    slips = make(room, 6) + make(room, 6)
    written = {slip: TODAY + timedelta(sum(days[6 * (n // 6) : n + 1]) % 4) for n, slip in enumerate(slips)}
    for kit in range(2):
        ordered = sorted(written[slip] for slip in slips[6 * kit : 6 * kit + 6])
        written |= dict(zip(slips[6 * kit : 6 * kit + 6], ordered, strict=True))
    entered: dict[str, Envelope] = {}
    spoiled: set[str] = set()
    with clock.stopped_at(LATER):
        for act, n in acts:
            _do(room, act, slips[n], written, entered, spoiled)
        _check(slips, written, entered)


def _do(room: Room, act: str, slip: str, written: dict[str, date], entered: dict[str, Envelope], spoiled: set[str]) -> None:
    if act == "live":
        live(room)
    elif act == "keep":
        room.do(lambda by: service.keep_places(slip, **by), room.first)
    elif slip in entered or slip in spoiled:
        with pytest.raises(SlipDone):
            enter(room, slip, written[slip])
    elif act == "spoil":
        room.do(lambda by: service.spoil_slip(slip, "Déchirée", **by), room.first)
        spoiled.add(slip)
    else:
        entered[slip] = enter(room, slip, written[slip])


def _check(slips: list[str], written: dict[str, date], entered: dict[str, Envelope]) -> None:
    sequences = list(db.session.scalars(select(Envelope.arrival_sequence)))
    assert len(sequences) == len(set(sequences)), "no two arrivals share a place"
    for kit in (slips[:6], slips[6:]):
        mine = [slip for slip in kit if slip in entered]
        order = sorted(mine, key=lambda slip: (entered[slip].legal_received_on, entered[slip].arrival_sequence))
        assert order == mine, "the order of ranks is that of the numbers"
    assert all(entered[slip].legal_received_on == written[slip] for slip in entered)
    assert list(queries.faults()) == []
