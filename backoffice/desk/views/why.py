"""« Pourquoi ici ? » and « Pourquoi ce résultat ? »: each order explained by its own facts, recomputable by hand."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from backoffice.cases import queries as case_queries
from backoffice.cases import ranking
from backoffice.cases.models import Case
from backoffice.cases.opening import POLICY
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import NotFound
from backoffice.core.events import Subject
from backoffice.core.web import page, requires
from backoffice.desk import ident
from backoffice.desk.views.blueprint import bp, open_case
from backoffice.desk.windows import result
from backoffice.quota import queries as quota_queries
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission


@bp.get("/cases/<number>/why")
@requires(Permission.READ_CASE)
def why_here(number: str) -> ResponseReturnValue:
    """The rule, its version, the values it used, the draw, and the cases just before and after."""
    one = open_case(number, "why")
    seed = case_queries.seed_of(one.legal_received_on) or ""
    before, after = case_queries.neighbours(one)
    return page(
        "desk/why_here.html", case=one, top=ident.top(one, current_account().id), reason=ranking.why(one.facts, POLICY), seed=seed,
        drawn=ranking.tie(seed, one.number), order=ranking.order(POLICY), rank=case_queries.rank(one), total=case_queries.in_process(),
        before=_beside(one, before), after=_beside(one, after),
    )  # fmt: skip


def _beside(one: Case, other: Case | None) -> dict[str, object] | None:
    """A neighbour, and the first part of the key in which the two differ."""
    if other is None:
        return None
    part = ranking.compare(case_queries.key_of(one), case_queries.key_of(other))
    place = ranking.KEY_PARTS.index(part) if part in ranking.KEY_PARTS else 0
    return {
        "case": other, "name": case_queries.principal(other).name, "part": part,
        "ours": case_queries.key_of(one)[place], "theirs": case_queries.key_of(other)[place],
    }  # fmt: skip


@bp.get("/cases/<number>/admission")
@requires(Permission.READ_CASE)
def why_admission(number: str) -> ResponseReturnValue:
    """The admission of a case: the rule, the numbers of its instant, its neighbours, and its lines of the ledger with their digests."""
    one = open_case(number, "admission")
    return page("desk/why_admission.html", case=one, top=ident.top(one, current_account().id), result=result.of(one.submission_id))


@bp.get("/windows/<code>/arrivals/<uuid:submission_id>")
@requires(Permission.READ_WINDOWS)
def window_arrival(code: str, submission_id: UUID) -> ResponseReturnValue:
    """The same for any arrival of a period, with or without a case."""
    window = quota_queries.window(code)
    with transaction():
        staff.log_read(current_account(), Subject("submission", str(submission_id)), "admission", at=clock.now())
    found = result.of(submission_id)
    if found is None or found.window.id != window.id:
        raise NotFound
    case = case_queries.case_of_submission(submission_id)
    return page("desk/why_arrival.html", window=window, submission_id=submission_id, result=found, case=case)
