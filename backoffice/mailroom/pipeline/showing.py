"""Scanned files as the pages show them: how far they are, what they wait for, what can be done."""

from collections.abc import Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from backoffice.core import antivirus, clock
from backoffice.mailroom import forms
from backoffice.mailroom.models import Envelope, Scan
from backoffice.mailroom.pipeline import queries, words
from backoffice.mailroom.pipeline.values import Progress
from backoffice.mailroom.states import ScanState

Shown = dict[str, object]


def of_envelope(envelope: Envelope) -> Shown | None:
    """The reading of an envelope's files; nothing while it has none."""
    scans = queries.scans_of(envelope)
    if not scans:
        return None
    listed = rows(scans)
    return {"number": envelope.number, "rows": listed, "under_way": any(row["moving"] for row in listed)}


def all_files() -> Shown:
    """Everything in work: read, waiting, parked, recognised."""
    moving, parked, texts, done = queries.under_way(), queries.parked(), queries.being_recognised(), queries.read_lately()
    return {
        "moving": rows(moving), "parked": rows(parked), "texts": rows(texts), "done": rows(done), "antivirus": bool(antivirus.address()),
        "under_way": bool(moving or texts),
    }  # fmt: skip


def rows(scans: Sequence[Scan]) -> list[Shown]:
    """Files with their progress; the number of statements does not depend on how many."""
    progress, homes, now = queries.progress(scans), queries.homes(scans), clock.now()
    return [row(one, progress[one.id], homes[one.id], now) for one in scans]


def row(one: Scan, progress: Progress, home: str, now: datetime) -> Shown:
    """One file."""
    refusal = one.refusal or ""
    whole = one.state is ScanState.READ
    return {
        "id": one.id, "filename": one.filename, "home": home, "url": _home_url(one, home), "state": one.state.value, "words": state_words(one.state),
        "moving": one.state in {ScanState.WAITING, ScanState.READING} or (whole and progress.to_recognise > 0), "progress": progress,
        "pages": pages_words(progress), "texts": texts_words(progress) if whole or progress.recognised else "",
        "age": age_words(one.arrived_at, now), "why": words.why(progress.why) if progress.why else "",
        "refusal": str(forms.REFUSALS.get(refusal, refusal)), "antivirus": words.antivirus(one.antivirus), "of_batch": one.envelope_id is None,
        "original": url_for("pipeline.original", scan_id=one.id),
        "archive": url_for("pipeline.archive", scan_id=one.id) if whole and not progress.to_recognise else None,
    }  # fmt: skip


def _home_url(one: Scan, home: str) -> str | None:
    return url_for("mailroom.envelope", number=home) if one.envelope_id is not None and home else None


def state_words(state: ScanState) -> str:
    """Where a file stands."""
    known = {
        ScanState.WAITING: _("Waits to be read"), ScanState.READING: _("Being read"), ScanState.READ: _("Read"), ScanState.PARKED: _("Parked"),
        ScanState.SET_ASIDE: _("Set aside"),
    }  # fmt: skip
    return str(known[state])


def pages_words(progress: Progress) -> str:
    """« 12 pages of 200 »."""
    if progress.expected is None:
        return ""
    return str(_("%(read)s of %(expected)s pages read", read=progress.read, expected=progress.expected))


def texts_words(progress: Progress) -> str:
    """« text of 10 pages of 12, 1 doubtful »."""
    whole = progress.recognised + progress.failed + progress.to_recognise
    if not whole:
        return ""
    parts = [_("text of %(done)s of %(all)s pages recognised", done=progress.recognised, all=whole)]
    parts += [ngettext("%(num)s doubtful", "%(num)s doubtful", progress.doubtful)] if progress.doubtful else []
    parts += [ngettext("%(num)s could not be recognised", "%(num)s could not be recognised", progress.failed)] if progress.failed else []
    return ", ".join(str(part) for part in parts)


def age_words(then: datetime, now: datetime) -> str:
    """How long ago a file came, as somebody would say it."""
    seconds = max(0, int((now - then).total_seconds()))
    if seconds < 60:
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    if seconds < 3600:
        return str(ngettext("%(num)s minute", "%(num)s minutes", seconds // 60))
    if seconds < 48 * 3600:
        return str(ngettext("%(num)s hour", "%(num)s hours", seconds // 3600))
    return str(ngettext("%(num)s day", "%(num)s days", seconds // 86400))
