"""Pages: an envelope's pages large, searched, and worked on; every act is a plain form."""

from collections.abc import Callable

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom import forms, panels
from backoffice.mailroom import queries as room
from backoffice.mailroom.events import envelope_subject
from backoffice.mailroom.models import Envelope
from backoffice.mailroom.pagework import queries, service, viewing, words
from backoffice.mailroom.pagework.values import PartFiled
from backoffice.mailroom.service.standing import LIVE
from backoffice.mailroom.values import BY_HAND, EnvelopeKind, Excluded
from backoffice.staff import service as staff
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

bp = Blueprint("pagework", __name__)
bp.app_template_global("page_work")(words.kind)
panels.of_envelope(
    "mailroom/pagework/_panel.html", lambda envelope: {"number": envelope.number, "pages": len(envelope.pages)} if envelope.pages else None, order=5
)


@bp.get("/mailroom/envelopes/<number>/pages")
@requires(Permission.READ_MAILROOM)
def pages(number: str) -> ResponseReturnValue:
    """The pages of an envelope: one large, the others beside it."""
    return _page(number)


def _page(number: str, refused: DomainError | None = None) -> ResponseReturnValue:
    one = room.envelope(number)
    with transaction():
        staff.log_read(current_account(), envelope_subject(number), "mailroom.pages", at=clock.now())
    one = room.envelope(number)
    query = request.values.get("q", "").strip()[:100]
    shown = viewing.of_envelope(one, query)
    wanted = request.values.get("page", type=int)
    hit = next((each for each in shown if each.marks), None)
    current = next((each for each in shown if each.id == wanted), None) or hit or (shown[0] if shown else None)
    answer = make_response(page(
        "mailroom/pagework/pages.html", envelope=one, shown=shown, current=current, q=query, live=one.state in LIVE, refused=refused,
        parts=_parts(one, shown), standing=queries.standing(one.id, 1), reasons=[(r.value, str(forms.EXCLUSIONS[r])) for r in BY_HAND],
        exclusions={r.value: str(forms.EXCLUSIONS[r]) for r in Excluded}, cases=room.cases_of_pages(one), hits=sum(len(each.marks) for each in shown),
    ))  # fmt: skip
    answer.status_code = refused.status if refused else 200
    return answer


def _parts(one: Envelope, shown: list[viewing.Shown]) -> list[dict[str, object]]:
    """The documents-to-be as the form files them; an application on paper is keyed, not filed by hand."""
    if one.kind is EnvelopeKind.APPLICATION or one.state not in LIVE:
        return []
    known = room.case_numbers([one.case_id]).get(one.case_id, "") if one.case_id else ""
    found = []
    for place in range(1, max((each.part for each in shown), default=0) + 1):
        mine = [each for each in shown if each.part == place]
        typed = request.form.get(f"case-{place}", known if place == 1 else ""), request.form.get(f"title-{place}", "")
        found.append({"place": place, "ids": ",".join(str(each.id) for each in mine), "positions": [each.position for each in mine],
                      "case": typed[0], "title": typed[1]})  # fmt: skip
    return found


@bp.post("/mailroom/envelopes/<number>/pages/edits")
@requires(Permission.WORK_MAILROOM)
def edit(number: str) -> ResponseReturnValue:
    """One piece of work on the page in view, or on the pages ticked."""
    current = request.form.get("page", 0, type=int)
    chosen = request.form.getlist("pages", type=int) or [current]
    target, by, at = request.form.get("target", "").strip(), current_actor(), clock.now()
    reason = request.form.get("reason", "")
    works: dict[str, Callable[[], object]] = {
        "turn": lambda: service.turn(number, chosen, 90, by=by, at=at),
        "turn-back": lambda: service.turn(number, chosen, 270, by=by, at=at),
        "split": lambda: service.split(number, current, by=by, at=at),
        "merge": lambda: service.merge(number, current, by=by, at=at),
        "place": lambda: service.place(number, current, request.form.get("place", 1, type=int), by=by, at=at),
        "move": lambda: service.move(number, chosen, target, by=by, at=at),
        "exclude": lambda: service.exclude(number, chosen, Excluded(reason) if reason in set(BY_HAND) else Excluded.NOT_OURS, by=by, at=at),
        "restore": lambda: service.restore(number, chosen, by=by, at=at),
        "rescan": lambda: service.rescan(number, request.form.get("old", 0, type=int), current, by=by, at=at),
        "undo": lambda: service.undo(number, by=by, at=at),
    }
    return _act(number, works.get(request.form.get("do", ""), lambda: None))


@bp.post("/mailroom/envelopes/<number>/pages/parts")
@requires(Permission.WORK_MAILROOM)
def parts(number: str) -> ResponseReturnValue:
    """File every part to its case."""
    filed = []
    for place in range(1, 200):
        ids = request.form.get(f"part-{place}")
        if ids is None:
            break
        keys = tuple(int(each) for each in ids.split(",") if each.isdecimal())
        filed.append(PartFiled(keys, request.form.get(f"case-{place}", "")[:40], request.form.get(f"title-{place}", "")[:200]))
    return _act(number, lambda: service.file_parts(number, filed, by=current_actor(), at=clock.now()), _("Filed."))


def _act(number: str, act: Callable[[], object], said: str = "") -> ResponseReturnValue:
    """Do it and come back to the same page of the envelope; a refusal is said there."""
    try:
        with transaction():
            act()
    except DomainError as refusal:
        return _page(number, refusal)
    if said:
        flash(said)
    return redirect(url_for(".pages", number=number, page=request.form.get("page", type=int), q=request.form.get("q") or None), 303)
