"""What the tests of acts on many do: an act prepared, signed by another and carried out, and what came of it."""

from typing import Any

from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.cli import doctor
from backoffice.core import clock, deliveries
from backoffice.core.db import db, transaction
from backoffice.intake.acts import queries, service
from backoffice.intake.acts.models import MassAct, MassActItem
from backoffice.intake.acts.service import NewAct
from backoffice.intake.acts.states import ActState
from backoffice.intake.acts.values import ActKind, Choice
from backoffice.quota import queries as quota_queries
from backoffice.quota.values import AdmissionStatus
from backoffice.staff import service as staff
from backoffice.staff.models import Account
from tests.builders import Builder


def prepared(by: Account, kind: ActKind, undoes: int | None = None, *, stops_clocks: bool = False, **choice: Any) -> MassAct:
    new = NewAct(kind, Choice(**choice), "Motif fictif", "Décision fictive 2018-04", stops_clocks, undoes)
    with transaction():
        act = service.prepare(new, by=by, at=clock.now())
        service.ask(act.id, by=by, at=clock.now())
    return queries.act(act.id)


def signed(act: MassAct, second: Account) -> None:
    with transaction():
        staff.decide_approval(act.approval_id, approve=True, answer="Vu la liste.", by=second, at=clock.now())


def carried_out(build: Builder, by: Account, second: Account, kind: ActKind, undoes: int | None = None, **choice: Any) -> MassAct:
    return signed_and_run(prepared(by, kind, undoes, **choice), second)


def signed_and_run(act: MassAct, second: Account) -> MassAct:
    signed(act, second)
    deliveries.run_all()
    done = queries.act(act.id)
    assert done.state is ActState.DONE
    return done


def items(act: MassAct) -> list[MassActItem]:
    return list(db.session.scalars(select(MassActItem).where(MassActItem.act_id == act.id).order_by(MassActItem.position)))


def result(act: MassAct, submission_id: object) -> tuple[str, str | None]:
    found = next(item for item in items(act) if item.submission_id == submission_id)
    return found.state.value, found.why


def admission(submission_id: object) -> AdmissionStatus:
    db.session.expire_all()
    found = quota_queries.admission(submission_id)
    assert found is not None
    return found.status


def case_now(case: Case) -> Case:
    db.session.expire_all()
    return case_queries.case_by_id(case.id)


def faults() -> list[str]:
    """What the doctor finds wrong among the invariants that an act could break."""
    db.session.expire_all()
    return [*doctor._money(), *doctor._clocks(), *doctor._trail(), *doctor._acts(), *doctor._places(), *doctor._ledger()]
