"""One form for one content (RFC 8785), so that digests agree wherever they are computed."""

import hashlib

import rfc8785


def canonical(value: object) -> bytes:
    """The canonical JSON bytes of a value."""
    return rfc8785.dumps(value)  # type: ignore[arg-type]  # its own JSON type is narrower than ours


def digest(value: object) -> str:
    """SHA-256, in hexadecimal, of the canonical form."""
    return hashlib.sha256(canonical(value)).hexdigest()
