"""The list that a scanning house puts beside the files of an envelope (metadata.json), read strictly: a person decides about the rest."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from backoffice.core.calendar import montreal_day
from backoffice.mailroom.doors.values import ListedEnvelope, MetaRefused, Piece, Refusal, Unscanned

NAME = "metadata.json"
MOST_BYTES = 4 * 1024 * 1024
LONGEST = {"document_control_number": 40, "file_name": 200, "document_type": 60, "item_type": 60, "notes": 1000}
MOST_ITEMS = 500

TYPES = frozenset(
    {"application", "evidence", "identity", "civil_status", "studies", "work", "language", "payment_form", "change_form", "letter", "other",
     "cherished", "sscs1"}
)  # fmt: skip
"""Types of pieces that scanning houses may name; any other is for a person."""
CLASSES = {
    "new_application": "application",
    "supplementary_evidence": "documents",
    "supplementary_evidence_with_ocr": "documents",
    "payment": "payment",
}
"""What its classification means here; an exception is for a person to understand."""


def read(data: bytes) -> ListedEnvelope:
    """An envelope and its pieces, or MetaRefused with what is wrong."""
    whole = _object(_json(data), "metadata")
    pieces = tuple(_piece(one, n) for n, one in enumerate(_list(whole, "scannable_items", required=True), 1))
    unscanned = tuple(_unscanned(one, n) for n, one in enumerate(_list(whole, "non_scannable_items"), 1))
    payments = tuple(_text(_object(one, f"payments[{n}]"), "document_control_number") for n, one in enumerate(_list(whole, "payments"), 1))
    listed = ListedEnvelope(
        name=_text(whole, "zip_file_name", longest=200), delivered_on=_day(whole, "delivery_date"), classification=_text(whole, "envelope_classification", longest=60),
        case_number=_text(whole, "case_number", required=False, longest=40), rescan_for=_text(whole, "rescan_for", required=False, longest=200),
        pieces=pieces, payments=payments, unscanned=unscanned,
    )  # fmt: skip
    _check_numbers(listed)
    _check_types(listed)
    return listed


def _json(data: bytes) -> object:
    if len(data) > MOST_BYTES:
        raise MetaRefused(Refusal.META_JSON)
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as fault:
        raise MetaRefused(Refusal.META_JSON) from fault


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise MetaRefused(Refusal.META_FIELD, (name,))
    return value


def _list(whole: dict[str, object], name: str, *, required: bool = False) -> list[object]:
    value = whole.get(name)
    if value is None and not required:
        return []
    if not isinstance(value, list) or len(value) > MOST_ITEMS or (required and not value):
        raise MetaRefused(Refusal.META_FIELD, (name,))
    return value


def _text(whole: dict[str, object], name: str, *, required: bool = True, longest: int | None = None) -> str:
    value = whole.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str) or (required and not value.strip()) or not value.isprintable():
        raise MetaRefused(Refusal.META_FIELD, (name,))
    if len(value) > (longest or LONGEST.get(name, 200)):
        raise MetaRefused(Refusal.META_TOO_LONG, (name,))
    return value.strip()


def _day(whole: dict[str, object], name: str) -> date:
    """The day of delivery is the legal day: it is said, and it is a day; an instant means the day it has here."""
    text = _text(whole, name, longest=40)
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00(\.0+)?Z", text) or len(text) == len("2016-06-13"):
            return date.fromisoformat(text[:10])  # a bare day, as the houses write it
        moment = datetime.fromisoformat(text)
        return montreal_day(moment) if moment.tzinfo else moment.date()
    except ValueError as fault:
        raise MetaRefused(Refusal.META_FIELD, (name,)) from fault


def _piece(value: object, number: int) -> Piece:
    one = _object(value, f"scannable_items[{number}]")
    name = _text(one, "file_name")
    if "/" in name or "\\" in name or name.startswith("."):
        raise MetaRefused(Refusal.META_FIELD, ("file_name",))
    return Piece(_text(one, "document_control_number"), name, _text(one, "document_type"), _text(one, "notes", required=False))


def _unscanned(value: object, number: int) -> Unscanned:
    one = _object(value, f"non_scannable_items[{number}]")
    return Unscanned(_text(one, "document_control_number"), _text(one, "item_type"), _text(one, "notes", required=False))


def _check_numbers(listed: ListedEnvelope) -> None:
    """A control number stands for one piece."""
    counted = Counter(piece.control_number for piece in listed.pieces)
    if twice := tuple(sorted(number for number, times in counted.items() if times > 1)):
        raise MetaRefused(Refusal.META_DUPLICATE, twice)


def _check_types(listed: ListedEnvelope) -> None:
    if unknown := tuple(sorted({piece.document_type for piece in listed.pieces if piece.document_type.casefold() not in TYPES})):
        raise MetaRefused(Refusal.META_TYPE, unknown)


def check_files(listed: ListedEnvelope, present: Sequence[str]) -> None:
    """The files listed are the files that came: none missing, none more, none twice."""
    names = [piece.file_name for piece in listed.pieces]
    if sorted(names) != sorted(present):
        raise MetaRefused(Refusal.META_FILES, tuple(sorted(names)), tuple(sorted(present)))
