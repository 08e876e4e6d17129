"""The clerk: one at a time, in the order of the stamps, it gives every arrival its outcome and opens the cases."""

import time
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.intake import queries
from backoffice.intake.models import Submission
from backoffice.intake.service import settling
from backoffice.quota import queries as quota_queries

log = structlog.get_logger()

AGAIN_SECONDS = 60.0
"""An arrival that met a fault of ours is tried again after this; the windows' page shows since when it waits."""


SOMEBODY_WAITS = "SELECT EXISTS (SELECT FROM submission WHERE state = 'pending') OR EXISTS (SELECT FROM place_given)"
"""Whether there is anything to do, asked many times a second."""


class Clerk:
    """Remembers, for a while, the arrivals that met a fault, so that nobody behind them waits."""

    def __init__(self) -> None:
        self._faulty: dict[UUID, float] = {}

    def turn(self) -> int:
        """Settle what waits, then follow the places given since; how much was done."""
        done = 0
        for code in queries.windows_with_pending():
            upto = queries.wait_for_arrivals_under_way()
            db.session.rollback()
            done += self._window(code, upto)
        return done + self._follow()

    def _follow(self) -> int:
        """Open the cases that places given later owe; the one that meets a fault of ours keeps none of the others waiting."""
        given = [key for key in quota_queries.to_follow(settling.MOST) if key not in self._apart()]
        db.session.rollback()
        if not given:
            return 0
        try:
            with transaction():
                return settling.follow_places(given, at=clock.now())
        except OperationalError:
            raise
        except Exception:  # one of them is at fault, whatever it is: found out one by one below
            log.exception("cases of places given later could not be opened, trying one by one")
        done = 0
        for key in given:
            try:
                with transaction():
                    done += settling.follow_places([key], at=clock.now())
            except OperationalError:
                raise
            except Exception:  # the others must not wait for the one at fault
                log.exception("case could not be opened, tried again later", submission=str(key))
                self._faulty[key] = time.monotonic() + AGAIN_SECONDS
        return done

    def _window(self, code: str, upto: int) -> int:
        apart = self._apart()
        try:
            with transaction():
                return settling.settle(code, upto, at=clock.now(), apart=apart)
        except OperationalError:
            raise  # the database is away: nobody is at fault
        except Exception:  # one of them is at fault, whatever it is: found out one by one below
            log.exception("a batch of arrivals could not be settled, trying one by one", window=code)
        return self._one_by_one(code, upto)

    def _one_by_one(self, code: str, upto: int) -> int:
        """Each arrival of the batch for itself: the one at fault is set aside, the others go on."""
        done = 0
        for one in [submission.id for submission in queries.pending(code, upto, settling.MOST)]:
            try:
                with transaction():
                    done += settling.settle(code, upto, at=clock.now(), only=one)
            except OperationalError:
                raise
            except Exception:  # the others must not wait for the one at fault
                log.exception("arrival could not be settled, tried again later", submission=str(one))
                self._faulty[one] = time.monotonic() + AGAIN_SECONDS
                with transaction():
                    settling.set_aside(db.session.get_one(Submission, one))
        return done

    def _apart(self) -> frozenset[UUID]:
        now = time.monotonic()
        self._faulty = {key: until for key, until in self._faulty.items() if until > now}
        return frozenset(self._faulty)
