"""Every SELECT about the people between: who may be the same person, what waits for a verdict, the two registers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case, CaseHold
from backoffice.cases.states import FINAL
from backoffice.cases.values import Hold, NewPerson
from backoffice.core.db import db
from backoffice.core.errors import NotFound
from backoffice.intake import queries, rules
from backoffice.intake.between.models import (
    DeclarationCheck,
    DuplicateVerdict,
    FalseDeclaration,
    FaultClaim,
    FaultEvidence,
    SubmissionMessage,
    Withdrawal,
)
from backoffice.intake.between.rules import Act, Known, known, may_be_same
from backoffice.intake.between.values import CheckState, ClaimState, FaultCode, FeeOutcome
from backoffice.intake.models import Applicant, Submission
from backoffice.intake.rules import Identity
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Admission
from backoffice.quota.values import AdmissionReason, AdmissionStatus

ENDED = frozenset({AdmissionStatus.REFUSED, AdmissionStatus.LAPSED, AdmissionStatus.WITHDRAWN, AdmissionStatus.ANNULLED})
"""Statuses in which an application is no longer a valid act."""

MOST = 200


@dataclass(frozen=True)
class Member:
    """Somebody of an application, as a page compares them."""

    kind: str
    family_name: str
    given_names: str | None
    identity: Identity
    citizenships: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """One application of a comparison, with or without a case."""

    submission_id: UUID
    case: Case | None
    submission: Submission | None
    admission: Admission | None
    people: tuple[Member, ...]
    act: Act

    @property
    def channel(self) -> str:
        """The door."""
        found = self.case or self.submission
        return found.channel.value if found else ""


@dataclass(frozen=True)
class Twin:
    """Another valid application in which somebody may be the same person."""

    side: Side
    sameness: rules.Sameness
    pairs: tuple[tuple[int, int], ...]


def side(submission_id: UUID) -> Side:
    """An application as a comparison shows it."""
    case, submission = case_queries.case_of_submission(submission_id), queries.submission(submission_id)
    if case is None and submission is None:
        raise NotFound
    people = _people_of_case(case) if case else _people_of(submission)
    stamped = submission or case
    assert stamped is not None
    act = Act(stamped.legal_received_on, stamped.received_at, submission.sequence if submission else 0)
    return Side(submission_id, case, submission, quota_queries.admission(submission_id), people, act)


def _people_of_case(case: Case) -> tuple[Member, ...]:
    return tuple(
        Member(p.kind.value, p.family_name, p.given_names, Identity(p.search_name, p.birth_date, p.sex, p.passport_number), tuple(p.citizenships))
        for p in case.people
    )


def _people_of(submission: Submission | None) -> tuple[Member, ...]:
    assert submission is not None
    return tuple(
        Member(p.kind.value, p.family_name, p.given_names, rules.identity(p), tuple(p.citizenships)) for p in rules.members(submission.content)
    )


def twins(mine: Side) -> list[Twin]:
    """Other valid applications of the programme in which somebody may be one of ours, not yet said to be another; earliest first."""
    spared = {one for verdict in verdicts_of(mine.submission_id) if not verdict.same for one in (verdict.one, verdict.other)}
    found = [side(other) for other in _near(mine) if other not in spared]
    seen = [twin for one in found if (twin := _twin(mine, one)) is not None]
    return sorted(seen, key=lambda twin: (twin.side.act.legal_received_on, twin.side.act.received_at, twin.side.act.sequence))


def _near(mine: Side) -> set[UUID]:
    programme = (mine.case or mine.submission).programme  # type: ignore[union-attr]  # a side has one of the two
    names = [(m.identity.name, m.identity.birth_date) for m in mine.people]
    passports = [m.identity.passport for m in mine.people if m.identity.passport]
    cases = [*case_queries.same_names(names, programme), *case_queries.same_passports(passports, programme)]
    return ({case.submission_id for _, case in cases} | _near_applicants(names, passports, programme)) - {mine.submission_id}


def _near_applicants(names: Sequence[tuple[str, object]], passports: Sequence[str], programme: str) -> set[UUID]:
    """The same among applications that stand without a case."""
    near: ColumnElement[bool] = tuple_(Applicant.search_name, Applicant.birth_date).in_(names)
    if passports:
        near = or_(near, Applicant.passport_number.in_(passports))
    query = select(Applicant.submission_id).join(Admission, Admission.submission_id == Applicant.submission_id)
    return set(db.session.scalars(query.where(Applicant.programme == programme, Admission.status.not_in(ENDED), near)))


def _twin(mine: Side, other: Side) -> Twin | None:
    pairs = [
        ((i, j), found)
        for i, one in enumerate(mine.people)
        for j, their in enumerate(other.people)
        if (found := rules.same_person(one.identity, their.identity)) is not None
    ]
    if not pairs:
        return None
    certain = any(found is rules.Sameness.CERTAIN for _, found in pairs)
    return Twin(other, rules.Sameness.CERTAIN if certain else rules.Sameness.SUSPECTED, tuple(pair for pair, _ in pairs))


def verdicts_of(submission_id: UUID) -> list[DuplicateVerdict]:
    """What was said of an application and others, latest first."""
    query = select(DuplicateVerdict).where(or_(DuplicateVerdict.one == submission_id, DuplicateVerdict.other == submission_id))
    return list(db.session.scalars(query.order_by(DuplicateVerdict.id.desc())))


def _doubted() -> Select[UUID]:
    held = exists().where(CaseHold.case_id == Case.id, CaseHold.kind == Hold.DUPLICATE_REVIEW, CaseHold.lifted_at.is_(None))
    cases = select(Case.submission_id).where(held, Case.status.not_in(FINAL))
    standing = select(Admission.submission_id).where(Admission.reason == AdmissionReason.DUPLICATE_REVIEW, Admission.status.not_in(ENDED))
    both = cases.union(standing).subquery("doubted")
    return select(both.c[0])


def doubted(limit: int = MOST) -> list[UUID]:
    """Applications in which somebody may be the same person as elsewhere, the earliest first."""
    found = _doubted().subquery()  # a case taken over from another system has no submission, and came before them all
    query = select(found.c[0]).outerjoin(Submission, Submission.id == found.c[0]).order_by(Submission.sequence.nulls_first(), found.c[0])
    return list(db.session.scalars(query.limit(limit)))


def count_doubted() -> int:
    """How many wait for a verdict."""
    return db.session.scalar(select(func.count()).select_from(_doubted().subquery())) or 0


def is_doubted(submission_id: UUID) -> bool:
    """Whether a doubt about this application stands."""
    found = _doubted().subquery()
    return db.session.scalar(select(func.count()).select_from(found).where(found.c[0] == submission_id)) == 1


def _claimed() -> tuple[ColumnElement[bool], ...]:
    return (Admission.status == AdmissionStatus.EXEMPT, Admission.reason == AdmissionReason.EXEMPTION_CLAIMED)


def exemptions_claimed(limit: int = MOST) -> list[tuple[Admission, Submission]]:
    """Grounds that were claimed and that nobody looked at yet, in order of arrival."""
    query = select(Admission, Submission).join(Submission, Submission.id == Admission.submission_id).where(*_claimed())
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Admission.sequence).limit(limit))]


def count_exemptions() -> int:
    """How many of them."""
    return db.session.scalar(select(func.count()).select_from(Admission).where(*_claimed())) or 0


def case_numbers(submission_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The case numbers of applications that have one."""
    query = select(Case.submission_id, Case.number).where(Case.submission_id.in_(list(submission_ids)))
    return {row[0]: row[1] for row in db.session.execute(query)}


