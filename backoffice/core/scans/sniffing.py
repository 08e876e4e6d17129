"""What a file is by its first bytes, whatever its name says; nothing here decodes anything."""

from pathlib import Path, PurePath
from typing import BinaryIO

from backoffice.core.scans.values import Refusal, Refused

HEAD = 4096
_PIECE = 1024 * 1024
ACCEPTED = {
    "pdf": "application/pdf",
    "tiff": "image/tiff",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "jp2": "image/jp2",
}
_SUFFIXES = {
    ".pdf": "pdf", ".tif": "tiff", ".tiff": "tiff", ".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".png": "png",
    ".webp": "webp", ".jp2": "jp2", ".jpx": "jp2", ".j2k": "jp2", ".html": "html", ".htm": "html", ".svg": "svg",
    ".xml": "xml", ".heic": "heic", ".heif": "heic", ".avif": "avif", ".gif": "gif", ".bmp": "bmp", ".zip": "zip",
    ".exe": "executable", ".ps": "postscript", ".eps": "postscript", ".rtf": "rtf", ".php": "script", ".js": "script",
    ".sh": "script",
}  # fmt: skip
_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (b"\xff\x4f\xff\x51", "jp2"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"MZ", "executable"),
    (b"\x7fELF", "executable"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"%!PS", "postscript"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"#!", "script"),
)
_BRANDS = {b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"msf1": "heic", b"avif": "avif", b"avis": "avif"}
_MARKUP = ((b"<!doctype html", "html"), (b"<html", "html"), (b"<svg", "svg"), (b"<!doctype svg", "svg"),
           (b"<head", "html"), (b"<body", "html"), (b"<script", "html"), (b"<?php", "script"))  # fmt: skip

# The EICAR test string, which every anti-virus knows; in two halves so that this file is not taken for one.
_EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def sniff(head: bytes) -> str | None:
    """The kind of file that begins with `head`, by content alone; None where nothing is recognised."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12])
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return _markup(text.lower()) or ("pdf" if b"%PDF-" in head[:1024] else None)


def _markup(text: bytes) -> str | None:
    for start, kind in _MARKUP:
        if text.startswith(start):
            return kind
    if text.startswith((b"<?xml", b"<!--")):
        return next((kind for start, kind in _MARKUP if start in text[:1024]), "xml")
    return None


def named_kind(name: str) -> str | None:
    """The kind of file a name claims by its suffix."""
    return _SUFFIXES.get(PurePath(name).suffix.lower())


def recognise(path: Path, name: str, max_bytes: int) -> tuple[str, tuple[str, ...]] | Refused:
    """The accepted kind a file holds and what its name gets wrong, or why it goes no further."""
    size = path.stat().st_size
    if size == 0:
        return Refused(Refusal.EMPTY, "zero bytes")
    if size > max_bytes:
        return Refused(Refusal.TOO_LARGE, f"{size} bytes, at most {max_bytes}")
    with path.open("rb") as file:
        head = file.read(HEAD)
        if _EICAR in head or _holds_eicar(file, head[-len(_EICAR) :]):
            return Refused(Refusal.MALWARE_PATTERN, "EICAR anti-virus test pattern")
    return _agreed(sniff(head), named_kind(name))


def _holds_eicar(file: BinaryIO, before: bytes) -> bool:
    """Looked for piece by piece: the largest file costs whoever asks no more memory than the smallest."""
    while piece := file.read(_PIECE):
        if _EICAR in before + piece:
            return True
        before = piece[-len(_EICAR) :]
    return False


def _agreed(held: str | None, named: str | None) -> tuple[str, tuple[str, ...]] | Refused:
    if held is None:
        return Refused(Refusal.NOT_READABLE, "content of no known kind")
    if held not in ACCEPTED:
        disguised = named is not None and named != held
        return Refused(Refusal.WRONG_TYPE if disguised else Refusal.UNSUPPORTED, f"content is {held}")
    if named is not None and named not in ACCEPTED:
        return Refused(Refusal.WRONG_TYPE, f"named {named}, content is {held}")
    return held, ("name_differs",) if named not in (None, held) else ()
