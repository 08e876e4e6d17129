"""Reading what mail servers send back: delivery reports (RFC 3464), and bounces that do not keep to any form.

All of it comes from strangers: sizes are bounded, nothing is rendered, what is kept is plain text in one line.
"""

import email
import re
from collections.abc import Iterator
from email.message import Message as Mail
from email.policy import compat32
from itertools import islice

from backoffice.mail.delivery import rules, tokens
from backoffice.mail.delivery.values import Report, Severity

LIMIT = 1024 * 1024
"""A report longer than this is cut before it is read: what it says stands at its beginning."""

MOST_PARTS = 40
LONGEST_PART, LONGEST_LINE = 64 * 1024, 1000
LONGEST_TEXT = 500

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
_MESSAGE_ID = re.compile(r"<[^<>\s@]{1,200}@[^<>\s@]{1,200}>")
_FIELD = re.compile(
    r"^(final-recipient|original-recipient|action|status|diagnostic-code)[ \t]*:[ \t]*(.+?(?:\r?\n[ \t].+?)*)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_DELAYED = re.compile(r"delay|warning: could not send|retard|encore essay", re.IGNORECASE)
_DEAD = re.compile(
    r"user unknown|unknown user|no such (?:user|recipient|mailbox|address)|does not exist|mailbox (?:unavailable|not found)|address rejected|"
    r"invalid recipient|account (?:disabled|closed)|utilisateur inconnu|n['’]existe pas|adresse (?:inconnue|invalide|introuvable)|"
    r"bo[iî]te (?:inexistante|d[ée]sactiv[ée]e)|destinataire (?:inconnu|introuvable)",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"mailbox (?:is )?full|over quota|quota exceeded|bo[iî]te (?:aux lettres |de r[ée]ception )?(?:est )?pleine|quota d[ée]pass[ée]", re.IGNORECASE
)


def read(raw: bytes) -> Report:
    """What a returned mail says; whatever it is, something comes out, if only that nothing was understood."""
    try:
        return _read(email.message_from_bytes(raw[:LIMIT], policy=compat32))
    except Exception as fault:  # noqa: BLE001 - strangers write these: one that breaks the parser is kept for a person like any other
        return Report(Severity.NOTICE, "", "unreadable", type(fault).__name__, "", (), (), by_person=True)


def _read(mail: Mail) -> Report:
    texts = list(islice(_texts(mail), MOST_PARTS))
    whole = "\n".join(texts)
    fields = _fields(texts)
    action, status = _verdict(mail, fields, whole)
    addressed = "\n".join([*_headers(mail, "to", "delivered-to", "x-original-to", "envelope-to"), whole])
    referred = "\n".join([*_headers(mail, "in-reply-to", "references"), whole])
    return Report(
        rules.weigh(action, status), status, action, clean(fields.get("diagnostic-code") or _said(whole)), _recipient(mail, fields, whole),
        tokens.found(addressed), tuple(dict.fromkeys(_MESSAGE_ID.findall(referred)))[:20], by_person=_by_person(mail),
    )  # fmt: skip


def _by_person(mail: Mail) -> bool:
    """Neither a report nor an automatic answer: somebody wrote, and is not to be taken for a machine."""
    return not (
        _by_machine(mail) or str(mail.get("Auto-Submitted", "no")).strip().lower() != "no" or mail.get("X-Autoreply") or mail.get("Precedence")
    )


def _by_machine(mail: Mail) -> bool:
    return _by_server(mail) or str(mail.get("Return-Path", "")).strip() == "<>"


def _by_server(mail: Mail) -> bool:
    senders = f"{mail.get('From', '')} {mail.get('Sender', '')}".lower()
    by_name = "mailer-daemon" in senders or "postmaster@" in senders
    return by_name or mail.get_content_type() == "multipart/report" or bool(mail.get("X-Failed-Recipients"))


def clean(text: str) -> str:
    """One line of plain text, without marks, control characters and what reads backwards; bounded."""
    bare = re.sub(r"<[^<>]{0,2000}>", lambda m: m[0] if _ADDRESS.search(m[0]) else " ", text[:4000])
    bare = "".join(" " if c.isspace() else c for c in bare if c.isprintable() or c.isspace())
    bare = re.sub("[\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}]", "", bare)
    return " ".join(bare.split())[:LONGEST_TEXT]


def _texts(mail: Mail) -> Iterator[str]:
    """The readable parts: text, the fields of a report, and the headers of what was returned; never an attachment's bytes."""
    for part in islice(mail.walk(), MOST_PARTS):
        kind = part.get_content_type()
        if kind in {"message/delivery-status", "message/rfc822", "message/global", "message/global-delivery-status"}:
            yield _headers_of_parts(part)
        elif kind.startswith("text/") or kind in {"message/rfc822-headers", "message/feedback-report"}:
            yield _decoded(part)


def _headers_of_parts(part: Mail) -> str:
    """Groups of fields, as they stand: a well formed report was read as messages, a badly formed one as text."""
    inner = part.get_payload()
    if isinstance(inner, list):
        return _bounded(
            "\n\n".join("\n".join(f"{name}: {value}" for name, value in one.items()) for one in inner[:MOST_PARTS] if isinstance(one, Mail))
        )
    return _decoded(part)


def _decoded(part: Mail) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return _bounded(str(part.get_payload())) if isinstance(part.get_payload(), str) else ""
    charset = part.get_content_charset() or "utf-8"
    try:
        return _bounded(raw.decode(charset, "replace"))
    except LookupError:
        return _bounded(raw.decode("latin-1"))


def _bounded(text: str) -> str:
    """So much of a text as an honest report has: no pattern below is ever given a line without end."""
    return "\n".join(line.rstrip()[:LONGEST_LINE] for line in text[:LONGEST_PART].splitlines())


def _headers(mail: Mail, *names: str) -> list[str]:
    return [str(value)[:2000] for name in names for value in mail.get_all(name, [])]


def _fields(texts: list[str]) -> dict[str, str]:
    """The fields of the first recipient that failed, wherever they stand: some servers put them into plain text."""
    best: dict[str, str] = {}
    for text in texts:
        for group in re.split(r"\r?\n[ \t]*\r?\n", text):
            found = {name.lower(): " ".join(value.split()) for name, value in _FIELD.findall(group)}
            if not {"action", "status"} & set(found):
                continue
            if found.get("action", "").lower() == "failed":
                return found
            best = best or found
    return best


def _verdict(mail: Mail, fields: dict[str, str], whole: str) -> tuple[str, str]:
    """Action and status; read from the words when no field says them."""
    status = rules.status_in(fields.get("status", "")) or rules.status_in(fields.get("diagnostic-code", ""))
    action = fields.get("action", "").split(" ")[0].lower()
    if action or status:
        return action or ("delayed" if status.startswith("4") and _DELAYED.search(str(mail.get("Subject", ""))) else "failed"), status
    if _DELAYED.search(str(mail.get("Subject", ""))):
        return "delayed", rules.status_in(whole)
    if _by_machine(mail) and _FULL.search(whole):
        return "failed", "5.2.2"
    if _by_machine(mail) and _DEAD.search(whole):
        return "failed", rules.status_in(whole) or "5.1.1"
    status = rules.status_in(whole)
    if not _by_server(mail) and not (status and _by_machine(mail)):
        return "unknown", ""  # an absence, a thank-you: whatever it is, it is no failure
    return "failed", status


def _recipient(mail: Mail, fields: dict[str, str], whole: str) -> str:
    """The address that failed: as first written, else as last tried, else the first one after a known phrase."""
    for name in ("original-recipient", "final-recipient"):
        if found := _ADDRESS.search(fields.get(name, "").partition(";")[2] or fields.get(name, "")):
            return found[0].lower()
    for header in _headers(mail, "x-failed-recipients"):
        if found := _ADDRESS.search(header):
            return found[0].lower()
    said = re.search(r"^\s*<(" + _ADDRESS.pattern + r")>\s*:?", whole, re.MULTILINE) or _ADDRESS.search(whole)
    return (said[1] if said and said.lastindex else said[0] if said else "").lower()


def _said(whole: str) -> str:
    """The line that says what went wrong, else the first one."""
    lines = [line.strip() for line in whole.splitlines() if line.strip()]
    telling = [line for line in lines if _DEAD.search(line) or _FULL.search(line) or rules.status_in(line)]
    return (telling or lines or [""])[0]
