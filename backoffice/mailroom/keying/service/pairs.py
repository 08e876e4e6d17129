"""What is keyed twice, and how the two passes are put side by side."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from backoffice.core import formats
from backoffice.core.db import db
from backoffice.fees import queries as fee_queries
from backoffice.fees.states import ReceiptState
from backoffice.mailroom.keying import comparing
from backoffice.mailroom.keying.models import KeyingPair
from backoffice.mailroom.keying.values import LISTED, Compared, Critical
from backoffice.mailroom.models import Envelope, Keying

GONE = {ReceiptState.RETURNED, ReceiptState.REVERSED}


def passes(fields: Mapping[str, str], marks: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """What a pass says of some fields."""
    return {name: comparing.said(fields, marks, name) for name in names}


def to_key_twice(keying: Keying, drawn: set[Critical]) -> list[str]:
    """The fields that a second clerk keys: critical, drawn, and not settled by two people already."""
    said = passes(keying.fields, keying.marks, comparing.critical_fields(keying.fields))
    wanted = [name for name, value in said.items() if name != comparing.AMOUNT or value]
    return [name for name in wanted if comparing.critical_of(name) in drawn and keying.agreed.get(name) != said[name]]


def keep(keying: Keying, compared: Iterable[Compared], second_by: int | None, *, at: datetime) -> list[KeyingPair]:
    """Both readings of each field, kept as they were."""
    assert keying.finished_by_id is not None  # compared only after the first pass
    kept = [
        KeyingPair(
            envelope_id=keying.envelope_id, field=one.name, critical=one.critical, first_value=one.first, second_value=one.second,
            first_by_id=keying.finished_by_id, second_by_id=second_by, agreed=one.agreed, compared_at=at,
        )
        for one in compared
    ]  # fmt: skip
    db.session.add_all(kept)
    db.session.flush()
    return kept


def listed_cents(number: str) -> int:
    """The money that two people listed with the envelope and that is still here."""
    return sum(one.amount_cents for one in fee_queries.receipts_of_envelope(number) if one.state not in GONE)


def listed_otherwise(keying: Keying, envelope: Envelope, *, at: datetime) -> int | None:
    """The cents listed with the envelope when the form says another amount; nothing once a third look has settled that."""
    typed = keying.fields.get(comparing.AMOUNT, "")
    keyed, listed = comparing.cents(typed), listed_cents(envelope.number)
    if not keyed or keyed == listed or keying.agreed.get(LISTED) == typed:
        return None
    keep(keying, [Compared(comparing.AMOUNT, Critical.AMOUNTS, typed, formats.money(listed), agreed=False)], None, at=at)
    return listed
