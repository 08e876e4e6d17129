"""The exact path of an opening day: a batch of online applications stamped, signed, kept and put on the trail by two statements.

It speaks to the driver and not to the mapper, which costs five times as much (docs/decisions/0007). What is not plain here
(no window open at that instant) is left to `receiving`, which knows every rule.
"""

from collections.abc import Sequence
from uuid import UUID, uuid4

from psycopg import Connection

from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.events import GENESIS, SEALING, chain_digest
from backoffice.intake import acknowledgments, receipts
from backoffice.intake.errors import SubmissionConflict
from backoffice.intake.events import SubmissionReceived, submission_subject
from backoffice.intake.values import Answer, Arriving, Stamp

RECEIVED = "intake.SubmissionReceived"

_ARRIVE = """
SELECT a.place, a.window_code, a.sequence, a.received_at FROM pg_advisory_xact_lock_shared(%s), arrive(%b::text[], %b::timestamptz[]) a
"""

_KEEP = f"""
WITH arriving AS (
    SELECT * FROM unnest(%b::uuid[], %b::bigint[], %b::timestamptz[], %b::date[], %b::text[], %b::text[], %b::text[], %b::text[], %b::uuid[], %b::text[],
                         %b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
    AS a(id, sequence, received_at, day, programme, window_code, content, sha256, receipt_id, jws, fact, by_kind, by_id, by_label, digest)
), fresh AS (
    INSERT INTO submission (id, sequence, received_at, legal_received_on, channel, programme, window_code, content, raw, content_sha256, receipt_id, jws, state)
    SELECT id, sequence, received_at, day, 'online', programme, window_code, content::jsonb, convert_to(content, 'UTF8'), sha256, receipt_id, jws, 'pending'
    FROM arriving ORDER BY sequence ON CONFLICT (id) DO NOTHING RETURNING id
), heads AS (
    INSERT INTO chain_head (subject_kind, subject_id, position, digest) SELECT 'submission', id::text, 1, digest FROM arriving JOIN fresh USING (id)
), facts AS (
    INSERT INTO event (subject_kind, subject_id, position, kind, data, by_kind, by_id, by_label, at, previous, digest)
    SELECT 'submission', id::text, 1, '{RECEIVED}', fact::jsonb, by_kind, by_id, by_label, received_at, '{GENESIS}', digest FROM arriving JOIN fresh USING (id)
)
SELECT id FROM fresh
"""  # noqa: S608 - two constants of ours, nothing that anybody sends


def write(connection: Connection, batch: Sequence[Arriving]) -> list[Answer | SubmissionConflict | None]:
    """Keep a batch in its order, in the caller's transaction: an answer for each, or None where `receiving` must look closer.

    The same application again gets its first acknowledgment with its present state; another content under its identifier
    is a conflict. Durable, and to be told to anybody, once the caller has committed.
    """
    stamped = {
        place - 1: (code, Stamp(sequence, received_at))
        for place, code, sequence, received_at in connection.execute(_ARRIVE, [SEALING, [one.programme for one in batch], [one.at for one in batch]])
    }
    rows = {place: _row(batch[place], code, stamp) for place, (code, stamp) in stamped.items()}
    fresh = (
        {row[0] for row in connection.execute(_KEEP, [list(column) for column in zip(*(r.columns for r in rows.values()), strict=True)])}
        if rows
        else set()
    )
    answers: list[Answer | SubmissionConflict | None] = [None] * len(batch)
    again = [place for place in range(len(batch)) if place not in rows or batch[place].submission_id not in fresh]
    for place, row in rows.items():
        if batch[place].submission_id in fresh:
            fresh.discard(batch[place].submission_id)  # the same one twice in a batch is new once
            answers[place] = Answer(201, row.body)
        elif place not in again:
            again.append(place)
    return _known(connection, batch, again, answers)


def _known(
    connection: Connection, batch: Sequence[Arriving], places: Sequence[int], answers: list[Answer | SubmissionConflict | None]
) -> list[Answer | SubmissionConflict | None]:
    """Answer those that were kept before."""
    known = acknowledgments.of(connection, [batch[place].submission_id for place in places]) if places else {}
    for place in places:
        found = known.get(batch[place].submission_id)
        if found is not None:
            same = found.content_sha256 == batch[place].content_sha256
            answers[place] = Answer(200, found.body) if same else SubmissionConflict()
    return answers


class _Row:
    """One arrival as its statement and its sender need it."""

    __slots__ = ("body", "columns")

    def __init__(self, columns: tuple[object, ...], body: dict[str, object]) -> None:
        self.columns, self.body = columns, body


def _row(one: Arriving, window_code: str, stamp: Stamp) -> _Row:
    receipt_id = uuid4()
    jws = receipts.sign(receipt_id, one.submission_id, stamp.received_at, stamp.sequence, one.content_sha256)
    fact = SubmissionReceived(str(one.submission_id), stamp.sequence, "online", window_code, one.content_sha256)
    digest = chain_digest(GENESIS, submission_subject(one.submission_id), 1, RECEIVED, vars(fact), one.by, stamp.received_at)
    columns = (
        one.submission_id, stamp.sequence, stamp.received_at, montreal_day(stamp.received_at), one.programme, window_code, one.text, one.content_sha256,
        receipt_id, jws, acknowledgments.encode(vars(fact)), *_author(one.by), digest,
    )  # fmt: skip
    return _Row(columns, acknowledgments.pending(one.submission_id, window_code, _receipt(receipt_id, stamp, one.content_sha256, jws)))


def _author(by: Actor) -> tuple[str, str, str]:
    return by.kind.value, by.id, by.label


def _receipt(receipt_id: UUID, stamp: Stamp, content_sha256: str, jws: str) -> dict[str, object]:
    return {
        "receipt_id": str(receipt_id), "received_at": receipts.instant(stamp.received_at), "sequence": stamp.sequence,
        "content_sha256": content_sha256, "jws": jws,
    }  # fmt: skip
