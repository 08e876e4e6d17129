"""One reader at a time for what must not be done twice at once: the lock lives on a connection of its own.

A reader that is killed, or a database that is restarted, lets go of it by itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from backoffice.core.settings import settings

READING = 7_281_020
"""Advisory locks of this number and a scan's home: two files of one envelope are read one after the other."""

RECOGNISING = 7_281_021
"""Advisory locks of this number and a piece of work."""

_keepers: dict[str, psycopg.Connection] = {}


@contextmanager
def alone(what: int, key: int) -> Iterator[bool]:
    """Whether nobody else does this very thing now; nobody else will until the end."""
    keeper = _keeper()
    row = keeper.execute("SELECT pg_try_advisory_lock(%s, %s)", (what, key % 2**31)).fetchone()
    taken = bool(row and row[0])
    try:
        yield taken
    finally:
        if taken and not keeper.closed:
            _let_go(keeper, what, key)


def _let_go(keeper: psycopg.Connection, what: int, key: int) -> None:
    try:
        keeper.execute("SELECT pg_advisory_unlock(%s, %s)", (what, key % 2**31))
    except psycopg.OperationalError:  # the database went away, and the lock with it
        keeper.close()


def _keeper() -> psycopg.Connection:
    """One connection for each process; tried before it is used, for a restarted database has forgotten it."""
    url = settings().database_url.replace("+psycopg", "")
    known = _keepers.get(url)
    if known is not None and not known.closed:
        try:
            known.execute("SELECT 1")
        except psycopg.OperationalError:
            known.close()
        else:
            return known
    _keepers[url] = psycopg.connect(url, autocommit=True)
    return _keepers[url]