def submissions(ids: Iterable[UUID]) -> dict[UUID, Submission]:
    """Several submissions."""
    return {one.id: one for one in db.session.scalars(select(Submission).where(Submission.id.in_(list(ids))))}


def standing_without_case(status: AdmissionStatus | None, text: str, limit: int = MOST) -> list[tuple[Admission, Submission]]:
    """Applications without a case, latest first: in a draw, on a waiting list, refused at the door."""
    query = select(Admission, Submission).join(Submission, Submission.id == Admission.submission_id)
    query = query.where(~exists().where(Case.submission_id == Admission.submission_id))
    if status:
        query = query.where(Admission.status == status)
    if text:
        principal = Submission.content["principal_applicant"]
        named = func.concat_ws(" ", principal["family_name"].astext, principal["given_names"].astext)
        query = query.where(or_(named.icontains(text, autoescape=True), principal["passport_number"].astext == text))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Admission.sequence.desc()).limit(limit))]


def messages_of(submission_id: UUID) -> list[SubmissionMessage]:
    """What an applicant without a case was told, oldest first."""
    query = select(SubmissionMessage).where(SubmissionMessage.submission_id == submission_id)
    return list(db.session.scalars(query.order_by(SubmissionMessage.position)))


def message_sent(once: str) -> SubmissionMessage | None:
    """What was sent under a key of its own."""
    return db.session.scalars(select(SubmissionMessage).where(SubmissionMessage.once == once)).first()


