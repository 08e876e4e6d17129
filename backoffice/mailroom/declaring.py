"""The mailroom's word on a window: every envelope stamped up to a day is registered and keyed, so its paper can be ranked."""

from datetime import date, datetime

from backoffice.core.actors import Actor
from backoffice.mailroom import queries
from backoffice.mailroom.errors import StillToKey
from backoffice.quota import service as quota
from backoffice.quota.models import Admission


def declare_paper_through(window_id: int, day: date, *, by: Actor, at: datetime) -> list[Admission]:
    """Rank the paper of a window up to a legal day; refused while an application of these days waits to be keyed or looked at.

    What is not known yet is named, as nothing that is told to anybody may be taken back (docs/ledger.md, « Paper »).
    """
    waiting = queries.applications_to_key(day)
    if waiting:
        raise StillToKey(waiting)
    return quota.declare_paper_through(window_id, day, by=by, at=at)
