"""Who reads or writes on a case right now: heartbeats with a short life, in a table that a crash of the database may empty."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from backoffice.core.db import db
from backoffice.mail.threads.models import Presence
from backoffice.mail.threads.values import Here
from backoffice.staff.models import Account

READING, WRITING, FORGOTTEN = timedelta(seconds=60), timedelta(seconds=25), timedelta(minutes=10)
"""How long a heartbeat counts; pages send one every fifteen seconds, and none when nobody touches them."""


def note(case_id: int, account_id: int, *, writes: bool, at: datetime) -> None:
    """This person has the case open, and perhaps writes on it."""
    values = {"case_id": case_id, "account_id": account_id, "seen_at": at, "wrote_at": at if writes else None}
    changed = {"seen_at": at, **({"wrote_at": at} if writes else {})}
    db.session.execute(insert(Presence).values(values).on_conflict_do_update(index_elements=["case_id", "account_id"], set_=changed))
    db.session.execute(delete(Presence).where(Presence.seen_at < at - FORGOTTEN, Presence.account_id == account_id))


def stop_writing(case_id: int, account_id: int) -> None:
    """What was being written was sent or thrown away; the case may still be read."""
    here = (Presence.case_id == case_id, Presence.account_id == account_id)
    db.session.execute(update(Presence).where(*here).values(wrote_at=None))


def leave(case_id: int, account_id: int) -> None:
    """The page was left."""
    db.session.execute(delete(Presence).where(Presence.case_id == case_id, Presence.account_id == account_id))


def others(case_ids: Iterable[int], but: int, at: datetime) -> dict[int, list[Here]]:
    """Who else is on these cases, those who write first."""
    query = select(Presence.case_id, Account.name, Presence.wrote_at).join(Account, Account.id == Presence.account_id)
    query = query.where(Presence.case_id.in_(list(case_ids)), Presence.account_id != but, Presence.seen_at > at - READING)
    found: dict[int, list[Here]] = {}
    for case_id, name, wrote_at in db.session.execute(query.order_by(Presence.wrote_at.desc().nulls_last(), Account.name)):
        found.setdefault(case_id, []).append(Here(name, writes=wrote_at is not None and wrote_at > at - WRITING))
    return found


def sentence(here: Iterable[Here]) -> str:
    """« Mme X rédige ; M. Y lit », or nothing."""
    return " ; ".join(_("%(name)s is writing", name=one.name) if one.writes else _("%(name)s is reading", name=one.name) for one in here)
