"""Where what comes in belongs: an envelope or a batch that is still open."""

from backoffice.core.errors import DomainError, NotFound
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as envelopes
from backoffice.mailroom.doors.values import Home
from backoffice.mailroom.errors import EnvelopeDone
from backoffice.mailroom.pipeline import queries as stacks
from backoffice.mailroom.pipeline.errors import BatchDone
from backoffice.mailroom.states import BatchState


def check_open(home: Home) -> None:
    """Refuse a home that does not exist, or to which nothing is added any more."""
    if home.envelope:
        if room.envelope(home.envelope).state not in envelopes.LIVE:
            raise EnvelopeDone(home.envelope)
    elif home.batch:
        found = stacks.batch_numbered(home.batch)
        if found is None:
            raise NotFound
        if found.state is not BatchState.OPEN:
            raise BatchDone(home.batch)
    else:
        raise NotFound


def is_open(home: Home) -> bool:
    """Whether something may still be added."""
    try:
        check_open(home)
    except DomainError:
        return False
    return True
