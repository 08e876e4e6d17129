"""The guard at the door of every route: refused unless the view says who may open it."""

import time
from uuid import UUID

import structlog
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from backoffice.core import clock, web
from backoffice.core.actors import Actor, ActorKind
from backoffice.core.db import db, transaction
from backoffice.core.problems import Problem
from backoffice.staff import limits, queries, service
from backoffice.staff.models import Account, ApiKey

login = LoginManager()

AGAIN = "backoffice.again"
"""Under the door (`backoffice.door`): a call that it reads a second time, which counts once."""

LOOKED_UP = "backoffice.looked-up"
"""Under the door: a call whose key was looked up, if need be, after it had come; whoever reads it then must wait for nobody."""

PATIENCE_SECONDS = 6.0
"""How long ago that may have been on a day when thousands wait for their turn."""


class SignedInStaff:
    """What Flask-Login keeps for the request: the account behind a live session."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, session_id: UUID, account: Account) -> None:
        self.session_id, self.account = session_id, account
        self.id, self.name, self.role, self.email = account.id, account.name, account.role, account.email
        self.keys_on, self.language = account.keys_on, account.language

    def get_id(self) -> str:
        """The session, not the account: ending the session ends the cookie's worth."""
        return str(self.session_id)


@login.user_loader  # type: ignore[untyped-decorator]  # Flask-Login carries no types
def load(session_id: str) -> SignedInStaff | None:
    """The account of a cookie's session, if it still runs."""
    try:
        key = UUID(session_id)
    except ValueError:
        return None
    account = service.live_session(key, at=clock.now())
    return SignedInStaff(key, account) if account else None


def install(app: Flask) -> None:
    """Put the guard before every request."""
    login.init_app(app)
    login.session_protection = None  # the cookie is signed and its session can be ended here; an address may change
    app.before_request(check_access)


def check_access() -> ResponseReturnValue | None:
    """Let in whom the view names; nobody when it names nobody."""
    if request.endpoint is None:  # no such page: the 404 answers
        return None
    if request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    access = web.access_of(view)
    if access == web.PUBLIC:
        return None
    if access is None:
        abort(403)
    if getattr(view, "keyed", False):
        _check_key({str(scope) for scope in access})
        return None
    return _check_staff({str(permission) for permission in access})


def _check_staff(permissions: set[str]) -> ResponseReturnValue | None:
    if not current_user.is_authenticated:
        return redirect(url_for("staff.sign_in", next=request.full_path.rstrip("?") if request.method == "GET" else None), 303)
    structlog.contextvars.bind_contextvars(account=current_user.id)
    if not any(current_account().may(permission) for permission in permissions):
        abort(403)
    with transaction():
        service.touch_session(current_user.session_id, at=clock.now())
    return None


def _check_key(scopes: set[str]) -> None:
    plain = _bearer(request.headers.get("Authorization", ""))
    key = _key(service.key_digest(plain), -PATIENCE_SECONDS if LOOKED_UP in request.environ else 0.0) if plain else None
    if key is None or not key.opens(clock.now()):
        raise Problem("unauthorized")
    if not scopes & set(key.scopes):
        raise Problem("scope")
    if AGAIN not in request.environ:
        limits.check(key)
    g.caller = Actor(ActorKind.PROVIDER if "payments" in key.scopes else ActorKind.PORTAL, str(key.id), key.name)
    limits.note_use(key)


def _bearer(authorization: str) -> str:
    scheme, _, rest = authorization.partition(" ")
    return rest.strip() if scheme.casefold() == "bearer" else ""


def is_checked_at_once(authorization: str) -> bool:
    """Whether a call with this key is let in or refused without asking the database: nobody who must not wait then has to."""
    plain = _bearer(authorization)
    if not plain:
        return True
    read_at, key = _keys.get(service.key_digest(plain), (0.0, None))
    fresh = time.monotonic() - read_at < KEY_SECONDS - AHEAD_SECONDS
    return fresh and (key is None or not key.opens(clock.now()) or limits.is_noted(key))


def look_up(authorization: str) -> None:
    """Ask the database for a key, and note that it is used, so that the calls of the next second need not."""
    key = _key(service.key_digest(_bearer(authorization)), AHEAD_SECONDS)
    if key is not None and key.opens(clock.now()):
        limits.note_use(key)


def is_counted(authorization: str) -> bool:
    """Whether each call of this key is counted by the queue server, which takes its time."""
    _, key = _keys.get(service.key_digest(_bearer(authorization)), (0.0, None))
    return key is not None and key.rate_per_minute is not None


_keys: dict[str, tuple[float, ApiKey | None]] = {}
"""Keys as they were read a moment ago: an opening day asks for the same one thousands of times a second."""

KEY_SECONDS = 1.0
"""For so long a key that was taken back may still open this process."""

AHEAD_SECONDS = 0.1
"""So long before that it is read anew, where nobody waits for it."""

MOST_KEYS = 1000
"""Guesses fill no memory."""


def _key(key_sha256: str, ahead: float = 0.0) -> ApiKey | None:
    """A key that was not taken back, read at most once a second by each process."""
    now, known = time.monotonic(), _keys.get(key_sha256)
    if known and now - known[0] < KEY_SECONDS - ahead:
        return known[1]
    found = queries.key(key_sha256)
    if found is not None:
        db.session.expunge(found)
    if len(_keys) >= MOST_KEYS:
        _keys.clear()
    _keys[key_sha256] = (now, found)
    return found


def current_account() -> Account:
    """The account at work in this request."""
    account: Account = current_user.account
    return db.session.merge(account, load=False) if account not in db.session else account


def current_actor() -> Actor:
    """The author of what this request does."""
    return current_account().actor


def caller() -> Actor:
    """The system whose key opened this request."""
    actor: Actor = g.caller
    return actor


def forget_session() -> None:
    """Drop what the browser carries."""
    session.clear()
