"""Paper is in one place and one only, whoever moves it, however many at once."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from backoffice.core import clock
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.mailroom import codes
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.custody import queries, service
from backoffice.mailroom.custody.errors import AtAnEnd, MustGoBack, NoSuchPlace, NotByGun, NotFollowed
from backoffice.mailroom.custody.models import Paper, PaperMove
from backoffice.mailroom.custody.values import DESTROYED, OPENING_TABLE, SENT_BACK, Item, NewPlace, PaperKind, PlaceKind
from backoffice.mailroom.opening import service as opening
from backoffice.mailroom.opening.values import NewPiece, PieceKind
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.test_service import register


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def made(clerk: Account, kind: PlaceKind = PlaceKind.BOX) -> str:
    with transaction():
        return service.set_up_place(NewPlace(kind, "Au sous-sol"), by=clerk.actor, at=clock.now()).code


def put(number: str, place: str, clerk: Account, kind: PaperKind = PaperKind.ENVELOPE) -> None:
    with transaction():
        service.place(kind, number, place, by=clerk.actor, at=clock.now())


def where(number: str, kind: PaperKind = PaperKind.ENVELOPE) -> str:
    paper = queries.find(Item(kind, number))
    assert paper is not None
    return queries.place_by_id(paper.place_id).code


def piece(envelope: str, clerk: Account, build: Builder, kind: PieceKind = PieceKind.ORIGINAL) -> str:
    with transaction():
        number = opening.list_piece(envelope, NewPiece(kind, "Passeport"), by=clerk.actor, at=clock.now()).number
    build.deliver()
    return number


def test_an_envelope_is_on_the_opening_table_from_its_registration_and_moves_by_code(clerk: Account):
    number, box, shelf = register(clerk), made(clerk), made(clerk, PlaceKind.SHELF)
    assert where(number) == OPENING_TABLE
    assert (box[:3], shelf[:3]) == ("BT-", "TB-")
    assert queries.place_code(codes.encode(SheetCode(SheetKind.PLACE, box))) == box
    assert queries.item(codes.encode(SheetCode(SheetKind.ENVELOPE, number))) == Item(PaperKind.ENVELOPE, number)
    put(number, box, clerk)
    put(number, box, clerk)
    put(number, shelf, clerk)
    paper = queries.find(Item(PaperKind.ENVELOPE, number))
    assert paper is not None
    assert [place.code for _move, place in queries.moves(paper.id)] == [shelf, box, OPENING_TABLE]
    assert list(queries.faults()) == []


def test_paper_can_be_in_somebodys_hands(clerk: Account):
    number = register(clerk)
    with transaction():
        hands = service.person_place(clerk, by=clerk.actor, at=clock.now()).code
        assert service.person_place(clerk, by=clerk.actor, at=clock.now()).code == hands
    put(number, hands, clerk)
    assert where(number) == hands


def test_the_gun_refuses_what_it_does_not_know_and_what_is_not_its_to_do(clerk: Account):
    number = register(clerk)
    for place, refusal in (("BT-9999", NoSuchPlace), (SENT_BACK, NotByGun), (DESTROYED, NotByGun)):
        with pytest.raises(refusal):
            put(number, place, clerk)
    with pytest.raises(NotFollowed):
        put("E-2016-99999", made(clerk), clerk)
    assert queries.place_code("M1-L-BT-0001-AAAAAAAAAAAAAAAA") is None


def test_nothing_comes_back_from_an_end(clerk: Account):
    number, box = register(clerk), made(clerk)
    with transaction():
        service.send_out(Item(PaperKind.ENVELOPE, number), SENT_BACK, "R-2016-00001", by=clerk.actor, at=clock.now())
    with pytest.raises(AtAnEnd):
        put(number, box, clerk)
    assert where(number) == SENT_BACK


def test_an_original_listed_at_opening_is_followed_until_it_goes_back_and_is_never_destroyed(build: Builder, clerk: Account):
    number = piece(register(clerk), clerk, build)
    assert where(number, PaperKind.PIECE) == OPENING_TABLE
    with pytest.raises(MustGoBack), transaction():
        service.send_out(Item(PaperKind.PIECE, number), DESTROYED, "", by=clerk.actor, at=clock.now())
    put(number, made(clerk), clerk, PaperKind.PIECE)
    assert [paper.number for paper, _place in queries.originals()] == [number]
    with transaction():
        opening.send_piece_back(number, "Courrier recommandé", by=clerk.actor, at=clock.now())
    build.deliver()
    assert where(number, PaperKind.PIECE) == SENT_BACK
    assert queries.originals() == []


MOVE = "INSERT INTO paper_move (paper_id, sequence, previous, from_place_id, to_place_id, reason, moved_at, by_id, by_label) "
IMPOSSIBLE = (
    "UPDATE paper SET place_id = :box WHERE id = :paper",  # another place without a move
    "UPDATE paper SET place_id = NULL WHERE id = :paper",
    MOVE + "VALUES (:paper, 1, NULL, NULL, :box, '', now(), '', '')",  # a second beginning
    MOVE + "VALUES (:paper, 2, 1, :box, :here, '', now(), '', '')",  # from where it is not
    MOVE + "VALUES (:paper, 2, 1, :here, :end, '', now(), '', '')",  # an original destroyed
    "UPDATE paper_move SET to_place_id = :box WHERE paper_id = :paper",
)


def at_once(statement: str, values: dict[str, int]) -> None:
    """Try a statement with every promise checked at its end."""
    with db.session.begin_nested():
        db.session.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
        db.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


def test_the_database_itself_refuses_two_places_none_and_the_destruction_of_an_original(build: Builder, clerk: Account):
    envelope = register(clerk)
    number = piece(envelope, clerk, build)
    box = queries.place(made(clerk)).id
    paper = queries.find(Item(PaperKind.PIECE, number))
    assert paper is not None
    end, here = queries.place(DESTROYED).id, paper.place_id
    values = {"paper": paper.id, "box": box, "here": here, "end": end}
    for statement in IMPOSSIBLE:
        with pytest.raises(DBAPIError):
            at_once(statement, values)
    db.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))
    assert where(number, PaperKind.PIECE) == OPENING_TABLE


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=12))
def test_whatever_is_moved_its_place_is_the_end_of_its_moves(clerk: Account, steps: list[tuple[int, int]]):
    numbers, boxes = [register(clerk) for _ in range(3)], [made(clerk) for _ in range(3)] + [SENT_BACK]
    expected = dict.fromkeys(numbers, OPENING_TABLE)
    for which, to in steps:
        number, target = numbers[which], boxes[to]
        item = Item(PaperKind.ENVELOPE, number)
        try:
            with transaction():
                if target == SENT_BACK:
                    service.send_out(item, SENT_BACK, "", by=clerk.actor, at=clock.now())
                else:
                    service.place(item.kind, number, target, by=clerk.actor, at=clock.now())
        except AtAnEnd:
            assert expected[number] == SENT_BACK
        else:
            expected[number] = target
    assert {number: where(number) for number in numbers} == expected
    assert list(queries.faults()) == []


def test_people_who_move_one_thing_at_once_move_it_one_after_the_other(app: Flask):
    """On connections of their own: the outer transaction of other tests would hide the race."""
    with app.app_context():
        boxes = [made_for_race() for _ in range(2)]
        item = Item(PaperKind.PIECE, f"COURSE-{boxes[0]}")
        with transaction():
            service.follow(item, "E-2016-99998", by=SYSTEM, at=clock.now())
        db.session.remove()

    def carry(turn: int) -> None:
        with app.app_context():
            for step in range(5):
                with transaction():
                    service.place(item.kind, item.number, boxes[(turn + step) % 2], by=SYSTEM, at=clock.now())
            db.session.remove()

    with ThreadPoolExecutor(4) as people:
        for done in [people.submit(carry, turn) for turn in range(4)]:
            done.result()
    with app.app_context():
        paper = db.session.scalars(select(Paper).where(Paper.number == item.number)).one()
        rows = db.session.scalars(select(PaperMove).where(PaperMove.paper_id == paper.id).order_by(PaperMove.sequence)).all()
        assert [row.sequence for row in rows] == list(range(1, len(rows) + 1))
        assert all(after.from_place_id == before.to_place_id for before, after in pairwise(rows))
        assert (paper.moves, paper.place_id) == (rows[-1].sequence, rows[-1].to_place_id)
        assert db.session.scalar(select(func.count()).select_from(Paper).where(Paper.number == item.number)) == 1
        db.session.remove()


def made_for_race() -> str:
    with transaction():
        return service.set_up_place(NewPlace(PlaceKind.BOX, "Course"), by=SYSTEM, at=clock.now()).code
