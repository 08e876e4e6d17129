"""« Pourquoi ici ? » and « Pourquoi ce résultat ? »: each order explained by its own facts, recomputable by hand."""

from flask.typing import ResponseReturnValue

from backoffice.cases import queries as case_queries
from backoffice.cases import ranking
from backoffice.cases.models import Case
from backoffice.cases.service import POLICY
from backoffice.core.web import page, requires
from backoffice.desk import ident
from backoffice.desk.views.blueprint import bp, open_case
from backoffice.intake import queries as intake_queries
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
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
    """The lines of the ledger about this application, with the digests that chain them."""
    one = open_case(number, "admission")
    admission = quota_queries.admission(one.submission_id)
    window = quota_queries.window_by_id(admission.window_id) if admission else None
    lines = quota_queries.lines_of(one.submission_id)
    sound = {line.id: bool(window and quota.line_digest(window.code, line) == line.digest) for line in lines}
    return page(
        "desk/why_admission.html", case=one, top=ident.top(one, current_account().id), admission=admission, window=window, lines=lines,
        sound=sound, submission=intake_queries.submission(one.submission_id),
    )  # fmt: skip
