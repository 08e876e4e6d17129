"""The application: the one place that knows every feature."""

import gc
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import structlog
from flask import Flask, Request, Response, current_app, g, has_request_context, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale, gettext, ngettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from jinja2 import StrictUndefined
from psycopg import Connection
from sqlalchemy import event as sa_event
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from backoffice.core import clock, deliveries, formats, logs, pages, problems, web
from backoffice.core.db import db
from backoffice.core.errors import DomainError
from backoffice.core.problems import Problem
from backoffice.core.settings import Settings, settings
from backoffice.decisions import jobs as _decisions_jobs
from backoffice.decisions import views as decisions
from backoffice.desk import components
from backoffice.desk import jobs as _desk_jobs
from backoffice.desk import views as desk
from backoffice.desk.access import jobs as _desk_access_jobs
from backoffice.desk.access import views as desk_access
from backoffice.desk.delivery import jobs as _desk_delivery_jobs
from backoffice.desk.delivery import views as desk_delivery
from backoffice.desk.requests import jobs as _desk_requests_jobs
from backoffice.desk.requests import views as desk_requests
from backoffice.desk.terms import jobs as _desk_terms_jobs
from backoffice.desk.terms import views as desk_terms
from backoffice.desk.threads import jobs as _desk_threads_jobs
from backoffice.desk.threads import views as desk_threads
from backoffice.documents import jobs as _documents_jobs
from backoffice.documents import models as _documents_models
from backoffice.fees import jobs as _fees_jobs
from backoffice.fees import refund_views as refunds
from backoffice.fees import views as fees
from backoffice.intake import api, health
from backoffice.intake import door_api as _door_api
from backoffice.intake import jobs as _intake_jobs
from backoffice.intake import views as intake
from backoffice.intake.acts import jobs as _acts_jobs
from backoffice.intake.acts import views as acts
from backoffice.intake.api import LATER
from backoffice.intake.backlog import views as backlog
from backoffice.intake.between import api as _between_api
from backoffice.intake.between import jobs as _between_jobs
from backoffice.intake.between import views as between
from backoffice.intake.changes import jobs as _intake_changes_jobs
from backoffice.intake.changes import views as intake_changes
from backoffice.intake.outages import jobs as _intake_outages_jobs
from backoffice.intake.outages import views as intake_outages
from backoffice.mail.delivery import jobs as _mail_delivery_jobs
from backoffice.mail.threads import jobs as _mail_threads_jobs
from backoffice.mailroom import jobs as _mailroom_jobs
from backoffice.mailroom import views as mailroom
from backoffice.mailroom.batches import jobs as _batches_jobs
from backoffice.mailroom.batches import views as batches
from backoffice.mailroom.custody import jobs as _custody_jobs
from backoffice.mailroom.custody import views as custody
from backoffice.mailroom.doors import jobs as _doors_jobs
from backoffice.mailroom.doors import views as doors
from backoffice.mailroom.indexing import jobs as _indexing_jobs
from backoffice.mailroom.indexing import views as indexing
from backoffice.mailroom.keying import views as keying
from backoffice.mailroom.letters import jobs as _mailroom_letters_jobs
from backoffice.mailroom.letters import views as mailroom_letters
from backoffice.mailroom.opening import jobs as _opening_jobs
from backoffice.mailroom.opening import views as opening
from backoffice.mailroom.pagework import jobs as _pagework_jobs
from backoffice.mailroom.pagework import views as pagework
from backoffice.mailroom.pipeline import jobs as _pipeline_jobs
from backoffice.mailroom.pipeline import views as pipeline
from backoffice.mailroom.returns import jobs as _returns_jobs
from backoffice.mailroom.returns import views as returns
from backoffice.staff import guard
from backoffice.staff import views as staff
from backoffice.workload import views as workload

ROOT = Path(__file__).resolve().parent
CATALOGUES = (
    "core;staff;deadlines;cases;quota;mail;documents;fees;intake;mailroom;mailroom-pipeline;mailroom-doors;mailroom-opening;mailroom-batches;"
    "mailroom-custody;mailroom-indexing;mailroom-returns;mailroom-pagework;mailroom-keying;mailroom-letters;desk;workload;"
    "intake-outages;intake-changes;decisions;desk-terms;desk-requests;desk-threads;desk-delivery;desk-access;mail-threads;mail-delivery"
)
"""One French catalogue for each package, and for each part of a large one; Flask-Babel merges them."""

