"""What the doctor looks at: each list is the one that two people signed, and every day taken from a term stands on a line of one."""

from collections.abc import Iterator

from sqlalchemy import exists, select

from backoffice.core.db import db
from backoffice.deadlines.models import TermPause
from backoffice.intake.outages import service
from backoffice.intake.outages.models import OutageLine, OutageList
from backoffice.intake.outages.states import UNDER_WAY, ListState
from backoffice.intake.outages.values import LineState


def faults() -> Iterator[str]:
    """Lists that are not what was signed, and days of an outage that no signed list gave."""
    for listed in db.session.scalars(select(OutageList)):
        if service.digest_of(listed) != listed.list_sha256:
            yield f"outage {listed.outage_id}, list {listed.id}: it is not the one that was frozen"
        if listed.state in UNDER_WAY | {ListState.DONE} and listed.second_id in {None, listed.by_id}:
            yield f"outage {listed.outage_id}, list {listed.id}: carried out without a second signature"
    carried = exists().where(OutageLine.term_id == TermPause.term_id, OutageLine.state == LineState.DONE)
    query = select(TermPause.term_id, TermPause.ref).where(TermPause.ref.startswith("outage:"), TermPause.removed_at.is_(None), ~carried)
    yield from (f"term {term_id}: days of {ref} that no signed list gave" for term_id, ref in db.session.execute(query))