def withdrawal(withdrawal_id: UUID) -> Withdrawal | None:
    """A withdrawal, if it was received."""
    return db.session.get(Withdrawal, withdrawal_id)


def lock_withdrawal(withdrawal_id: UUID) -> Withdrawal:
    """The same, held."""
    found = db.session.get(Withdrawal, withdrawal_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def withdrawal_of(submission_id: UUID) -> Withdrawal | None:
    """The latest withdrawal of an application."""
    query = select(Withdrawal).where(Withdrawal.submission_id == submission_id).order_by(Withdrawal.at.desc()).limit(1)
    return db.session.scalars(query).first()


def refunds_to_decide(limit: int = MOST) -> list[Withdrawal]:
    """Paid, withdrawn before the examination: whether the fee goes back waits for a person, oldest first."""
    query = select(Withdrawal).where(Withdrawal.fee == FeeOutcome.TO_DECIDE).order_by(Withdrawal.at).limit(limit)
    return list(db.session.scalars(query))


def claim(claim_id: int) -> FaultClaim:
    """A claim, with its evidence."""
    query = select(FaultClaim).where(FaultClaim.id == claim_id).options(selectinload(FaultClaim.evidence))
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def lock_claim(claim_id: int) -> FaultClaim:
    """The same, held."""
    found = db.session.scalars(
        select(FaultClaim).where(FaultClaim.id == claim_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound
    return found


def claims(state: ClaimState | None = None, code: FaultCode | None = None, limit: int = MOST) -> list[FaultClaim]:
    """Claims, the oldest that waits first."""
    query = select(FaultClaim).order_by(FaultClaim.state, FaultClaim.received_on, FaultClaim.id).limit(limit)
    if state:
        query = query.where(FaultClaim.state == state)
    if code:
        query = query.where(FaultClaim.code == code)
    return list(db.session.scalars(query))


def claims_by_code() -> dict[tuple[FaultCode, ClaimState], int]:
    """How many claims, by what happened and where they stand."""
    query = select(FaultClaim.code, FaultClaim.state, func.count()).group_by(FaultClaim.code, FaultClaim.state)
    return {(row[0], row[1]): row[2] for row in db.session.execute(query)}


def granted_unused(births: Iterable[object], programme: str) -> list[FaultClaim]:
    """Grants that still let an application come late, of people born on these days."""
    query = select(FaultClaim).where(FaultClaim.state == ClaimState.GRANTED, FaultClaim.submission_id.is_(None), FaultClaim.programme == programme)
    return list(db.session.scalars(query.where(FaultClaim.birth_date.in_(list(births))).order_by(FaultClaim.decided_at, FaultClaim.id)))


def evidence(claim_id: int, evidence_id: int) -> FaultEvidence:
    """A file of a claim."""
    found = db.session.scalars(select(FaultEvidence).where(FaultEvidence.id == evidence_id, FaultEvidence.claim_id == claim_id)).first()
    if found is None:
        raise NotFound
    return found


def declarations(text: str = "", limit: int = MOST) -> list[FalseDeclaration]:
    """The register of false declarations, latest decision first."""
    query = select(FalseDeclaration).order_by(FalseDeclaration.decided_on.desc(), FalseDeclaration.id.desc()).limit(limit)
    if text:
        query = query.where(
            or_(FalseDeclaration.search_name.contains(text, autoescape=True), FalseDeclaration.reference.icontains(text, autoescape=True))
        )
    return list(db.session.scalars(query))


def declaration_known(reference: str, search_name: str, birth_date: object) -> FalseDeclaration | None:
    """The entry of a person under a reference."""
    return db.session.scalars(select(FalseDeclaration).filter_by(reference=reference, search_name=search_name, birth_date=birth_date)).first()


def declarations_near(contents: Mapping[UUID, Mapping[str, object]]) -> dict[UUID, list[FalseDeclaration]]:
    """Entries that may mean somebody of these applications: one question for all of them."""
    people = {key: [_known(p) for p in rules.members(content)] for key, content in contents.items()}
    every = [one for many in people.values() for one in many]
    if not every or db.session.scalar(select(FalseDeclaration.id).limit(1)) is None:
        return {}
    near: ColumnElement[bool] = tuple_(FalseDeclaration.search_name, FalseDeclaration.birth_date).in_({(one.name, one.birth_date) for one in every})
    if passports := {one.passport for one in every if one.passport}:
        near = or_(near, FalseDeclaration.passport_number.in_(passports))
    found = list(db.session.scalars(select(FalseDeclaration).where(near).order_by(FalseDeclaration.until.desc(), FalseDeclaration.id)))
    met = {key: [entry for entry in found if any(may_be_same(one, entry.known) for one in many)] for key, many in people.items()}
    return {key: entries for key, entries in met.items() if entries}


def _known(person: NewPerson) -> Known:
    return known(person.family_name, person.given_names, person.birth_date, person.passport_number)


def checks(state: CheckState | None = CheckState.WAITING, limit: int = MOST) -> list[DeclarationCheck]:
    """Applications that met the register, oldest first."""
    query = select(DeclarationCheck).options(joinedload(DeclarationCheck.declaration)).order_by(DeclarationCheck.asked_at, DeclarationCheck.id)
    if state:
        query = query.where(DeclarationCheck.state == state)
    return list(db.session.scalars(query.limit(limit)))


def check(check_id: int) -> DeclarationCheck:
    """One of them."""
    query = select(DeclarationCheck).options(joinedload(DeclarationCheck.declaration)).where(DeclarationCheck.id == check_id)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def lock_check(check_id: int) -> DeclarationCheck:
    """The same, held."""
    query = select(DeclarationCheck).where(DeclarationCheck.id == check_id).with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found


def checks_of(submission_id: UUID) -> list[DeclarationCheck]:
    """What the register said of an application."""
    query = select(DeclarationCheck).options(joinedload(DeclarationCheck.declaration)).where(DeclarationCheck.submission_id == submission_id)
    return list(db.session.scalars(query.order_by(DeclarationCheck.id)))


def count_waiting() -> int:
    """How many verdicts wait for somebody, but for the grounds of exemption, which are looked at with their case."""
    holds = select(func.count()).select_from(CaseHold).where(CaseHold.kind == Hold.DUPLICATE_REVIEW, CaseHold.lifted_at.is_(None))
    asked = select(func.count()).select_from(FaultClaim).where(FaultClaim.state == ClaimState.ASKED)
    met = select(func.count()).select_from(DeclarationCheck).where(DeclarationCheck.state == CheckState.WAITING)
    money = select(func.count()).select_from(Withdrawal).where(Withdrawal.fee == FeeOutcome.TO_DECIDE)
    every = select(holds.scalar_subquery() + asked.scalar_subquery() + met.scalar_subquery() + money.scalar_subquery())
    return db.session.scalar(every) or 0