BODY_LIMIT = 101 * 1024 * 1024
"""100 MB of files in a request (contract), and the form around them."""

BLUEPRINTS = (
    staff.bp,
    desk.bp,
    fees.bp,
    refunds.bp,
    acts.bp,
    between.bp,
    backlog.bp,
    workload.bp,
    components.bp,
    mailroom.bp,
    batches.bp,
    custody.bp,
    doors.bp,
    indexing.bp,
    keying.bp,
    opening.bp,
    pagework.bp,
    pipeline.bp,
    returns.bp,
    desk_terms.bp,
    intake_outages.bp,
    decisions.bp,
    intake_changes.bp,
    desk_requests.bp,
    desk_threads.bp,
    desk_delivery.bp,
    mailroom_letters.bp,
    desk_access.bp,
    intake.bp,
    api.bp,
    health.bp,
)
"""Every feature's pages, in the order of the map."""

MACHINES = (api.bp, health.bp)
"""What other systems call: all that an intake process serves, so that no burst of theirs slows a page of ours."""

REACTIONS = (
    _acts_jobs,
    _between_api,
    _between_jobs,
    _desk_jobs,
    _documents_jobs,
    _documents_models,
    _door_api,
    _fees_jobs,
    _intake_jobs,
    _mailroom_jobs,
    _batches_jobs,
    _custody_jobs,
    _doors_jobs,
    _indexing_jobs,
    _opening_jobs,
    _pagework_jobs,
    _pipeline_jobs,
    _returns_jobs,
    _desk_terms_jobs,
    _intake_outages_jobs,
    _decisions_jobs,
    _intake_changes_jobs,
    _desk_requests_jobs,
    _mail_threads_jobs,
    _desk_threads_jobs,
    _mail_delivery_jobs,
    _desk_delivery_jobs,
    _mailroom_letters_jobs,
    _desk_access_jobs,
)
"""Modules imported for what they register: tables, and reactions to facts."""

csrf = CSRFProtect()
babel = Babel()
log = structlog.get_logger()


def create_app(chosen: Settings | None = None) -> Flask:
    """Put the application together."""
    chosen = chosen or settings()
    logs.configure()
    clock.start_at(chosen.clock_offset)
    app = Flask("backoffice", root_path=str(ROOT), template_folder=str(ROOT.parent / "templates"))
    _configure(app, chosen)
    _extensions(app, chosen)
    with app.app_context():
        sa_event.listen(db.engine, "connect", _remember_statements)
    for blueprint in BLUEPRINTS if chosen.part == "all" else MACHINES:
        app.register_blueprint(blueprint)
        if blueprint in MACHINES:
            csrf.exempt(blueprint)
    _templates(app, chosen)
    _errors(app)
    _faults(app)
    app.before_request(_bind)
    guard.install(app)
    app.after_request(web.secure_headers if chosen.part == "all" else web.plain_headers)
    deliveries.install(offering=True)
    gc.freeze()  # what was loaded stays: the collector need not look at it again, nor forked workers copy it
    return app


def _configure(app: Flask, chosen: Settings) -> None:
    app.config.update(
        SECRET_KEY=chosen.secret_key,
        SQLALCHEMY_DATABASE_URI=chosen.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": 8,
            "max_overflow": 8,
            "pool_pre_ping": True,  # a database that was killed and came back costs no page
            # How near a name must be to be found: one letter wrong in eight is forgiven.
            "connect_args": {
                "options": "-c pg_trgm.strict_word_similarity_threshold=0.4 -c pg_trgm.similarity_threshold=0.4 "
                "-c pg_trgm.word_similarity_threshold=0.45 -c timezone=UTC"
            },
        },
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=not chosen.demo,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over lunch still sends; the token lives as long as the session
        WTF_CSRF_SSL_STRICT=not chosen.demo,
        BABEL_DEFAULT_LOCALE="fr",
        BABEL_DEFAULT_TIMEZONE="America/Toronto",
        BABEL_DOMAIN=CATALOGUES,
        BABEL_TRANSLATION_DIRECTORIES=";".join([str(ROOT / "translations")] * len(CATALOGUES.split(";"))),
        DEMO=chosen.demo,
        PART=chosen.part,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    if not chosen.demo:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)  # type: ignore[method-assign]


