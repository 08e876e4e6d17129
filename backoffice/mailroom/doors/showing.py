"""What the doors' pages show."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from backoffice.mailroom.doors import forms, queries, words
from backoffice.mailroom.doors.models import Dropped, ScanJob, Scanner, Upload
from backoffice.mailroom.doors.states import UNDER_WAY, JobState
from backoffice.mailroom.doors.values import CHUNK_BYTES, MOST_BYTES, Abilities, Colour, Fault, Home, Pass, Refusal, ScannerKind, Source
from backoffice.staff.guard import current_actor

Shown = dict[str, object]


def home_url(home: Home) -> str:
    """The page of an envelope or of a batch."""
    if home.envelope:
        return url_for("mailroom.envelope", number=home.envelope)
    return url_for("batches.batch", number=home.number)


def upload(one: Upload, owner: str) -> Shown:
    """An upload that is half in."""
    return {
        "key": str(one.key), "filename": one.filename, "size": one.size, "received": one.received, "percent": one.received * 100 // one.size,
        "owner": owner, "touched_at": one.touched_at, "home": one.home.number, "home_url": home_url(one.home),
        "discard_url": url_for("doors.discard", key=one.key),
    }  # fmt: skip


def job(one: ScanJob) -> Shown:
    """A scanning job."""
    words_, tone = words.JOBS[one.state]
    fault = str(words.FAULTS[Fault(one.fault)]) if one.fault else ""
    return {
        "id": one.id, "url": url_for("doors.job", job_id=one.id), "scanner": one.scanner.name, "home": one.home.number, "home_url": home_url(one.home),
        "words": str(words_), "tone": tone, "fault": fault, "pages": [page.number for page in one.pages], "count": len(one.pages), "live": one.state in UNDER_WAY,
        "held": one.state is JobState.HELD, "fronts": one.state is JobState.HELD and one.sides is Pass.FRONTS, "differs": one.fault == Fault.COUNTS_DIFFER,
        "settings": ", ".join((str(words.SOURCES[Source(one.source)]), f"{one.resolution} ppp", str(words.COLOURS[Colour(one.colour)]))),
        "sides": str(words.PASSES[one.sides]) if one.sides is not Pass.WHOLE else "", "asked_by": one.asked_by_label, "asked_at": one.asked_at,
        "ended_at": one.ended_at, "stopping": one.cancel_asked and one.state in UNDER_WAY, "viewable": [p.number for p in one.pages if p.media_type == "image/jpeg"],
    }  # fmt: skip


def scanner(one: Scanner) -> Shown:
    """A scanner of the list."""
    able = Abilities.kept(one.abilities)
    return {
        "id": one.id, "name": one.name, "kind": str(words.KINDS[one.kind]), "address": one.address, "active": one.active, "model": able.model,
        "sources": [str(words.SOURCES[source]) for source in able.sources], "resolutions": list(able.resolutions),
        "colours": [str(words.COLOURS[colour]) for colour in able.colours], "checked_at": one.checked_at,
        "fault": str(words.FAULTS[Fault(one.check_fault)]) if one.check_fault else "", "network": one.kind is ScannerKind.ESCL,
    }  # fmt: skip


def dropped(one: Dropped) -> Shown:
    """Something that the drop folder refused."""
    detail = one.detail
    return {
        "id": one.id, "path": one.path, "seen_at": one.seen_at, "reason": str(words.REFUSALS[Refusal(one.reason)]) if one.reason else "",
        "said": str(detail.get("said", "")), "listed": list(detail.get("listed", ())), "found": list(detail.get("found", ())),
        "here": one.stands or _("in the folder itself"), "again": bool(one.stands and one.stands.startswith("refused/") and one.reason != Refusal.LINK),
        "both": one.reason == Refusal.META_FILES,
    }  # fmt: skip


def adding(home: Home, now: datetime) -> Shown:
    """How pages are added to an envelope or to a batch: files, a scanner, two passes put together."""
    scanners = queries.scanners(active=True)
    form = forms.ScanForm(formdata=None)
    form.offer(scanners)
    form.remember(queries.last_asked(current_actor().id))
    kind = {"envelope": home.envelope} if home.envelope else {"batch": home.batch}
    return {
        "files_form": forms.FilesForm(formdata=None), "files_url": url_for("doors.add_files", **kind), "begin_url": url_for("doors.begin", **kind),
        "scan_form": form, "scan_url": url_for("doors.ask", **kind), "scanners": scanners, "most": MOST_BYTES, "chunk": CHUNK_BYTES,
        "uploads": [upload(one, owner) for one, owner in queries.open_uploads(home)], "jobs": [job(one) for one in queries.jobs_of(home, 5)],
        "number": home.number, "now": now,
    }  # fmt: skip
