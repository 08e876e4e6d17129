"""What carriers brought, against what is registered."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.mailroom.models import Envelope, PostDelivery
from backoffice.mailroom.opening.models import DeliverySettlement
from backoffice.mailroom.opening.values import Count


@dataclass(frozen=True)
class Delivered:
    """A delivery with its account: it stays open until nothing differs, or somebody said why."""

    delivery: PostDelivery
    count: Count
    settlement: DeliverySettlement | None

    @property
    def settled(self) -> bool:
        """Whether the present difference has its reason."""
        return self.settlement is not None and self.settlement.difference == self.count.difference

    @property
    def differs(self) -> bool:
        """Whether somebody has to look."""
        return self.count.difference != 0 and not self.settled


def deliveries(limit: int = 60, *, before: date | None = None) -> list[Delivered]:
    """Deliveries, the latest first."""
    query = select(PostDelivery).order_by(PostDelivery.delivered_on.desc(), PostDelivery.id.desc()).limit(limit)
    if before is not None:
        query = query.where(PostDelivery.delivered_on < before)
    return _accounted(list(db.session.scalars(query)))


def delivered(delivery_id: int) -> Delivered:
    """One delivery with its account."""
    found = db.session.get(PostDelivery, delivery_id)
    if found is None:
        raise NotFound
    return _accounted([found])[0]


def _accounted(found: list[PostDelivery]) -> list[Delivered]:
    ids = [one.id for one in found]
    registered, settled = counts(ids), _settlements(ids)
    return [Delivered(one, Count(one.counted_envelopes, registered.get(one.id, 0)), settled.get(one.id)) for one in found]


def counts(ids: list[int]) -> dict[int, int]:
    """How many envelopes each delivery has registered."""
    query = select(Envelope.delivery_id, func.count()).where(Envelope.delivery_id.in_(ids)).group_by(Envelope.delivery_id)
    return {row[0]: row[1] for row in db.session.execute(query)} if ids else {}


def _settlements(ids: list[int]) -> dict[int, DeliverySettlement]:
    query = select(DeliverySettlement).where(DeliverySettlement.delivery_id.in_(ids)).order_by(DeliverySettlement.id)
    return {one.delivery_id: one for one in db.session.scalars(query)} if ids else {}


def registered_in(delivery_id: int, limit: int = 500) -> list[Envelope]:
    """The envelopes registered in a delivery, in their order."""
    return list(db.session.scalars(select(Envelope).where(Envelope.delivery_id == delivery_id).order_by(Envelope.id).limit(limit)))


def oldest_unopened() -> Delivered | None:
    """The oldest delivery of which envelopes were counted and are not registered, and nobody said why."""
    registered = select(func.count()).where(Envelope.delivery_id == PostDelivery.id).scalar_subquery()
    query = select(PostDelivery).where(PostDelivery.counted_envelopes > registered).order_by(PostDelivery.delivered_on, PostDelivery.id)
    return next((one for one in _accounted(list(db.session.scalars(query))) if one.differs), None)
