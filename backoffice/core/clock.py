"""What time it is, asked only at the edges: operations and rules are handed the instant they work at."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTREAL = ZoneInfo("America/Toronto")
"""Legal time of Québec (T-5.1); the zone's present name."""

_frozen: ContextVar[datetime | None] = ContextVar("clock_frozen", default=None)
_process_offset = timedelta(0)


def start_at(offset: timedelta) -> None:
    """Shift this process's clock (demonstration mode only; settings refuse it elsewhere)."""
    global _process_offset  # noqa: PLW0603 - one clock for the process, set once at start
    _process_offset = offset


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC) + _process_offset


def today() -> date:
    """The present legal day in Montréal."""
    return now().astimezone(MONTREAL).date()


@contextmanager
def stopped_at(instant: datetime) -> Iterator[None]:
    """Hold the clock still (the demonstration's history, and tests)."""
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
