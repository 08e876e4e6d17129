"""What decisions do later: the term of a posted letter, proposals kept true to their terms, and the second signature."""

from uuid import UUID

from backoffice.core import clock, events
from backoffice.core.actors import Actor
from backoffice.core.db import attempt, db
from backoffice.core.errors import DomainError
from backoffice.core.events import Recorded, Subject, on
from backoffice.deadlines.events import PauseAdded, PauseRemoved, StartCorrected, TermEnded, TermExtended, TermRecomputed, TermReissued
from backoffice.decisions import moved, queries, service
from backoffice.decisions.events import SignatureRefused
from backoffice.decisions.service import deciding, going_on, intentions
from backoffice.mail.events import LetterPosted
from backoffice.staff.events import ApprovalDecided
from backoffice.staff.models import Account, Approval


@on(LetterPosted)
def start_term_of_letter(recorded: Recorded[LetterPosted]) -> None:
    """The carrier has an intention letter: that day is day zero, for the first issue and for each one after."""
    intentions.letter_posted(UUID(recorded.event.message_id), recorded.at, by=recorded.by, at=recorded.at)


@on(TermReissued)
def reached_again(recorded: Recorded[TermReissued]) -> None:
    """The letter left again: what barred the end because its earlier issue did not arrive is lifted."""
    service.reissued(recorded.event.term_id, by=recorded.by, at=clock.now())
    _follow(recorded.subject, recorded.by)


@on(TermEnded)
def follow_end(recorded: Recorded[TermEnded]) -> None:
    """Answered, or ended with its case: nothing waits for a decision any more."""
    _follow(recorded.subject, recorded.by)


@on(TermExtended)
def follow_extension(recorded: Recorded[TermExtended]) -> None:
    """The end moved; the applicant reads the new last day."""
    _follow(recorded.subject, recorded.by)
    if recorded.subject.kind == "case":
        moved.extended(int(recorded.subject.id), recorded.event, at=clock.now())


@on(PauseAdded)
def follow_pause(recorded: Recorded[PauseAdded]) -> None:
    """The end moved: days of an outage do not count."""
    _follow(recorded.subject, recorded.by)


@on(PauseRemoved)
def follow_pause_removed(recorded: Recorded[PauseRemoved]) -> None:
    """The end moved back."""
    _follow(recorded.subject, recorded.by)


@on(StartCorrected)
def follow_correction(recorded: Recorded[StartCorrected]) -> None:
    """The day zero had been recorded wrong; the applicant reads the last day that counts."""
    _follow(recorded.subject, recorded.by)
    if recorded.subject.kind == "case":
        moved.corrected(int(recorded.subject.id), recorded.event, at=clock.now())


@on(TermRecomputed)
def follow_count(recorded: Recorded[TermRecomputed]) -> None:
    """The term was counted again; the applicant reads the last day that counts."""
    _follow(recorded.subject, recorded.by)
    if recorded.subject.kind == "case":
        moved.corrected(int(recorded.subject.id), recorded.event, at=clock.now())


def _follow(subject: Subject, by: Actor) -> None:
    if subject.kind == "case":
        service.follow_terms(int(subject.id), by=by, at=clock.now())


@on(ApprovalDecided)
def answer_for_two(recorded: Recorded[ApprovalDecided]) -> None:
    """The second person answered: a rejection, or going on although the applicant could not be reached.

    What the moment refuses (an answer came, a bar was put up) undoes the act alone; both people read why.
    """
    if recorded.event.kind not in {deciding.APPROVAL, going_on.APPROVAL}:
        return
    approval = db.session.get_one(Approval, recorded.event.approval_id, with_for_update=True)
    if "outcome" in approval.facts:
        return
    try:
        with attempt():
            _answer(approval, recorded)
    except DomainError as refusal:
        approval.facts = {**approval.facts, "outcome": "refused", "refusal": refusal.message}
        _refused(approval, refusal.message, recorded)
    else:
        approval.facts = {**approval.facts, "outcome": "done"}


def _answer(approval: Approval, recorded: Recorded[ApprovalDecided]) -> None:
    approved = recorded.event.approved
    if approval.kind == deciding.APPROVAL:
        reason_en = str(approval.facts.get("reason_en", ""))
        service.answer_rejection(approval.id, reason_en, approval.answer or "", approved=approved, by=recorded.by, at=clock.now())
    else:
        asker = db.session.get_one(Account, approval.asked_by_id).name
        service.answer_going_on(approval, asker, approved=approved, by=recorded.by, at=clock.now())


def _refused(approval: Approval, why: str, recorded: Recorded[ApprovalDecided]) -> None:
    fact = SignatureRefused(approval.id, approval.kind, why)
    events.record(Subject(approval.subject_kind, approval.subject_id), fact, by=recorded.by, at=clock.now())
    decision = queries.decision_of(approval.id)
    if decision is not None:
        deciding.send_back(decision.id, why, by=recorded.by, at=clock.now())
