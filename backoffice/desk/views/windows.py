"""The intake periods: what their decision says, what was given, and the end of their ledger."""

from flask.typing import ResponseReturnValue

from backoffice.core.web import page, requires
from backoffice.desk import queries
from backoffice.desk.views.blueprint import bp
from backoffice.desk.words import ADMISSION
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules
from backoffice.staff.permissions import Permission

TAIL = 25


@bp.get("/windows")
@requires(Permission.READ_WINDOWS)
def windows() -> ResponseReturnValue:
    """Every period, the latest first."""
    every = quota_queries.windows()
    standings = {window.id: quota_queries.standing(window.id) for window in every}
    free = {window.id: rules.free(window.terms, standings[window.id]) for window in every}
    return page("desk/windows.html", windows=every, standings=standings, free=free)


@bp.get("/windows/<code>")
@requires(Permission.READ_WINDOWS)
def window(code: str) -> ResponseReturnValue:
    """One period."""
    one = quota_queries.window(code)
    standing = quota_queries.standing(one.id)
    counts = quota_queries.by_status(one.id)
    return page(
        "desk/window.html", window=one, standing=standing, free=rules.free(one.terms, standing), notices=quota_queries.notices(one.id),
        tail=queries.ledger_tail(one.id, TAIL), bars=[{"label": str(words), "value": counts[name], "url": None} for name, words in ADMISSION.items() if name in counts],
        countries=sorted(standing.by_country.items(), key=lambda pair: -pair[1])[:15],
    )  # fmt: skip
