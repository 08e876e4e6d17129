"""Signed receipts: with one, an applicant can prove years later what was received, and when."""

import json
import warnings
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from backoffice.core.settings import settings
from backoffice.intake.models import Submission

ALGORITHMS = ["EdDSA"]

# The contract names EdDSA (RFC 8037), which every checker knows; RFC 9864's newer name for the same thing is not asked for.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)


def instant(at: datetime) -> str:
    """An instant as the API writes it: UTC, to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def sign(receipt_id: UUID, submission_id: UUID, received_at: datetime, sequence: int, content_sha256: str) -> str:
    """The receipt's compact JWS (Ed25519)."""
    payload = {
        "receipt_id": str(receipt_id), "submission_id": str(submission_id), "received_at": instant(received_at),
        "sequence": sequence, "content_sha256": content_sha256,
    }  # fmt: skip
    key = _keys()[-1]
    return jws.serialize_compact({"alg": "EdDSA", "kid": str(key.kid)}, json.dumps(payload).encode(), key, algorithms=ALGORITHMS)


def holds(submission: Submission) -> bool:
    """Whether a receipt's signature is ours and says what was kept."""
    for key in _keys():
        try:
            read = jws.deserialize_compact(submission.jws, key, algorithms=ALGORITHMS)
        except Exception:  # noqa: BLE001, S112 - any failure to verify is one answer: not this key
            continue
        said = json.loads(read.payload)
        return bool(
            said["receipt_id"] == str(submission.receipt_id)
            and said["submission_id"] == str(submission.id)
            and said["sequence"] == submission.sequence
            and said["content_sha256"] == submission.content_sha256
            and said["received_at"] == instant(submission.received_at)
        )
    return False


def public_keys() -> dict[str, object]:
    """Every key that ever signed a receipt, for those who check one (RFC 7517)."""
    return {"keys": [{**key.as_dict(private=False), "kid": key.kid, "alg": "EdDSA", "use": "sig"} for key in _keys()]}


def make_key(folder: Path) -> Path:
    """Make a signing key; the newest one signs, the older ones stay to check what they signed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = OKPKey.generate_key("Ed25519", private=True)
    path = folder / f"receipt-{datetime.now(UTC):%Y%m%d%H%M%S}-{key.thumbprint()[:8]}.json"
    path.write_text(json.dumps(key.as_dict(private=True)))
    path.chmod(0o600)
    return path


@cache
def _keys() -> list[OKPKey]:
    folder = settings().keys_folder
    paths = sorted(folder.glob("receipt-*.json"))
    if not paths:
        raise RuntimeError(f"no signing key in {folder}: run `backoffice keys new`")
    keys = []
    for path in paths:
        key = OKPKey.import_key(json.loads(path.read_text()))
        key.ensure_kid()
        keys.append(key)
    return keys
