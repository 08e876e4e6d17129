"""« Empêchés par un défaut »: the register of people prevented, its evidence, and the decision of two."""

from enum import StrEnum
from typing import TypeVar, cast

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.http import dump_options_header

from backoffice.core import clock, events, files
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.intake.between import evidence, queries
from backoffice.intake.between.events import claim_subject
from backoffice.intake.between.forms import CODES, ClaimForm, DecisionForm
from backoffice.intake.between.models import FaultClaim
from backoffice.intake.between.values import ClaimState, FaultCode
from backoffice.intake.between.views.blueprint import READ, WORK, bp, done, log, log_list, tabs
from backoffice.intake.service import registers
from backoffice.mail import texts
from backoffice.mail.texts import Language
from backoffice.quota import queries as quota_queries
from backoffice.quota.models import Window
from backoffice.staff import queries as staff_queries
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.models import Account
from backoffice.staff.states import ApprovalState

E = TypeVar("E", bound=StrEnum)


@bp.get("/faults", endpoint="claims")
@requires(READ)
def claims_list() -> ResponseReturnValue:
    """Every claim, the oldest that waits first, and how many of each kind."""
    log_list("claims")
    state, code = _one(ClaimState, "state"), _one(FaultCode, "code")
    counts = queries.claims_by_code()
    bars = [
        {"label": str(label), "value": sum(counts.get((kind, s), 0) for s in ClaimState), "url": url_for(".claims", code=kind.value)}
        for kind, label in CODES.items()
    ]
    return page(
        "intake/between/claims.html", tabs=tabs("claims"), claims=queries.claims(state, code), bars=bars, codes=CODES, today=clock.today(),
        reserves=_reserves(), state=state, code=code, may_work=current_account().may(WORK), any=bool(counts),
    )  # fmt: skip


def _one(kind: type[E], name: str) -> E | None:
    text = request.args.get(name, "")
    return kind(text) if text in {one.value for one in kind} else None


def _reserves() -> list[tuple[str, int, int]]:
    """The reserve of each window that has one: what was kept, and what is left."""
    return [(window.code, window.reserve, _left(window)) for window in quota_queries.windows() if window.reserve]


def _left(window: Window) -> int:
    return max(0, window.reserve - window.reserve_used)


@bp.route("/faults/new", methods=["GET", "POST"])
@requires(WORK)
def new_claim() -> ResponseReturnValue:
    """Write a claim into the register."""
    form = ClaimForm()
    form.offer([window.code for window in quota_queries.windows()], _("not known"))
    made: list[int] = []

    def enter() -> None:
        made.append(registers.enter_claim(form.claim(evidence.keep(form.sent)), by=current_actor(), at=clock.now()).id)

    if done(form, enter):
        flash(_("Claim kept."), "success")
        return redirect(url_for(".claim", claim_id=made[0]), 303)
    return page("intake/between/claim_new.html", form=form)


@bp.get("/faults/<int:claim_id>")
@requires(READ)
def claim(claim_id: int) -> ResponseReturnValue:
    """One claim: who, what happened, the evidence, the decision."""
    log(claim_subject(queries.claim(claim_id).id), "claim")
    return _show(queries.claim(claim_id), DecisionForm(formdata=None))


def _show(one: FaultClaim, form: DecisionForm) -> ResponseReturnValue:
    approval = staff_queries.approval_for(registers.APPROVAL, "fault_claim", str(one.id))
    window = next((w for w in quota_queries.windows() if w.code == one.window_code), None)
    return page(
        "intake/between/claim.html", claim=one, form=form, codes=CODES, age=(clock.today() - one.received_on).days,
        proposed=approval if approval and approval.state is ApprovalState.ASKED else None,
        signers=[account.name for account in _signers(one)], facts=events.history(claim_subject(one.id))[::-1],
        admission=quota_queries.admission(one.submission_id) if one.submission_id else None, letter=_letter(one),
        needs_reserve=registers.needs_reserve(one), window=window, reserve_left=_left(window) if window else None,
        may_work=current_account().may(WORK),
    )  # fmt: skip


def _signers(one: FaultClaim) -> list[Account]:
    return [db.session.get_one(Account, key) for key in (one.first_id, one.second_id) if key]


def _letter(one: FaultClaim) -> texts.MessageText | None:
    """What to send to somebody whom no application lets us reach."""
    if one.state is ClaimState.ASKED or one.reason is None:
        return None
    kind = "claim_granted" if one.state is ClaimState.GRANTED else "claim_declined"
    return texts.render_message(kind, cast("Language", one.language), applicant_name=one.name, reference=one.number, reason=one.reason)


@bp.post("/faults/<int:claim_id>/decision")
@requires(WORK)
def propose(claim_id: int) -> ResponseReturnValue:
    """Propose to grant or decline; a second person approves."""
    form = DecisionForm()
    queries.claim(claim_id)

    def ask() -> object:
        return registers.propose_decision(claim_id, grant=form.verdict.data == "grant", reason=form.reason.data, by=current_account(), at=clock.now())

    if done(form, ask):
        flash(_("Proposed: it waits for a second person."), "success")
        return redirect(url_for(".claim", claim_id=claim_id), 303)
    return _show(queries.claim(claim_id), form)


@bp.post("/faults/<int:claim_id>/reserve")
@requires(WORK)
def give_reserve(claim_id: int) -> ResponseReturnValue:
    """Give the place of the reserve that could not be given when the claim was granted."""
    queries.claim(claim_id)
    try:
        with transaction():
            registers.give_reserve(claim_id, at=clock.now())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("A place of the reserve is given."), "success")
    return redirect(url_for(".claim", claim_id=claim_id), 303)


@bp.get("/faults/<int:claim_id>/evidence/<int:evidence_id>")
@requires(READ)
def claim_evidence(claim_id: int, evidence_id: int) -> ResponseReturnValue:
    """A file of a claim, to be saved, never shown inside a page."""
    found = queries.evidence(claim_id, evidence_id)
    log(claim_subject(claim_id), f"evidence {evidence_id}")
    found = queries.evidence(claim_id, evidence_id)
    safe = "".join(c for c in found.filename if c.isprintable() and c not in '"/\\') or "file"
    headers = {"Content-Disposition": dump_options_header("attachment", {"filename": safe}), "X-Content-Type-Options": "nosniff"}
    return Response(files.read(found.sha256), mimetype=found.media_type, headers=headers)
