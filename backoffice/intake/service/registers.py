"""The two registers: people prevented by a fault (S-32), and false declarations within five years (former s. 3.2.2.1)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.models import Case
from backoffice.cases.names import passport, search_name
from backoffice.cases.states import FINAL, CaseAction
from backoffice.cases.states import TRANSITIONS as CASES
from backoffice.cases.values import Channel, Hold
from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.db import db
from backoffice.core.states import allows, move
from backoffice.fees import queries as fee_queries
from backoffice.fees import rules as fee_rules
from backoffice.fees import service as fees
from backoffice.intake import queries, rules
from backoffice.intake.between import queries as between_queries
from backoffice.intake.between.errors import AlreadyProposed, ClaimUsed, DeclarationKnown, NoReserveLeft, NothingToJudge, UnknownSubmission
from backoffice.intake.between.events import (
    FalseDeclarationEntered,
    FalseDeclarationJudged,
    FalseDeclarationMet,
    FaultClaimDecided,
    FaultClaimed,
    FaultClaimUsed,
    ReserveGiven,
    claim_subject,
    declaration_subject,
)
from backoffice.intake.between.models import DeclarationCheck, FalseDeclaration, FaultClaim, FaultEvidence
from backoffice.intake.between.rules import barred_until, is_same, known
from backoffice.intake.between.values import (
    CHECK_TRANSITIONS,
    CLAIM_TRANSITIONS,
    CheckAction,
    CheckState,
    ClaimAction,
    ClaimState,
    NewClaim,
    NewDeclaration,
)
from backoffice.intake.events import submission_subject
from backoffice.intake.models import Submission
from backoffice.intake.service import endings, invitations, reviews
from backoffice.intake.service.telling import tell
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.errors import NoPlaceLeft
from backoffice.quota.models import Window
from backoffice.quota.values import AdmissionStatus
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.models import Account, Approval
from backoffice.staff.states import ApprovalState

APPROVAL = "fault_claim"
"""The kind of approval by which two people decide a claim."""

RESERVABLE = frozenset({AdmissionStatus.REGISTERED, AdmissionStatus.WAITLISTED, AdmissionStatus.REFUSED, AdmissionStatus.LAPSED})

OWES = frozenset({AdmissionStatus.PROVISIONAL, AdmissionStatus.CONFIRMED, AdmissionStatus.EXEMPT})

# People prevented by a fault


def enter_claim(new: NewClaim, *, by: Actor, at: datetime) -> FaultClaim:
    """Write a claim into the register, with its evidence; the application that it names, if any, must exist."""
    claim = FaultClaim(
        family_name=new.family_name, given_names=new.given_names, search_name=search_name(new.family_name, new.given_names),
        birth_date=new.birth_date, passport_number=passport(new.passport_number), contact=dict(new.contact), language=new.language,
        programme=new.programme, window_code=new.window_code, code=new.code, text=new.text, incident_reference=new.incident_reference,
        incident_start=new.incident_start, incident_end=new.incident_end, received_on=new.received_on, entered_at=at, entered_by=by.label,
        state=ClaimState.ASKED, submission_id=_named(new.submission_number),
    )  # fmt: skip
    claim.evidence = [
        FaultEvidence(position=place, filename=one.filename, media_type=one.media_type, size=one.size, sha256=one.sha256)
        for place, one in enumerate(new.evidence)
    ]
    db.session.add(claim)
    db.session.flush()
    fact = FaultClaimed(claim.id, new.code.value, new.programme, new.window_code, new.received_on.isoformat(), len(new.evidence))
    events.record(claim_subject(claim.id), fact, by=by, at=at)
    return claim


def _named(number: str | None) -> UUID | None:
    """The application that a number means: its own, its receipt's, or its case's."""
    if not number:
        return None
    try:
        given = UUID(number)
    except ValueError:
        found = case_queries.search(number)
        if len(found) == 1 and found[0].number.replace("-", "") == number.replace("-", ""):
            return found[0].submission_id
        raise UnknownSubmission from None
    submission = queries.submission(given) or queries.submission_by_receipt(given)
    if submission is None:
        raise UnknownSubmission
    return submission.id


def propose_decision(claim_id: int, *, grant: bool, reason: str, by: Account, at: datetime) -> Approval:
    """Propose to grant or to decline; nothing happens before a second person approves."""
    claim = between_queries.lock_claim(claim_id)
    if claim.state is not ClaimState.ASKED:
        raise NothingToJudge
    waiting = staff_queries.approval_for(APPROVAL, "fault_claim", str(claim_id))
    if waiting is not None and waiting.state is ApprovalState.ASKED:
        raise AlreadyProposed
    facts: dict[str, object] = {"decision": "grant" if grant else "decline", "claim": claim.number, "window": claim.window_code}
    return staff.ask_approval(APPROVAL, claim_subject(claim_id), facts, reason, by=by, at=at)


def decide_claim(claim_id: int, *, grant: bool, reason: str, first: Account, second: Account, at: datetime) -> FaultClaim:
    """Decide, signed by two: granted, an application that stands gets a place of the reserve at once, another may come late, once."""
    claim = between_queries.lock_claim(claim_id)
    claim.state = move(CLAIM_TRANSITIONS, claim.state, ClaimAction.GRANT if grant else ClaimAction.DECLINE)
    claim.reason, claim.decided_at, claim.first_id, claim.second_id = reason, at, first.id, second.id
    fact = FaultClaimDecided(claim.id, grant, reason, first.name, second.name)
    events.record(claim_subject(claim.id), fact, by=second.actor, at=at)
    if claim.submission_id is not None:
        kind = "claim_granted" if grant else "claim_declined"
        tell(claim.submission_id, kind, once=f"claim:{claim.id}", by=second.actor, at=at, reason=reason)
    return claim


def give_reserve(claim_id: int, *, at: datetime) -> FaultClaim:
    """Give the claimant's application a place of the reserve, by decision of the two who granted it; refuses when none is left."""
    claim = between_queries.lock_claim(claim_id)
    if claim.state is not ClaimState.GRANTED or claim.submission_id is None or claim.reserve_given_at is not None:
        raise ClaimUsed
    case, admission = endings.lock(claim.submission_id)
    if admission is None or admission.status not in RESERVABLE:
        raise NothingToJudge
    first, second = (db.session.get_one(Account, key) for key in (claim.first_id, claim.second_id))
    cause = admission.reason.value if admission.reason else ""
    try:
        quota.admit_from_reserve(claim.submission_id, by=first.actor, second=second.actor, at=at)
    except NoPlaceLeft:
        raise NoReserveLeft from None
    claim.reserve_given_at = at
    events.record(claim_subject(claim.id), ReserveGiven(claim.id, str(claim.submission_id)), by=second.actor, at=at)
    if case is not None:
        reviews.take_up_again(case, cause, claim.reason or "", by=second.actor, at=at)
    return claim


