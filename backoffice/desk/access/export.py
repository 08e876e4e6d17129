"""A person's whole file in one ZIP that opens without the product: a page to read, everything as data, the files, their digests.

Files pass one after the other through a temporary folder, so that a large file takes little memory. What is left out is
listed with its ground and its day; nothing disappears in silence.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from flask import render_template
from flask_babel import force_locale
from sqlalchemy import select

from backoffice.cases import queries as case_queries
from backoffice.cases.models import Case
from backoffice.core import files, verdicts
from backoffice.core.calendar import MONTREAL
from backoffice.core.db import db
from backoffice.core.events import ChainHead, EventRow
from backoffice.desk import timeline
from backoffice.desk.access import rules
from backoffice.desk.access.values import Choice, ItemKind
from backoffice.desk.record import record
from backoffice.documents import queries as document_queries
from backoffice.documents.models import Document, DocumentPage
from backoffice.intake import acknowledgments
from backoffice.intake import queries as intake_queries
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import Message

Json = dict[str, object]
Tell = Callable[[int, int], None]

STORED: Final = (".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".zip")
"""Compressed already."""

ENDINGS: Final = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/tiff": ".tif"}


@dataclass(frozen=True)
class Part:
    """One file of the copy: its name in it, and its digest."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Written:
    """What a copy holds."""

    given: int
    left_out: int
    parts: int


@dataclass
class Copy:
    """The copy being written."""

    zipped: zipfile.ZipFile
    at: datetime
    folder: Path
    parts: list[Part] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def text(self, name: str, content: str) -> Part:
        """A text, in UTF-8."""
        data = content.encode()
        self.zipped.writestr(self._entry(name), data)
        return self._note(Part(name, hashlib.sha256(data).hexdigest(), len(data)))

    def kept(self, name: str, sha256: str) -> Part | None:
        """A kept file, a piece at a time; one in which the antivirus recognised something is named and not carried."""
        if verdicts.is_infected(sha256):
            self.closed.append(name)
            return None
        path = self.folder / "one"
        files.fetch(sha256, path)
        with path.open("rb") as source, self.zipped.open(self._entry(name), "w") as target:
            while piece := source.read(1024 * 1024):
                target.write(piece)
        part = Part(name, sha256, path.stat().st_size)
        path.unlink()
        return self._note(part)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self.at.astimezone(MONTREAL).timetuple()[:6])
        entry.compress_type = zipfile.ZIP_STORED if name.lower().endswith(STORED) else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o600 << 16
        return entry

    def _note(self, part: Part) -> Part:
        self.parts.append(part)
        return part


def write(case: Case, choices: Sequence[Choice], out: Path, *, at: datetime, tell: Tell = lambda _done, _total: None) -> Written:
    """Write the copy of a file; `tell` hears how far it is."""
    given = [one for one in choices if one.given]
    by_kind = {kind: {one.item.ref for one in given if one.item.kind is kind} for kind in ItemKind}
    with TemporaryDirectory(prefix="access-") as folder, zipfile.ZipFile(out, "w") as zipped, force_locale("fr"):
        copy = Copy(zipped, at, Path(folder))
        total, shown = len(given), Shown()
        for done, document in enumerate(_documents(case, by_kind[ItemKind.DOCUMENT]), 1):
            shown.documents.append(_document(copy, done, document))
            tell(done, total)
        for done, message in enumerate(_messages(case, by_kind[ItemKind.MESSAGE]), 1):
            shown.messages.append(_message(copy, done, message))
            tell(len(shown.documents) + done, total)
        shown.notes = [(n.written_at, n.body) for n in reversed(case_queries.notes(case.id)) if str(n.id) in by_kind[ItemKind.NOTE]]
        _data(copy, case, by_kind, shown)
        left_out = [one for one in choices if not one.given]
        _pages(copy, case, shown, left_out)
        tell(total, total)
        return Written(len(given), len(left_out), len(copy.parts))


@dataclass
class Shown:
    """What the page of the copy lists."""

    documents: list[Json] = field(default_factory=list)
    messages: list[Json] = field(default_factory=list)
    notes: list[tuple[datetime, str]] = field(default_factory=list)
    facts: list[Json] = field(default_factory=list)
    whole: Json = field(default_factory=dict)


def _documents(case: Case, refs: Collection[str]) -> Iterator[Document]:
    yield from (one for one in document_queries.documents_of(case.id) if str(one.id) in refs)


def _messages(case: Case, refs: Collection[str]) -> Iterator[Message]:
    yield from (one for one in mail_queries.thread(case.id) if str(one.id) in refs)


def _document(copy: Copy, place: int, one: Document) -> Json:
    """A document: the bytes as they came by the portal, or the pages as they were scanned."""
    name = f"documents/{place:03d}-{_safe(one.title)}"
    if one.sha256:
        parts = [copy.kept(_ended(name, one.filename, one.media_type), one.sha256)]
    else:
        pages = db.session.scalars(select(DocumentPage).where(DocumentPage.document_id == one.id).order_by(DocumentPage.position))
        parts = [copy.kept(f"{name}/page-{page.position:03d}.jpg", page.picture_sha256) for page in pages]
    return {"title": one.title, "received_on": one.received_on, "source": one.source, "parts": [part for part in parts if part]}


