"""Whether the product is alive and ready, its figures, and the keys that check its receipts."""

from flask import Blueprint, Response, jsonify
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from backoffice.core import deliveries, files
from backoffice.core.db import db
from backoffice.core.events import Delivery, EventRow
from backoffice.core.web import public
from backoffice.intake import receipts
from backoffice.intake.models import Submission
from backoffice.intake.states import SubmissionState
from backoffice.mail.delivery.models import Notification
from backoffice.mail.delivery.states import NotificationState

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify({"status": "ok"})


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """Whether it can receive: the database must be there; the queue may be away for a while, nothing is lost without it."""
    parts = {"database": _database(), "queue": _queue(), "storage": _storage()}
    well = parts["database"] == "ok" and parts["storage"] == "ok"
    return jsonify({"status": "ready" if well else "unavailable", **parts}), 200 if well else 503


def _database() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as fault:
        db.session.rollback()
        return type(fault).__name__
    return "ok"


def _queue() -> str:
    try:
        deliveries.redis().ping()
    except RedisError as fault:
        return type(fault).__name__
    return "ok"


def _storage() -> str:
    try:
        files.reachable()
    except Exception as fault:  # noqa: BLE001 - whatever the store's fault, the answer is its name
        return type(fault).__name__
    return "ok"


@bp.get("/metrics")
@public
def metrics() -> ResponseReturnValue:
    """Counts for Prometheus; no personal data."""
    registry = CollectorRegistry()
    counts = {
        "backoffice_submissions": ("Submissions received", select(func.count()).select_from(Submission)),
        "backoffice_submissions_pending": (
            "Submissions that wait for their place",
            select(func.count()).select_from(Submission).where(Submission.state == SubmissionState.PENDING),
        ),
        "backoffice_events": ("Facts recorded", select(func.count()).select_from(EventRow)),
        "backoffice_notifications_waiting": (
            "Announcements by e-mail that have not left",
            select(func.count()).select_from(Notification).where(Notification.state.in_((NotificationState.WAITING, NotificationState.SENDING))),
        ),
        "backoffice_deliveries_waiting": ("Deliveries not done", select(func.count()).select_from(Delivery).where(Delivery.done_at.is_(None))),
    }
    for name, (words, query) in counts.items():
        Gauge(name, words, registry=registry).set(db.session.scalar(query) or 0)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


@bp.get("/.well-known/jwks.json")
@public
def keys() -> ResponseReturnValue:
    """Public keys of the receipts."""
    return jsonify(receipts.public_keys())