def needs_reserve(claim: FaultClaim) -> bool:
    """Whether the claimant's application still waits for a place."""
    if claim.state is not ClaimState.GRANTED or claim.submission_id is None or claim.reserve_given_at is not None:
        return False
    admission = quota_queries.admission(claim.submission_id)
    return admission is not None and admission.status in RESERVABLE


def granted_claim_for(content: Mapping[str, object]) -> FaultClaim | None:
    """The grant that lets this application come although no window is open: the same person, the same programme, not used yet."""
    people = rules.members(content)
    principal = people[0]
    who = known(principal.family_name, principal.given_names, principal.birth_date, principal.passport_number)
    found = between_queries.granted_unused([who.birth_date], str(content["programme"]))
    return next((claim for claim in found if is_same(who, claim.known)), None)


def window_of(claim: FaultClaim) -> Window | None:
    """The window into which a granted application comes late: the one that the claim names, else the last of its programme."""
    named = [window for window in quota_queries.windows() if window.code == claim.window_code]
    return named[0] if named else quota_queries.latest(claim.programme)


def use_claim(claim_id: int, submission_id: UUID, *, by: Actor, at: datetime) -> FaultClaim:
    """The application came: the grant is used up, by this application alone."""
    claim = between_queries.lock_claim(claim_id)
    if claim.state is not ClaimState.GRANTED or claim.submission_id is not None:
        raise ClaimUsed
    claim.submission_id = submission_id
    db.session.flush()
    events.record(claim_subject(claim.id), FaultClaimUsed(claim.id, str(submission_id)), by=by, at=at)
    return claim


# False declarations within five years


