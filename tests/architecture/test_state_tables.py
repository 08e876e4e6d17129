"""Reads every transition table: reachable states, endings, and every pair either listed or refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import pytest

from backoffice.cases import states as cases
from backoffice.core.errors import IllegalMove
from backoffice.core.states import move
from backoffice.desk.access import states as access
from backoffice.documents import states as documents
from backoffice.fees import states as fees
from backoffice.intake import states as intake
from backoffice.intake.acts import states as acts
from backoffice.intake.between import values as between
from backoffice.mailroom import states as mailroom
from backoffice.mailroom.doors import states as doors
from backoffice.mailroom.opening import states as opening
from backoffice.mailroom.returns import states as returns
from backoffice.quota import states as quota
from backoffice.quota.statuses import AdmissionAction, AdmissionStatus, WindowAction, WindowState


@dataclass(frozen=True)
class Table:
    """One table, the states it may begin in, those it ends in, and the acts that may reopen an ending."""

    name: str
    states: type[StrEnum]
    actions: type[StrEnum]
    moves: Mapping[tuple[StrEnum, StrEnum], StrEnum]
    initial: Collection[StrEnum]
    final: Collection[StrEnum] = ()
    reopening: Collection[StrEnum] = ()

    def __str__(self) -> str:
        """Name the table in the list of tests."""
        return self.name


State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


def _wide(table: Mapping[tuple[State, Action], State]) -> dict[tuple[StrEnum, StrEnum], StrEnum]:
    """Give the same table, read without its own types."""
    return {(state, action): target for (state, action), target in table.items()}


TABLES = [
    Table("access", access.AccessState, access.AccessAction, _wide(access.TRANSITIONS), [access.AccessState.OPEN], access.ANSWERED),
    Table(
        "cases",
        cases.CaseStatus,
        cases.CaseAction,
        _wide(cases.TRANSITIONS),
        cases.INITIAL,
        cases.FINAL,
        cases.REOPENING,
    ),
    Table("fees", fees.FeeState, fees.FeeAction, _wide(fees.TRANSITIONS), [fees.INITIAL], fees.FINAL),
    Table(
        "receipts",
        fees.ReceiptState,
        fees.ReceiptAction,
        _wide(fees.RECEIPT_TRANSITIONS),
        [fees.RECEIPT_INITIAL],
        fees.RECEIPT_FINAL,
    ),
    Table(
        "refunds",
        fees.RefundState,
        fees.RefundAction,
        _wide(fees.REFUND_TRANSITIONS),
        [fees.REFUND_INITIAL],
        fees.REFUND_FINAL,
    ),
    Table("acts", acts.ActState, acts.ActAction, _wide(acts.TRANSITIONS), [acts.INITIAL], acts.FINAL),
    Table("admissions", AdmissionStatus, AdmissionAction, _wide(quota.TRANSITIONS), [quota.INITIAL], quota.FINAL),
    Table(
        "windows",
        WindowState,
        WindowAction,
        _wide(quota.WINDOW_TRANSITIONS),
        [quota.WINDOW_INITIAL],
        quota.WINDOW_FINAL,
    ),
    Table("fault claims", between.ClaimState, between.ClaimAction, _wide(between.CLAIM_TRANSITIONS), [between.ClaimState.ASKED], between.CLAIM_FINAL),
    Table(
        "declaration checks",
        between.CheckState,
        between.CheckAction,
        _wide(between.CHECK_TRANSITIONS),
        [between.CheckState.WAITING],
        between.CHECK_FINAL,
    ),
    Table(
        "requests",
        documents.RequestState,
        documents.RequestAction,
        _wide(documents.REQUEST_TRANSITIONS),
        [documents.REQUEST_INITIAL],
        documents.REQUEST_FINAL,
    ),
    Table("kept arrivals", intake.KeptState, intake.KeptAction, _wide(intake.KEPT_TRANSITIONS), [intake.KeptState.KEPT], intake.KEPT_FINAL),
    Table("batches", mailroom.BatchState, mailroom.BatchAction, _wide(mailroom.BATCHES), [mailroom.BatchState.OPEN]),
    Table(
        "uploads",
        doors.UploadState,
        doors.UploadAction,
        _wide(doors.UPLOADS),
        [doors.UploadState.OPEN],
        [doors.UploadState.DONE, doors.UploadState.DISCARDED],
    ),
    Table(
        "scanning jobs",
        doors.JobState,
        doors.JobAction,
        _wide(doors.JOBS),
        [doors.JobState.WAITING],
        [doors.JobState.DONE, doors.JobState.STOPPED, doors.JobState.CANCELLED],
    ),
    Table(
        "dropped files",
        doors.DropState,
        doors.DropAction,
        _wide(doors.DROPS),
        [doors.DropState.TAKEN, doors.DropState.REFUSED],
        [doors.DropState.TAKEN, doors.DropState.SETTLED],
    ),
    Table("scans", mailroom.ScanState, mailroom.ScanAction, _wide(mailroom.SCANS), [mailroom.ScanState.WAITING], {mailroom.ScanState.READ}),
    Table("returns", returns.ReturnState, returns.ReturnAction, _wide(returns.RETURNS), [returns.ReturnState.PREPARED], returns.FINAL),
    Table("page texts", documents.TextState, documents.TextAction, _wide(documents.TEXTS), [documents.TextState.WAITING]),
    Table(
        "pieces",
        opening.PieceState,
        opening.PieceAction,
        _wide(opening.PIECES),
        [opening.PieceState.LISTED],
        [opening.PieceState.SENT_BACK, opening.PieceState.WITHDRAWN],
    ),
    Table(
        "instruments",
        opening.InstrumentState,
        opening.InstrumentAction,
        _wide(opening.INSTRUMENTS),
        [opening.InstrumentState.LISTED],
        [opening.InstrumentState.COUNTED, opening.InstrumentState.NOT_THERE],
    ),
    Table(
        "deposit slips",
        opening.DepositState,
        opening.DepositAction,
        _wide(opening.DEPOSITS),
        [opening.DepositState.MADE],
        [opening.DepositState.REVERSED],
    ),
    Table("receipt slips", opening.SlipState, opening.SlipAction, _wide(opening.SLIPS), [opening.SlipState.ISSUED], [opening.SlipState.USED]),
    Table("items", documents.ItemState, documents.ItemAction, _wide(documents.ITEM_TRANSITIONS), [documents.ITEM_INITIAL]),
]

every_table = pytest.mark.parametrize("table", TABLES, ids=str)


@every_table
def test_every_pair_is_listed_or_refused(table: Table) -> None:
    for state in table.states:
        for action in table.actions:
            if (state, action) in table.moves:
                assert move(table.moves, state, action) is table.moves[state, action]
            else:
                with pytest.raises(IllegalMove):
                    move(table.moves, state, action)


@every_table
def test_a_table_speaks_of_its_own_states_and_actions_only(table: Table) -> None:
    for (state, action), target in table.moves.items():
        assert (type(state), type(action), type(target)) == (table.states, table.actions, table.states)


@every_table
def test_every_state_can_be_reached(table: Table) -> None:
    reached = set(table.initial)
    while new := {target for (state, _), target in table.moves.items() if state in reached} - reached:
        reached |= new
    assert reached == set(table.states)


@every_table
def test_every_action_is_of_use(table: Table) -> None:
    assert {action for _, action in table.moves} == set(table.actions)


@every_table
def test_an_ending_has_no_exit_but_those_that_reopen(table: Table) -> None:
    exits = {action for (state, action) in table.moves if state in table.final}
    assert exits == set(table.reopening)
    assert not {action for (state, action) in table.moves if state not in table.final} & set(table.reopening)


@every_table
def test_what_has_not_ended_can_go_on(table: Table) -> None:
    leaving = {state for (state, _), target in table.moves.items() if target is not state}
    assert leaving >= set(table.states) - set(table.final)


def test_nothing_reopens_a_returned_application_or_one_ended_by_law() -> None:
    exits = {state for state, _ in cases.TRANSITIONS}
    assert set(cases.CaseStatus) - exits == cases.IRREVOCABLE


def test_every_case_at_work_can_be_closed_and_ended_by_law() -> None:
    for status in cases.ACTIVE:
        assert cases.TRANSITIONS[status, cases.CaseAction.CLOSE] is cases.CaseStatus.FERMEE
        assert cases.TRANSITIONS[status, cases.CaseAction.END_BY_LAW] is cases.CaseStatus.FIN_LOI


def test_no_decision_is_issued_without_having_been_taken() -> None:
    issued = {cases.CaseAction.ISSUE_CSQ, cases.CaseAction.REJECT, cases.CaseAction.REFUSE}
    assert {state for state, action in cases.TRANSITIONS if action in issued} == {cases.CaseStatus.DECISION_PRISE}


def test_a_fee_that_lapsed_is_not_settled_without_being_reinstated() -> None:
    assert (fees.FeeState.LAPSED, fees.FeeAction.SETTLE) not in fees.TRANSITIONS


def test_only_a_place_held_can_be_confirmed_or_one_annulled_by_mistake() -> None:
    confirmed = {pair for pair, target in quota.TRANSITIONS.items() if target is AdmissionStatus.CONFIRMED}
    assert confirmed == {(AdmissionStatus.PROVISIONAL, AdmissionAction.CONFIRM), (AdmissionStatus.ANNULLED, AdmissionAction.CONFIRM)}


@pytest.mark.parametrize("status", cases.CaseStatus)
def test_somebody_is_waited_on_exactly_while_work_goes_on(status: cases.CaseStatus) -> None:
    nobody = cases.waiting_on(status) is cases.WaitingOn.NOBODY
    assert nobody == (status in cases.FINAL)
    assert nobody == (cases.waiting_on(status, by_post=True) is cases.WaitingOn.NOBODY)
