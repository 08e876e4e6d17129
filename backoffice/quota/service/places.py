"""What happens later to one application, or to many of them: payment, lapse, verdicts, review, annulment."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from backoffice.core.actors import Actor
from backoffice.quota import queries
from backoffice.quota.models import Admission
from backoffice.quota.rules.inputs import (
    Annulled,
    Duplicate,
    Exemption,
    Expired,
    Filed,
    FromReserve,
    Input,
    Lapsed,
    Paid,
    Reinstated,
    Restored,
    UnpaidAgain,
    Verdict,
    Withdrawn,
)
from backoffice.quota.service.checks import two_people
from backoffice.quota.service.pen import Pen
from backoffice.quota.values import AdmissionStatus


def confirm_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """The fee was paid in time: the place is counted."""
    return _write(submission_id, Paid(str(submission_id)), by=by, at=at)


def unconfirm_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """The payment came back: the place is only held again. An exempt application had no place to lose."""
    admission = _known(submission_id)
    if admission.status is AdmissionStatus.EXEMPT:
        return admission
    return _write(submission_id, UnpaidAgain(str(submission_id)), by=by, at=at)


def release_unpaid_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """Unpaid after its last day: the place is released, to who waits, or to the cap while the window is open."""
    return _write(submission_id, Lapsed(str(submission_id)), by=by, at=at)


def reinstate_place(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """A person reviewed what had lapsed or been refused: a place again, if one is free; an exempt one needs none."""
    return _write(submission_id, Reinstated(str(submission_id)), by=by, at=at)


def withdraw(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """The applicant withdrew: the place is released."""
    return _write(submission_id, Withdrawn(str(submission_id)), by=by, at=at)


def expire(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """A declaration is 12 months old, or an invitation was not answered in its 60 days."""
    return _write(submission_id, Expired(str(submission_id)), by=by, at=at)


def file_invited(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """Somebody invited filed the application: the place promised is given."""
    return _write(submission_id, Filed(str(submission_id)), by=by, at=at)


def judge_exemption(submission_id: UUID, verified: bool, *, by: Actor, at: datetime) -> Admission:  # noqa: FBT001 - the verdict
    """A person verified or denied the ground claimed; losing it may cost the application its admission."""
    verdict = Verdict.VERIFIED if verified else Verdict.DENIED
    return _write(submission_id, Exemption(str(submission_id), verdict), by=by, at=at)


def judge_duplicate(submission_id: UUID, same: bool, *, by: Actor, at: datetime) -> Admission:  # noqa: FBT001 - the verdict
    """A person found that it is the same person's second act, or that it is not."""
    verdict = Verdict.SAME if same else Verdict.DIFFERENT
    return _write(submission_id, Duplicate(str(submission_id), verdict), by=by, at=at)


def admit_from_reserve(submission_id: UUID, *, by: Actor, second: Actor, at: datetime) -> Admission:
    """Somebody was prevented by a recorded fault: two people give a place of the reserve."""
    two_people(by, second)
    return _write(submission_id, FromReserve(str(submission_id)), by=by, at=at)


def annul(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """The admission is void."""
    return _write(submission_id, Annulled(str(submission_id)), by=by, at=at)


def restore(submission_id: UUID, *, by: Actor, at: datetime) -> Admission:
    """The annulment is undone, if the place is still there."""
    return _write(submission_id, Restored(str(submission_id)), by=by, at=at)


def annul_many(submission_ids: Iterable[UUID], *, by: Actor, at: datetime) -> list[Admission]:
    """Void many admissions, each a line of its ledger."""
    return _write_many(submission_ids, Annulled, by=by, at=at)


def restore_many(submission_ids: Iterable[UUID], *, by: Actor, at: datetime) -> list[Admission]:
    """Undo many annulments, in the order given; all or none."""
    return _write_many(submission_ids, Restored, by=by, at=at)


def _known(submission_id: UUID) -> Admission:
    admission = queries.admission(submission_id)
    assert admission is not None, "every submission was answered first"
    return admission


def _write(submission_id: UUID, given: Input, *, by: Actor, at: datetime) -> Admission:
    pen = Pen(queries.lock_window(_known(submission_id).window_id), by=by, at=at)
    pen.write(given)
    pen.finish()
    return queries.admissions([submission_id])[submission_id]


def _write_many(submission_ids: Iterable[UUID], act: Callable[[str], Input], *, by: Actor, at: datetime) -> list[Admission]:
    wanted = list(submission_ids)
    of_window: dict[int, list[UUID]] = defaultdict(list)
    known = queries.admissions(wanted)
    for submission_id in wanted:
        of_window[known[submission_id].window_id].append(submission_id)
    for window_id, ids in sorted(of_window.items()):
        pen = Pen(queries.lock_window(window_id), by=by, at=at)
        pen.shelf.expect([str(id_) for id_ in ids])
        for id_ in ids:
            pen.write(act(str(id_)))
        pen.finish()
    found = queries.admissions(wanted)
    return [found[id_] for id_ in wanted]