def enter_declaration(new: NewDeclaration, *, by: Actor, at: datetime) -> FalseDeclaration:
    """Write somebody into the register, until five years after the decision; the same entry twice is refused."""
    folded = search_name(new.family_name, new.given_names)
    if between_queries.declaration_known(new.reference, folded, new.birth_date):
        raise DeclarationKnown
    entry = FalseDeclaration(
        family_name=new.family_name, given_names=new.given_names, search_name=folded, birth_date=new.birth_date,
        passport_number=passport(new.passport_number), decided_on=new.decided_on, reference=new.reference,
        until=barred_until(new.decided_on), entered_at=at, entered_by=by.label,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()
    fact = FalseDeclarationEntered(entry.id, entry.reference, entry.decided_on.isoformat(), entry.until.isoformat())
    events.record(declaration_subject(entry.id), fact, by=by, at=at)
    return entry


def barred(content: Mapping[str, object], on: date | None = None, *, submission_id: UUID | None = None) -> FalseDeclaration | None:
    """The false declaration that somebody of this application may have made, and that still counts on the day it was received."""
    key = submission_id or UUID(str(content["submission_id"]))
    return barred_among({key: content}, {key: on} if on else {}).get(key)


def barred_among(contents: Mapping[UUID, Mapping[str, object]], on: Mapping[UUID, date]) -> dict[UUID, FalseDeclaration]:
    """The same for many at once; where nobody has looked yet, an entry that a person said means another is not met again."""
    met = between_queries.declarations_near(contents)
    found = {}
    for key, entries in met.items():
        spared = {check.declaration_id for check in between_queries.checks_of(key) if check.state is CheckState.DIFFERENT}
        day = on.get(key)
        counting = [entry for entry in entries if entry.id not in spared and (day is None or day <= entry.until)]
        if counting:
            found[key] = counting[0]
    return found


def hold_for_review(submission_id: UUID, case_id: int, declaration: FalseDeclaration, *, by: Actor, at: datetime) -> DeclarationCheck:
    """Keep a case whose fee was not asked for until a person has looked at the register's entry; nothing is cashed meanwhile."""
    check = DeclarationCheck(submission_id=submission_id, declaration_id=declaration.id, case_id=case_id, state=CheckState.WAITING, asked_at=at)
    db.session.add(check)
    db.session.flush()
    cases.place_hold(case_id, Hold.FALSE_DECLARATION_REVIEW, by=by, at=at)
    events.record(submission_subject(submission_id), FalseDeclarationMet(str(submission_id), declaration.id), by=by, at=at)
    return check


def judge_declaration(check_id: int, *, same: bool, reason: str, by: Actor, at: datetime) -> DeclarationCheck:
    """The same person: the ministry declines to examine, nothing is cashed, the place is free. Another: the fee is asked for now."""
    found = between_queries.check(check_id)
    entry = found.declaration
    case, admission = endings.lock(found.submission_id)
    check = between_queries.lock_check(check_id)
    assert case is not None, "a check is kept with a case"
    check.state = move(CHECK_TRANSITIONS, check.state, CheckAction.CONFIRM if same else CheckAction.CLEAR)
    check.decided_at, check.decided_by, check.reason = at, by.label, reason
    fact = FalseDeclarationJudged(str(check.submission_id), check.declaration_id, same, reason)
    events.record(submission_subject(check.submission_id), fact, by=by, at=at)
    if same:
        if admission is not None and admission.status not in between_queries.ENDED:
            quota.annul(check.submission_id, by=by, at=at)
        _decline_to_examine(case, entry, reason, by=by, at=at)
    else:
        _go_on(case, by=by, at=at)
    return check


def _decline_to_examine(case: Case, entry: FalseDeclaration, reason: str, *, by: Actor, at: datetime) -> None:
    """« Refus d’examiner »: the letter and the file go back, nothing was cashed."""
    tell(
        case.submission_id, "examination_declined", once=f"declined:{case.submission_id}", by=by, at=at, reason=reason, received_on=case.legal_received_on,
        last_day=entry.until,
    )  # fmt: skip
    action = CaseAction.RETURN if allows(CASES, case.status, CaseAction.RETURN) else endings.refusing_action(case)
    endings.end_case(case, action, by=by, at=at)


def _go_on(case: Case, *, by: Actor, at: datetime) -> None:
    """Somebody else: what was kept back is done now, unless another entry of the register waits for its answer."""
    submission = queries.submission(case.submission_id)
    left = [one for one in between_queries.checks_of(case.submission_id) if one.state is CheckState.WAITING]
    if left or submission is None:
        return
    if (other := barred(submission.content, submission.legal_received_on, submission_id=submission.id)) is not None:
        hold_for_review(submission.id, case.id, other, by=by, at=at)
        return
    cases.lift_hold(case.id, Hold.FALSE_DECLARATION_REVIEW, by=by, at=at)
    admission = quota_queries.admission(case.submission_id)
    if case.status in FINAL or admission is None or fee_queries.fee_of_case(case.id) is not None:
        return
    if admission.status is AdmissionStatus.INVITED:
        invitations.invite(case, at=at)
    elif admission.status in OWES:
        _ask_for_fee(case, submission, by=by, at=at)


def _ask_for_fee(case: Case, submission: Submission, *, by: Actor, at: datetime) -> None:
    """The invitation that was kept back leaves now, by the tariff of the day of submission; money that came meanwhile answers it."""
    if allows(CASES, case.status, CaseAction.INVITE_PAYMENT):
        cases.advance(case.id, CaseAction.INVITE_PAYMENT, by=by, at=at)
    births, spouse = rules.fee_members(submission.content)
    day = submission.legal_received_on if submission.channel is Channel.PAPER else montreal_day(submission.received_at)
    fee = fees.issue_fee(case, day, fee_rules.assessed_members(births, submission.legal_received_on, spouse=spouse), by=by, at=at)
    fees.match_waiting(fee, by=by, at=at)
