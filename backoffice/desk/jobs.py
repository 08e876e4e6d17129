"""What the pages do later: an act on a period that a second person approved is carried out, for both."""

from backoffice.core import clock, events
from backoffice.core.db import attempt, db
from backoffice.core.errors import DomainError
from backoffice.core.events import Event, Recorded, on
from backoffice.desk.events import ApprovedActDone, ApprovedActRefused
from backoffice.desk.windows import acts
from backoffice.desk.windows.acts import NotASecond
from backoffice.quota import queries as quota_queries
from backoffice.quota.events import window_subject
from backoffice.staff.events import ApprovalDecided
from backoffice.staff.models import Account, Approval
from backoffice.staff.permissions import Permission


@on(ApprovalDecided)
def carry_out_for_two(recorded: Recorded[ApprovalDecided]) -> None:
    """Do what was asked, in the name of whoever asked, with whoever approved as the second person.

    A refusal of that moment (the period moved on meanwhile) undoes the act alone; it is kept on the approval and in the
    trail, where both people read it.
    """
    if recorded.event.kind not in acts.BY_KIND or not recorded.event.approved:
        return
    approval = db.session.get_one(Approval, recorded.event.approval_id, with_for_update=True)
    if "outcome" in approval.facts:
        return
    try:
        with attempt():
            _carry_out(approval)
    except DomainError as refusal:
        _note(approval, outcome="refused", refusal=refusal.message)
        fact: Event = ApprovedActRefused(approval.id, approval.kind, refusal.message)
    else:
        _note(approval, outcome="done")
        fact = ApprovedActDone(approval.id, approval.kind, recorded.by.label)
    events.record(window_subject(approval.subject_id), fact, by=recorded.by, at=clock.now())


def _carry_out(approval: Approval) -> None:
    asker, second = db.session.get_one(Account, approval.asked_by_id), db.session.get_one(Account, approval.decided_by_id)
    if second.id == asker.id or not second.may(Permission.MANAGE_WINDOWS):
        raise NotASecond
    window = quota_queries.window(approval.subject_id)
    acts.carry_out(acts.BY_KIND[approval.kind], window, approval.facts, approval.reason, by=asker.actor, second=second.actor, at=clock.now())


def _note(approval: Approval, **outcome: str) -> None:
    approval.facts = {**approval.facts, **outcome}
