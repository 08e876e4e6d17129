"""What waits to be keyed: first, second, and differences; the next one by one key."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.core.web import page, requires
from backoffice.mailroom.keying import queries, service
from backoffice.mailroom.keying.queries import Waiting
from backoffice.mailroom.keying.views.room import bp
from backoffice.mailroom.keying.views.second import turned_away
from backoffice.mailroom.states import KeyingState
from backoffice.staff.guard import current_account, current_actor
from backoffice.staff.permissions import Permission

PAGES = {
    KeyingState.DRAFT: "keying.key_application", KeyingState.SECOND: "keying.key_second", KeyingState.DIFFERS: "keying.settle_differences",
}  # fmt: skip

Row = dict[str, object]


@bp.get("/mailroom/keying")
@requires(Permission.READ_MAILROOM)
def work() -> ResponseReturnValue:
    """What waits, oldest stamp first, and in whose hands it is."""
    names = {
        KeyingState.DRAFT: (_("To key"), _("Nothing is left to key.")),
        KeyingState.SECOND: (_("Second keying waiting"), _("No second keying waits.")),
        KeyingState.DIFFERS: (_("Differences to settle"), _("No difference waits.")),
    }
    lists = [
        {
            "state": state.value,
            "title": title,
            "empty": empty,
            "count": queries.count(state),
            "rows": [_row(one, state) for one in queries.waiting(state)],
        }
        for state, (title, empty) in names.items()
    ]
    return page("mailroom/keying/work.html", lists=lists)


def _row(one: Waiting, state: KeyingState) -> Row:
    account, at = current_account(), clock.now()
    held = one.keying is not None and service.is_held_by_another(one.keying, account.id, at)
    mine = one.keying is not None and state is not KeyingState.DRAFT and account.id in one.keying.hands
    may = account.may(Permission.WORK_MAILROOM) or (state is KeyingState.DIFFERS and account.may(Permission.APPROVE))
    in_hand = one.keying is not None and one.keying.hand_at is not None and at - one.keying.hand_at < queries.HELD
    done = service.filled(one.keying.fields, one.keying.fields)[0] if one.keying and state is KeyingState.DRAFT else None
    return {
        "number": one.envelope.number, "stamp": one.envelope.legal_received_on, "age": (clock.today() - one.envelope.legal_received_on).days,
        "pages": one.pages, "holder": one.holder if in_hand else "", "mine": mine, "done": done,
        "url": url_for(PAGES[state], number=one.envelope.number) if may and not mine and not held else "",
        "envelope_url": url_for("mailroom.envelope", number=one.envelope.number),
    }  # fmt: skip


@bp.post("/mailroom/keying/next")
@requires(Permission.WORK_MAILROOM, Permission.APPROVE)
def take_next() -> ResponseReturnValue:
    """The next one, in this person's hands."""
    try:
        with transaction():
            number, state = service.take_next(by=current_account(), at=clock.now())
    except DomainError as refusal:
        return turned_away(refusal)
    return redirect(url_for(PAGES[state], number=number), 303)


@bp.post("/mailroom/envelopes/<number>/keying/holder")
@requires(Permission.WORK_MAILROOM)
def take_over(number: str) -> ResponseReturnValue:
    """Take an application from somebody who left it open."""
    with transaction():
        service.take_over(number, by=current_actor(), at=clock.now())
    return redirect(url_for(".key_application", number=number), 303)
