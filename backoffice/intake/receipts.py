"""Signed receipts: with one, an applicant can prove years later what was received, and when."""

import json
from datetime import UTC, datetime
from uuid import UUID

from backoffice.core import signing
from backoffice.core.signing import make_key, public_keys
from backoffice.intake.models import Submission

__all__ = ["holds", "instant", "make_key", "public_keys", "sign"]


def instant(at: datetime) -> str:
    """An instant as the API writes it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def sign(receipt_id: UUID, submission_id: UUID, received_at: datetime, sequence: int, content_sha256: str) -> str:
    """The receipt's compact JWS (Ed25519)."""
    payload = {
        "receipt_id": str(receipt_id), "submission_id": str(submission_id), "received_at": instant(received_at),
        "sequence": sequence, "content_sha256": content_sha256,
    }  # fmt: skip
    return signing.sign(json.dumps(payload).encode())


def holds(submission: Submission) -> bool:
    """Whether a receipt's signature is ours and says what was kept."""
    read = signing.signed(submission.jws)
    if read is None:
        return False
    said = json.loads(read)
    return bool(
        said["receipt_id"] == str(submission.receipt_id)
        and said["submission_id"] == str(submission.id)
        and said["sequence"] == submission.sequence
        and said["content_sha256"] == submission.content_sha256
        and said["received_at"] == instant(submission.received_at)
    )
