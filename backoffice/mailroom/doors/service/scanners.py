"""The list of scanners: added by those who keep the registers, checked, taken out of use."""

import re
from datetime import datetime
from urllib.parse import urlsplit

from backoffice.core import events
from backoffice.core.actors import Actor
from backoffice.core.db import db
from backoffice.mailroom.doors import queries, sane
from backoffice.mailroom.doors.errors import NotADevice, NotAnAddress, ScannerInUse, ScannerKnown
from backoffice.mailroom.doors.events import ScannerAdded, ScannerRestored, ScannerRetired, scanner_subject
from backoffice.mailroom.doors.models import Scanner
from backoffice.mailroom.doors.values import Abilities, Fault, ScannerKind

_FORBIDDEN = ("169.254.169.254", "0.0.0.0", "[fd00:ec2::254]")  # noqa: S104 - refused, not listened on
"""Addresses at which no scanner stands, but what a machine tells about itself."""


def add_scanner(name: str, kind: ScannerKind, address: str, *, by: Actor, at: datetime) -> Scanner:
    """Put a scanner in the list: from then on it may be spoken to, and no other address ever is."""
    clean = _network_address(address) if kind is ScannerKind.ESCL else _device(address)
    if queries.scanner_like(name, clean):
        raise ScannerKnown
    made = Scanner(name=name, kind=kind, address=clean, active=True, abilities={}, added_at=at, added_by_id=by.id)
    db.session.add(made)
    db.session.flush()
    events.record(scanner_subject(made.id), ScannerAdded(made.id, kind.value), by=by, at=at)
    return made


def _network_address(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as fault:
        raise NotAnAddress from fault
    strange = parts.query or parts.fragment or parts.username is not None or re.search(r"[^\w./~-]|\.\.", parts.path, re.ASCII)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or strange or not re.fullmatch(r"[a-z0-9.:_-]{1,253}", host) or host in _FORBIDDEN:
        raise NotAnAddress
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/') or '/eSCL'}"


def _device(text: str) -> str:
    if not sane.is_device(text.strip()):
        raise NotADevice
    return text.strip()


def note_check(scanner_id: int, found: Abilities | Fault, *, at: datetime) -> Scanner:
    """Keep what a scanner said of itself, or why it did not answer; what it said before stays."""
    scanner = queries.scanner(scanner_id)
    scanner.checked_at = at
    if isinstance(found, Abilities):
        scanner.abilities, scanner.check_fault = found.plain(), None
    else:
        scanner.check_fault = found.value
    return scanner


def retire_scanner(scanner_id: int, *, active: bool, by: Actor, at: datetime) -> Scanner:
    """Take a scanner out of use, or back into it; its jobs stay in the trail."""
    scanner = queries.scanner(scanner_id)
    if not active and (busy := queries.job_under_way(scanner_id)):
        raise ScannerInUse(busy.home.number)
    if scanner.active != active:
        scanner.active = active
        fact = ScannerRestored(scanner_id) if active else ScannerRetired(scanner_id)
        events.record(scanner_subject(scanner_id), fact, by=by, at=at)
    return scanner
