"""The product's own signature (Ed25519, JWS): on receipts, and on what proves a delivery. Anybody checks it with the public keys."""

import json
import warnings
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import OKPKey

from backoffice.core.settings import settings

ALGORITHMS = ["EdDSA"]

# The contract names EdDSA (RFC 8037), which every checker knows; RFC 9864's newer name for the same thing is not asked for.
warnings.filterwarnings("ignore", message="EdDSA is deprecated", category=SecurityWarning)


def sign(payload: bytes) -> str:
    """A compact JWS of these bytes, by the newest key."""
    key = keys()[-1]
    return jws.serialize_compact({"alg": "EdDSA", "kid": str(key.kid)}, payload, key, algorithms=ALGORITHMS)


def signed(compact: str) -> bytes | None:
    """What a JWS says, if one of our keys signed it."""
    for key in keys():
        try:
            return bytes(jws.deserialize_compact(compact, key, algorithms=ALGORITHMS).payload)
        except (JoseError, ValueError):  # not this key, or no signature at all
            continue
    return None


def public_keys() -> dict[str, object]:
    """Every key that ever signed something, for those who check it (RFC 7517)."""
    return {"keys": [{**key.as_dict(private=False), "kid": key.kid, "alg": "EdDSA", "use": "sig"} for key in keys()]}


def make_key(folder: Path) -> Path:
    """Make a signing key; the newest one signs, the older ones stay to check what they signed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = OKPKey.generate_key("Ed25519", private=True)
    path = folder / f"receipt-{datetime.now(UTC):%Y%m%d%H%M%S}-{key.thumbprint()[:8]}.json"
    path.write_text(json.dumps(key.as_dict(private=True)))
    path.chmod(0o600)
    return path


@cache
def keys() -> list[OKPKey]:
    """The signing keys, the oldest first."""
    folder = settings().keys_folder
    paths = sorted(folder.glob("receipt-*.json"))
    if not paths:
        raise RuntimeError(f"no signing key in {folder}: run `backoffice keys new`")
    found = []
    for path in paths:
        key = OKPKey.import_key(json.loads(path.read_text()))
        key.ensure_kid()
        found.append(key)
    return found