def _message(copy: Copy, place: int, one: Message) -> Json:
    """A message as a text, and its files."""
    name = f"messages/{place:03d}-{one.sent_at.astimezone(MONTREAL).date().isoformat()}-{_safe(one.subject)}"
    parts = [copy.text(f"{name}.txt", _as_text(one))]
    for number, file in enumerate(one.attachments, 1):
        if kept := copy.kept(_ended(f"{name}/{number:02d}-{_safe(Path(file.filename).stem)}", file.filename, file.media_type), file.sha256):
            parts.append(kept)
    letter = mail_queries.letter_of(one.id)
    if letter and letter.sha256 not in {file.sha256 for file in one.attachments} and (kept := copy.kept(f"{name}/lettre.pdf", letter.sha256)):
        parts.append(kept)
    return {"subject": one.subject, "language": one.language, "sent_at": one.sent_at, "direction": one.direction.value, "parts": parts}


def _as_text(one: Message) -> str:
    lines = [
        f"De : {'la personne' if one.direction.value == 'in' else 'le ministère'} ({one.author_label})",
        f"Envoyé : {_instant(one.sent_at)}",
        f"Lisible depuis : {_instant(one.readable_at)}",
        f"Ouvert : {_instant(one.opened_at)}",
        f"Objet : {one.subject}",
    ]
    if one.withdrawn_at:
        lines.append(f"Retiré : {_instant(one.withdrawn_at)}")
    translation = f"\n\n--- Traduction ---\n\n{one.translation}" if one.translation else ""
    return "\n".join(lines) + f"\n\n{one.body}{translation}\n"


def _instant(at: datetime | None) -> str:
    return at.astimezone(MONTREAL).isoformat(sep=" ", timespec="seconds") if at else "—"


def _data(copy: Copy, case: Case, by_kind: Mapping[ItemKind, Collection[str]], shown: Shown) -> None:
    """Everything as data: the record, each fact with its digest, and the end of each chain that it stands on."""
    whole = record(case)
    whole["messages"] = [one for one in _list(whole["messages"]) if str(one["id"]) in by_kind[ItemKind.MESSAGE]]
    whole["documents"] = [one for one in _list(whole["documents"]) if str(one["id"]) in by_kind[ItemKind.DOCUMENT]]
    rows = list(reversed(timeline.rows(case)))
    shown.facts = [_fact(row) for row in rows]
    whole["events"] = [{name: fact[name] for name in ("at", "by", "kind", "text")} for fact in shown.facts]
    shown.whole = whole
    copy.text("dossier.json", _json(whole))
    if submission := intake_queries.submission(case.submission_id):
        copy.text("demande.json", submission.raw.decode() if submission.raw else _json(submission.content))
        copy.text("accuse.json", _json(acknowledgments.acknowledgment(submission)))
    copy.text("piste.json", _json({"facts": shown.facts, "heads": _heads(rows)}))


def _fact(row: EventRow) -> Json:
    """One fact; the words of one about somebody else too are left out, its day and its digest are not."""
    ground = rules.usual_ground(row.kind)
    told: Json = {"text": "Visé en partie par l’article 88 de la loi A-2.1"} if ground else {"text": timeline.as_text(row), "data": row.data}
    return {
        "at": row.at.isoformat(), "shown_at": _instant(row.at), "by": row.by_label, "kind": row.kind, **told, "subject": f"{row.subject_kind} {row.subject_id}",
        "position": row.position, "previous": row.previous, "digest": row.digest, "left_out": ground.value if ground else None,
    }  # fmt: skip


def _heads(rows: Sequence[EventRow]) -> list[Json]:
    """The last digest of each chain: with it, anybody can tell whether the ministry's own trail is still the same."""
    found = [db.session.get(ChainHead, key) for key in sorted({(row.subject_kind, row.subject_id) for row in rows})]
    return [{"subject": f"{one.subject_kind} {one.subject_id}", "position": one.position, "digest": one.digest} for one in found if one]


def _pages(copy: Copy, case: Case, shown: Shown, left_out: Sequence[Choice]) -> None:
    """The page to read first, and the list of digests, which any system can check (`sha256sum -c`)."""
    page = render_template(
        "desk/access/export/index.html", case=case, principal=case_queries.principal(case), shown=shown, left_out=left_out, at=copy.at,
        closed=copy.closed, people=case.people, facts_left_out=sum(1 for fact in shown.facts if fact["left_out"]),
    )  # fmt: skip
    copy.text("index.html", page)
    copy.text("empreintes.txt", "".join(f"{part.sha256}  {part.name}\n" for part in copy.parts))


def _list(value: object) -> list[Json]:
    assert isinstance(value, list)
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str)


def _safe(name: str) -> str:
    """A name that every system opens: letters, digits and hyphens."""
    return re.sub(r"[^\w]+", "-", name, flags=re.UNICODE).strip("-_")[:60] or "sans-nom"


def _ended(name: str, filename: str, media_type: str) -> str:
    """A name with the ending of what the file really is."""
    return name + (ENDINGS.get(media_type) or re.sub(r"[^.\w]", "", Path(filename).suffix)[:8] or ".bin")
