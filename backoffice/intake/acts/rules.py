"""Pure rules of acts on many: who may be touched, what the list's digest covers, what changed since it was frozen."""

from collections.abc import Iterable, Sequence
from typing import Final

from backoffice.cases import states as cases
from backoffice.cases.states import CaseAction, CaseStatus
from backoffice.core.canonical import digest
from backoffice.intake.acts.values import ActKind, Snapshot, Why

VOID: Final = frozenset({"withdrawn", "annulled"})
"""Admissions that no longer exist: nothing can be annulled of them (docs/ledger.md, « annulled »)."""

TAKES_A_PLACE: Final = frozenset({"provisional", "confirmed"})

DECIDED: Final = frozenset({CaseStatus.DECISION_PRISE, CaseStatus.CSQ_DELIVRE, CaseStatus.REJETEE, CaseStatus.REFUSEE, CaseStatus.REEXAMEN})
"""A decision was taken: the end by law of 2019 does not reach it."""

ACTION: Final = {ActKind.ANNUL: CaseAction.ANNUL, ActKind.END_BY_LAW: CaseAction.END_BY_LAW}
"""What ends a case under each kind."""

PAYS_BACK: Final = frozenset(ACTION)
"""Kinds that cancel the fee and put what was paid on the refund list (I-0.2 s. 3.5: the sums are returned)."""


def why_left_out(kind: ActKind, one: Snapshot) -> Why | None:
    """Why an act of this kind may not touch an application; none when it may."""
    if not one.settled:
        return Why.PENDING
    match kind:
        case ActKind.ANNUL:
            return _why_not_annulled(one)
        case ActKind.END_BY_LAW:
            return _why_not_ended(one)
        case ActKind.SUSPEND_PROCESSING:
            return _why_not_suspended(one)
        case ActKind.RESUME_PROCESSING:
            return None if one.suspended else Why.NOT_SUSPENDED
        case ActKind.STAY:
            return None


def _why_not_annulled(one: Snapshot) -> Why | None:
    """Received as if it had not been: only what nobody has examined yet; one that lapsed unpaid loses its admission too."""
    if one.admission_status is None:
        return Why.NO_ADMISSION
    if one.admission_status in VOID:
        return Why.ALREADY_VOID
    if one.case_status is None:
        return None
    status = CaseStatus(one.case_status)
    if (status, CaseAction.ANNUL) in cases.TRANSITIONS or status is CaseStatus.SUPPRIMEE_NON_PAYEE:
        return None
    if status in DECIDED:
        return Why.DECIDED
    return Why.ENDED if status in cases.FINAL else Why.IN_EXAMINATION


def _why_not_ended(one: Snapshot) -> Why | None:
    """Ended by law: every application on which no decision was taken, opened or not."""
    if one.case_status is None:
        return Why.NO_CASE if one.admission_status is None else Why.ALREADY_VOID if one.admission_status in VOID else None
    status = CaseStatus(one.case_status)
    if status in DECIDED:
        return Why.DECIDED
    return Why.ENDED if status in cases.FINAL else None


def _why_not_suspended(one: Snapshot) -> Why | None:
    if one.case_status is None:
        return Why.NO_CASE
    if CaseStatus(one.case_status) in cases.FINAL:
        return Why.ENDED
    return Why.ALREADY_SUSPENDED if one.suspended else None


def moves_case(kind: ActKind, status: str | None) -> bool:
    """Whether the act ends the case itself; one that had lapsed keeps its own ending."""
    return status is not None and kind in ACTION and (CaseStatus(status), ACTION[kind]) in cases.TRANSITIONS


def annuls(kind: ActKind, admission_status: str | None) -> bool:
    """Whether the act makes the admission void."""
    return kind in ACTION and admission_status is not None and admission_status not in VOID


def refund_cents(kind: ActKind, one: Snapshot) -> int:
    """What goes back to the payer: all that stands paid, unless the fee was waived or is cancelled already."""
    return one.paid_cents if kind in PAYS_BACK and one.fee_state in {"due", "paid", "lapsed"} else 0


def fingerprint(one: Snapshot) -> str:
    """The digest of all that an act looks at: when it differs, the application changed since the list was frozen."""
    return digest([one.case_status, one.admission_status, one.admission_reason, one.fee_state, one.paid_cents, one.suspended])


def list_digest(kind: ActKind, rows: Iterable[tuple[int, str, str]]) -> str:
    """The digest of a list: its kind, then place, application and state of each, in order; this is what is signed."""
    return digest([kind.value, [[position, submission_id, mark] for position, submission_id, mark in rows]])


def sort_key(one: Snapshot) -> tuple[object, ...]:
    """The order of a list: by legal day of receipt, then by application."""
    return one.legal_received_on, str(one.submission_id)


def covers_window(kind: ActKind, only_window: bool, left_out: Sequence[Why]) -> bool:  # noqa: FBT001 - reads as a fact of the choice
    """Whether the annulment reaches the whole window: nobody chosen away, and nobody left out but those already void."""
    return kind is ActKind.ANNUL and only_window and set(left_out) <= {Why.ALREADY_VOID}
