"""How often a key may call, exactly, whichever process answers; and when each key was last used."""

from datetime import datetime, timedelta

import structlog
from flask_babel import gettext as _
from redis.exceptions import RedisError
from sqlalchemy import update

from backoffice.core import clock, deliveries
from backoffice.core.db import db, transaction
from backoffice.core.problems import Problem
from backoffice.staff.models import ApiKey

log = structlog.get_logger()

MINUTE = timedelta(minutes=1)
REST = timedelta(seconds=5)
"""How long a queue server that did not answer is left alone: no call waits for it in between."""

_noted: dict[int, datetime] = {}
"""When this process last wrote that a key is used: once a minute is enough, and the call that writes it is the only one that pays."""

_away_since: datetime | None = None


def check(key: ApiKey) -> None:
    """Refuse a call beyond the key's limit for this minute; without the queue server nobody can count, so the call is let in."""
    if key.rate_per_minute is None:
        return
    now = clock.now()
    calls = _count(key.id, now)
    if calls is not None and calls > key.rate_per_minute:
        detail = _("This key may call %(rate)s times a minute.", rate=key.rate_per_minute)
        raise Problem("rate-limited", detail, retry_after=60 - now.second)


def _count(key_id: int, now: datetime) -> int | None:
    """This call's number in the minute; None while the queue server is away, which is logged once."""
    global _away_since  # noqa: PLW0603 - one memory for the process, so that an outage is one line in the log
    if _away_since and timedelta(0) <= now - _away_since < REST:
        return None
    name = f"calls:{key_id}:{int(now.timestamp()) // 60}"
    try:
        pipe = deliveries.redis().pipeline(transaction=True)
        pipe.incr(name)
        pipe.expire(name, 120)
        calls = int(pipe.execute()[0])
    except RedisError as fault:
        if _away_since is None:
            log.warning("limits are not counted: queue server unreachable", fault=type(fault).__name__)
        _away_since = now
        return None
    _away_since = None
    return calls


def is_noted(key: ApiKey) -> bool:
    """Whether it was written a moment ago that this key is used."""
    noted = _noted.get(key.id)
    return noted is not None and timedelta(0) <= clock.now() - noted < MINUTE


def note_use(key: ApiKey) -> None:
    """Remember that a key is in use, at most once a minute."""
    if is_noted(key):
        return
    now, key_id = clock.now(), key.id
    _noted[key_id] = now
    stale = ApiKey.last_used_at.is_(None) | (ApiKey.last_used_at <= now - MINUTE)
    with transaction():
        db.session.execute(
            update(ApiKey).where(ApiKey.id == key_id, stale).values(last_used_at=now), execution_options={"synchronize_session": False}
        )
