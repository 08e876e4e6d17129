"""What a declaration says, gathered from the record: every file with its digest, every envelope with its counts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from backoffice.core.calendar import montreal_day
from backoffice.mailroom import queries as room
from backoffice.mailroom.balancing import OURS
from backoffice.mailroom.custody import rules
from backoffice.mailroom.custody.models import ScanDeclaration
from backoffice.mailroom.custody.values import PageToLook
from backoffice.mailroom.models import Envelope, Scan
from backoffice.mailroom.states import ScanState

Json = dict[str, object]


def content(declaration: ScanDeclaration, envelopes: Sequence[Envelope], batch: str, operator: str, at: datetime) -> Json:
    """All that the operator signs."""
    procedure = rules.procedure_on(montreal_day(at))
    files = files_of(envelopes)
    listed = [_envelope(one) for one in envelopes]
    return {
        "declaration": declaration.number, "batch": batch, "operator": operator, "declared_at": _instant(at),
        "procedure": {"version": procedure.version, "process": procedure.process, "guarantees": procedure.guarantees, "source": procedure.source},
        "original_format": "papier", "kept_format": "fichier reçu du numériseur, gardé tel quel", "envelopes": listed, "files": files,
        "made_with": sorted({text for one in files for text in [_made_with(one["made_with"])] if text}),
        "totals": {
            "envelopes": len(listed), "sheets": sum(int(str(one["sheets"])) for one in listed), "pages": sum(int(str(one["pages"])) for one in listed),
            "files": len(files),
        },
    }  # fmt: skip


def _envelope(one: Envelope) -> Json:
    balance = room.balance(one)
    return {
        "number": one.number, "received_on": one.legal_received_on.isoformat(), "sheets": balance.sheets, "pages": balance.scanned, "filed": balance.filed,
        "excluded": balance.excluded,
    }  # fmt: skip


def files_of(envelopes: Sequence[Envelope]) -> list[Json]:
    """Every original file behind the pages of these envelopes, each once, with its digest and the pages that come from it."""
    scans = {scan.id: scan for one in envelopes for scan in one.scans}
    others = {page.scan_id for one in envelopes for page in one.pages} - set(scans)
    scans |= {scan.id: scan for scan in room.scans_by_id(others)}
    pages = [page.scan_id for one in envelopes for page in one.pages]
    kept = (scan for scan in scans.values() if scan.state in {ScanState.READ, ScanState.SET_ASIDE})
    return [_file(scan, pages.count(scan.id)) for scan in sorted(kept, key=lambda scan: scan.id)]


def _file(scan: Scan, pages: int) -> Json:
    made_with = {str(name): str(value) for name, value in sorted(scan.made_with.items())}
    return {
        "sha256": scan.sha256, "name": scan.filename, "bytes": scan.size, "media_type": scan.media_type or "", "door": scan.door,
        "arrived_at": _instant(scan.arrived_at), "sides": scan.sides, "pages": pages, "made_with": made_with,
    }  # fmt: skip


def _made_with(value: object) -> str:
    return ", ".join(f"{name} {said}" for name, said in value.items()) if isinstance(value, dict) else ""


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def pages_to_look(envelopes: Iterable[Envelope]) -> list[PageToLook]:
    """The pages of the contents: sheets of our own are nobody's original."""
    return [
        PageToLook(page.id, f"{one.number}/{page.document_id or ''}", page.position, page.picture_sha256)
        for one in envelopes
        for page in one.pages
        if page.excluded_reason not in OURS
    ]
