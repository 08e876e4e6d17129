"""A draw: its commitment before, its secret and public value after, and the drawn order that follows from both."""

import re

from flask import request, url_for
from flask.typing import ResponseReturnValue

from backoffice.core import clock
from backoffice.core.errors import NotFound
from backoffice.core.web import page, requires
from backoffice.desk.views.blueprint import bp
from backoffice.desk.views.windows.tabs import tabs
from backoffice.desk.windows import acts, reading
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

LIMIT = 100


@bp.get("/windows/<code>/draw")
@requires(Permission.READ_WINDOWS)
def window_draw(code: str) -> ResponseReturnValue:
    """What was frozen and committed to; once drawn, everything needed to draw again by hand."""
    window = quota_queries.window(code)
    if acts.order(window) != "draw":
        raise NotFound
    draw = quota_queries.draw(window.id)
    after = int(request.args["after"]) if re.fullmatch(r"\d{1,9}", request.args.get("after", "")) else 0
    rows = reading.drawn(window, after=after, limit=LIMIT + 1) if draw and draw.revealed_at else []
    keys = {row.id: rules.draw_key(draw.secret, draw.public_value or "", str(row.id)) for row in rows} if draw and draw.revealed_at else {}
    may = current_account().may(Permission.MANAGE_WINDOWS)
    return page(
        "desk/window_draw.html", window=window, tabs=tabs(window, "window_draw"), draw=draw, rows=rows[:LIMIT], keys=keys, now=clock.now(),
        next_url=url_for(".window_draw", code=code, after=rows[LIMIT - 1].rank) if len(rows) > LIMIT else None,
        acts=[act for act in acts.available(window) if act.name in {"commit", "reveal", "settle"}] if may else [],
    )  # fmt: skip
