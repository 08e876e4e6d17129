"""Pieces of an envelope: listed, placed, sent back."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.errors import NotFound
from backoffice.core.web import requires
from backoffice.mailroom.opening import service
from backoffice.mailroom.opening.forms import PieceActForm, PieceForm
from backoffice.mailroom.opening.views.room import act, bp, envelope_url
from backoffice.mailroom.views.envelopes import envelope_page
from backoffice.staff.guard import current_actor
from backoffice.staff.permissions import Permission

ACTS = {"place": service.place_piece, "back": service.send_piece_back, "withdraw": service.withdraw_piece}


@bp.post("/mailroom/envelopes/<number>/pieces")
@requires(Permission.WORK_MAILROOM)
def add_piece(number: str) -> ResponseReturnValue:
    """Give a piece its control number."""
    form = PieceForm()
    if form.submitted():
        done = act(lambda: service.list_piece(number, form.piece(), by=current_actor(), at=clock.now()), "", envelope_url(number), form)
        if done:
            return done
    return envelope_page(number, {"piece_form": form})


@bp.post("/mailroom/envelopes/<number>/pieces/<piece>/<what>")
@requires(Permission.WORK_MAILROOM)
def piece(number: str, piece: str, what: str) -> ResponseReturnValue:
    """Say where a piece is, how it went back, or that it was listed by mistake."""
    if what not in ACTS:
        raise NotFound
    form = PieceActForm()
    if not form.submitted():
        flash(_("Say where the piece is, or how it went back."), "error")
        return redirect(envelope_url(number), 303)
    done = act(lambda: ACTS[what](piece, form.what.data, by=current_actor(), at=clock.now()), "", envelope_url(number))
    assert done is not None  # without a form, a refusal is flashed
    return done
