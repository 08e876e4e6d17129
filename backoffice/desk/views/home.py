"""« Mon travail »: what waits for me; other desks are shown to theirs."""

from flask import current_app, redirect, url_for
from flask.typing import ResponseReturnValue

from backoffice.cases import queries as case_queries
from backoffice.cases.queries import Filter
from backoffice.core import clock
from backoffice.core.web import page, requires
from backoffice.desk import queries
from backoffice.desk.rows import rows
from backoffice.desk.views.blueprint import bp, log_list
from backoffice.mail import queries as mail_queries
from backoffice.mail.threads import queries as thread_queries
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission, Role

HOMES = {Role.MAILROOM: "mailroom.home", Role.FINANCE: "fees.overview", Role.AUDITOR: "desk.queue"}
"""Where the other desks begin; a page that does not exist sends to the help."""

PATHS = {Role.MAILROOM: "/mailroom"}


@bp.get("/")
@requires(Permission.SEE_OWN_ACCOUNT)
def home() -> ResponseReturnValue:
    """My cases in processing order, the messages nobody answered, the documents to review."""
    account = current_account()
    if not account.may(Permission.WORK_CASE):
        return redirect(_home_of(account.role), 303)
    log_list("home", "/")
    mine = case_queries.page(Filter(officer_id=account.id), limit=200)
    threads = mail_queries.unanswered([case.id for case in mine])
    review = queries.items_to_review([case.id for case in mine])
    shown = rows(mine)
    return page(
        "desk/home.html", rows=shown, messages=sum(threads.values()), reviews=sum(review.values()),
        first=[row for row in shown if row.unanswered or row.to_review],
        waiting=case_queries.count(Filter(unassigned=True, held=False)), due=[r for r in shown if r.clock and r.clock.left <= 7],
        now=clock.now(), drafts=thread_queries.drafts_of(account.id),
    )  # fmt: skip


def _home_of(role: Role) -> str:
    endpoint = HOMES.get(role, "desk.help_page")
    if endpoint in current_app.view_functions:
        return url_for(endpoint)
    adapter = current_app.url_map.bind("")
    return PATHS[role] if role in PATHS and adapter.test(PATHS[role], "GET") else url_for("desk.help_page")


@bp.get("/help")
@requires(Permission.SEE_OWN_ACCOUNT)
def help_page() -> ResponseReturnValue:
    """Keys and words."""
    return page("desk/help.html")
