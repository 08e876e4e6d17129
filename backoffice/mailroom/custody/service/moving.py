"""Places and moves: a thing is held, then moved; it is never in two places nor in none."""

from datetime import datetime

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.mailroom.custody import queries
from backoffice.mailroom.custody.errors import AtAnEnd, MustGoBack, NoSuchPlace, NotByGun, NotFollowed
from backoffice.mailroom.custody.events import PaperMoved, PlaceSetUp, paper_subject, place_subject
from backoffice.mailroom.custody.models import Paper, PaperMove, PaperPlace
from backoffice.mailroom.custody.values import ENDS, Item, NewPlace, PaperKind, PlaceKind
from backoffice.staff.models import Account


def set_up_place(new: NewPlace, *, by: Actor, at: datetime) -> PaperPlace:
    """Set up a desk, a box or a shelf; it takes the next code of its kind, to be printed on its label."""
    within = queries.place(new.within).id if new.within else None
    place = PaperPlace(code=queries.next_place_code(new.kind), kind=new.kind, label=new.label, within_id=within, made_at=at)
    db.session.add(place)
    db.session.flush()
    events.record(place_subject(place.code), PlaceSetUp(place.code, new.kind.value, new.label), by=by, at=at)
    return place


def person_place(account: Account, *, by: Actor, at: datetime) -> PaperPlace:
    """The place that a person is: paper in somebody's hands is somewhere too."""
    known = queries.place_of_account(account.id)
    if known is not None:
        return known
    place = PaperPlace(code=f"P-{account.id}", kind=PlaceKind.PERSON, label=account.name, account_id=account.id, made_at=at)
    db.session.add(place)
    db.session.flush()
    events.record(place_subject(place.code), PlaceSetUp(place.code, place.kind.value, place.label), by=by, at=at)
    return place


def follow(item: Item, envelope: str, *, must_return: bool = False, by: Actor, at: datetime) -> Paper:
    """Follow a thing from now on: it is on the opening table. Followed already, it stays where it is."""
    known = queries.find(item)
    if known is not None:
        return known
    table = queries.opening_table()
    paper = Paper(
        kind=item.kind, number=item.number, envelope=envelope, must_return=must_return, place_id=table.id, moves=1, followed_since=at,
    )  # fmt: skip
    db.session.add(paper)
    db.session.flush()
    _note(paper, None, table.id, "", by=by, at=at)
    events.record(paper_subject(item.kind, item.number), PaperMoved(item.number, None, table.code, ""), by=by, at=at)
    return paper


def place(kind: PaperKind, number: str, at_place: str, reason: str = "", *, by: Actor, at: datetime) -> Paper:
    """Put a thing into a place of the house, by the code of each; where it is already, nothing happens."""
    target = queries.find_place(at_place)
    if target is None:
        raise NoSuchPlace(at_place)
    if target.kind in ENDS:
        raise NotByGun
    return move(Item(kind, number), target, reason, by=by, at=at)


def send_out(item: Item, end: str, reason: str, *, by: Actor, at: datetime) -> Paper:
    """The thing left the house, was destroyed, or was listed by mistake: it stays there for ever."""
    return move(item, queries.place(end), reason, by=by, at=at)


def move(item: Item, target: PaperPlace, reason: str, *, by: Actor, at: datetime) -> Paper:
    """One move of a thing that is held."""
    paper = queries.lock(item)
    if paper is None:
        raise NotFollowed(item.number)
    if paper.place_id == target.id:
        return paper
    here = queries.place_by_id(paper.place_id)
    if here.kind in ENDS:
        raise AtAnEnd(paper.number, here.label)
    if target.kind is PlaceKind.DESTROYED and paper.must_return:
        raise MustGoBack(paper.number)
    paper.moves += 1
    paper.place_id = target.id
    _note(paper, here.id, target.id, reason, by=by, at=at)
    events.record(paper_subject(item.kind, item.number), PaperMoved(item.number, here.code, target.code, reason), by=by, at=at)
    return paper


def _note(paper: Paper, before: int | None, after: int, reason: str, *, by: Actor, at: datetime) -> None:
    db.session.add(
        PaperMove(
            paper_id=paper.id, sequence=paper.moves, previous=paper.moves - 1 or None, from_place_id=before, to_place_id=after, reason=reason, moved_at=at,
            by_id=by.id, by_label=by.label,
        )
    )  # fmt: skip
    db.session.flush()
