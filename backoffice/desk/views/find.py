"""Finding: one box for numbers, names, passports and scanned codes; and the messages nobody answered."""

import re

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from backoffice.cases import numbers
from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core.web import page, requires
from backoffice.desk.rows import rows
from backoffice.desk.threads import listing
from backoffice.desk.views.blueprint import bp, log_list
from backoffice.documents import texts
from backoffice.intake.backlog import queries as backlog_queries
from backoffice.mail import addresses
from backoffice.mailroom import queries as mailroom_queries
from backoffice.staff.guard import current_account
from backoffice.staff.permissions import Permission

ENVELOPE = re.compile(r"E-[0-9]{4}-[0-9]{1,9}", re.IGNORECASE)


@bp.get("/search")
@requires(Permission.READ_CASE, Permission.READ_MAILROOM)
def search() -> ResponseReturnValue:
    """The exact number opens its case; anything else is a list, the likeliest first."""
    text = request.args.get("q", "").replace("\x00", "").strip()[:400]
    if ENVELOPE.fullmatch(text):
        return redirect(f"/mailroom/envelopes/{text.upper()}", 303)
    if not current_account().may(Permission.READ_CASE):
        return page("desk/search.html", q=text, rows=[], allowed=False, hits=[], numbers={})
    scanned = addresses.read_return_code(text) if text else None
    elsewhere = _known_elsewhere(text)
    found = elsewhere or (case_queries.search(scanned.case_number if scanned else text) if text else [])
    if len(found) == 1 and (scanned or found[0].number.replace("-", "") == re.sub(r"\D", "", text) or elsewhere):
        return redirect(url_for(".case", number=found[0].number), 303)
    log_list("search", f"/search?q={text}")
    ids = [case.id for case in found]
    again = {case.id: case for case in case_queries.page(case_queries.Filter(closed=True, ids=frozenset(ids)), limit=50)} if ids else {}
    return page("desk/search.html", q=text, rows=rows([again[i] for i in ids if i in again]), allowed=True, **_in_documents(text))


def _in_documents(text: str) -> dict[str, object]:
    """Pages of filed documents that hold these words."""
    hits = texts.search(text, limit=20)
    return {"hits": hits, "numbers": mailroom_queries.case_numbers(hit.case_id for hit in hits)}


def _known_elsewhere(text: str) -> list[Case]:
    """Cases that another system knew under this number; with one that has it here, the reader chooses."""
    ids = backlog_queries.case_ids_by_number(text)
    if not ids:
        return []
    ours = [one.id for one in case_queries.search(text)] if numbers.normalise(text) else []
    return case_queries.page(case_queries.Filter(closed=True, ids=frozenset([*ids, *ours])))


@bp.get("/messages")
@requires(Permission.READ_CASE)
def messages() -> ResponseReturnValue:
    """What waits for an answer, the oldest first; or the messages that a search finds."""
    log_list("messages", request.full_path.rstrip("?"))
    return page("desk/messages.html", **listing.shown(request.args, current_account()))