def _extensions(app: Flask, chosen: Settings) -> None:
    db.init_app(app)
    babel.init_app(app, locale_selector=_locale)
    if chosen.part == "all":
        csrf.init_app(app)
    else:
        app.session_interface = _NoSession()


class _NoSession(SessionInterface):
    """Machines carry a key, not a cookie."""

    def open_session(self, app: Flask, request: Request) -> None:  # noqa: ARG002 - Flask's own signature
        return None

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to keep."""


def _remember_statements(connection: Connection, _record: object) -> None:
    """The product has some hundreds of statements: with the driver's limit of 100, most would be planned anew each time."""
    connection.prepared_max = 1000


def _locale() -> str:
    if not has_request_context():
        return "fr"
    if request.blueprint in {"api", "health"}:
        return problems.api_locale()
    return "en" if session.get("language") == "en" else "fr"


def _bind() -> None:
    if LATER in request.environ:  # one of thousands a second, which logs nothing
        return
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=web.incident_number(), route=request.endpoint, method=request.method)


def _templates(app: Flask, chosen: Settings) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(formats.FILTERS)
    app.jinja_env.globals.update(_=gettext, ngettext=ngettext, demo=chosen.demo)

    @app.context_processor
    def values() -> dict[str, object]:
        signed_in = getattr(current_user, "is_authenticated", False)
        account = guard.current_account() if signed_in else None
        return {
            "can": (lambda permission: bool(account and account.may(permission))),
            "nav": lambda: pages.navigation(account.may) if account else [],
            "today": clock.today(),
            "locale": "en" if str(get_locale()).startswith("en") else "fr",
        }


def _is_api() -> bool:
    """Whether a machine asks: an intake process is asked by nobody else, and has no pages."""
    return current_app.config["PART"] == "intake" or request.path.startswith(("/api/", "/healthz", "/readyz", "/metrics", "/.well-known/"))


def _errors(app: Flask) -> None:
    """Refusals, foreseen and worded."""

    @app.errorhandler(Problem)
    def problem(fault: Problem) -> Response:
        return problems.answer(fault)

    @app.errorhandler(DomainError)
    def refusal(fault: DomainError) -> ResponseReturnValue:
        if _is_api():
            return problems.answer(Problem("not-found" if fault.status == HTTPStatus.NOT_FOUND else "invalid", fault.message))
        return _error_page(fault.status, fault.message)

    @app.errorhandler(CSRFError)
    def csrf_fault(_fault: CSRFError) -> ResponseReturnValue:
        return _error_page(400, gettext("This form is too old to be sent. Go back, reload the page and send again; nothing was changed."))


def _faults(app: Flask) -> None:
    """What nobody foresaw: a number for the person, everything but personal data for the log."""

    @app.errorhandler(HTTPException)
    def http(fault: HTTPException) -> ResponseReturnValue:
        status = fault.code or 500
        if fault.response is not None:
            return fault.response
        if _is_api():
            codes = {400: "malformed", 401: "unauthorized", 403: "scope", 404: "not-found", 405: "method", 413: "too-large", 415: "media-type"}
            allow = ", ".join(getattr(fault, "valid_methods", None) or ())
            return problems.answer(Problem(codes.get(status, "malformed"), allow=allow or None))
        return _error_page(status, None)

    @app.errorhandler(Exception)
    def fault(fault: Exception) -> ResponseReturnValue:
        db.session.remove()
        incident = web.incident_number()
        log.error("request failed", incident=incident, exc_info=fault)
        if _is_api():
            return problems.answer(Problem("unavailable", retry_after=5) if isinstance(fault, OperationalError) else Problem("fault"), incident)
        try:
            return _error_page(500, None)
        except Exception:  # noqa: BLE001 - the database may be what is broken: the page must not need it
            return web.bare_error(incident), 500


def _error_page(status: int, sentence: str | None) -> ResponseReturnValue:
    g.setdefault("incident", web.incident_number())
    return web.error_page(status, sentence), status
