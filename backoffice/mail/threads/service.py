"""Operations on threads: drafts, replies, who answers. A draft is saved as it is typed; a reply leaves only on what its author saw."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from backoffice.cases import queries as case_queries
from backoffice.cases import service as cases
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.cases.values import Hold
from backoffice.core import events, files
from backoffice.core.actors import Actor
from backoffice.core.calendar import montreal_day
from backoffice.core.canonical import plain_digest
from backoffice.core.db import db
from backoffice.mail import addresses, printing, texts
from backoffice.mail import queries as mail_queries
from backoffice.mail import service as mail
from backoffice.mail.models import Message
from backoffice.mail.texts import Language, MessageText
from backoffice.mail.threads import library, presence, queries
from backoffice.mail.threads.errors import DraftChanged, NothingToAnswer, NothingWritten, ThreadMoved, Unfinished
from backoffice.mail.threads.events import ThreadGiven
from backoffice.mail.threads.library import Paragraph
from backoffice.mail.threads.macros import MACROS, MacroAct
from backoffice.mail.threads.models import ReplyDraft, ThreadOwner
from backoffice.mail.threads.values import Reply, file_from_json, file_to_json
from backoffice.mail.values import Direction, NewFile
from backoffice.staff.models import Account

KIND = "officer_message"
LONGEST_SUBJECT, LONGEST_BODY = 120, 20_000


# drafts
def save_draft(case_id: int, author: Account, *, at: datetime, **fields: str) -> None:
    """Keep what is being written; a field that is not named stays as it was."""
    kept = {name: text.replace("\x00", "") for name, text in fields.items()}
    blank: dict[str, Any] = {"subject": "", "body": "", "files": [], "paragraphs": [], "started_at": at}
    values = blank | kept | {"case_id": case_id, "author_id": author.id, "saved_at": at}
    changed = {**kept, "saved_at": at}
    db.session.execute(insert(ReplyDraft).values(values).on_conflict_do_update(index_elements=["case_id", "author_id"], set_=changed))
    presence.note(case_id, author.id, writes=True, at=at)


def lock_draft(case_id: int, author: Account, *, at: datetime) -> ReplyDraft:
    """One's draft on a case, begun now if need be."""
    save_draft(case_id, author, at=at)
    found = queries.draft(case_id, author.id)
    assert found is not None, "it was written just above"
    return found


def insert_paragraphs(draft: ReplyDraft, paragraphs: Sequence[Paragraph], body: str | None = None) -> None:
    """Put reviewed paragraphs at the end of a draft, or note those that its text has already; each is remembered with its version."""
    if body is None:
        body = "\n\n".join(part for part in (draft.body.rstrip(), *(one.text for one in paragraphs)) if part)
    known = {kept["name"]: kept for kept in draft.paragraphs}
    draft.body, draft.paragraphs = body, list((known | {one.name: one.to_json() for one in paragraphs}).values())


def fill_by_macro(draft: ReplyDraft, name: str, language: str, paragraphs: Sequence[Paragraph]) -> None:
    """Write what a macro says; its acts are done when the reply leaves."""
    draft.macro = name
    draft.subject = draft.subject or MACROS[name].subject(language)
    wanted = MACROS[name].paragraphs
    insert_paragraphs(draft, [one for one in paragraphs if one.name in wanted and one.text not in draft.body])


def attach(draft: ReplyDraft, new: Sequence[NewFile]) -> None:
    """Add files; the same bytes under the same name are one."""
    there = {(kept["sha256"], kept["filename"]) for kept in draft.files}
    draft.files = [*draft.files, *(file_to_json(file) for file in new if (file.sha256, file.filename) not in there)]


def detach(draft: ReplyDraft, sha256: str) -> None:
    """Take a file off; its bytes stay wherever else they stand."""
    draft.files = [kept for kept in draft.files if kept["sha256"] != sha256]


def discard_draft(case_id: int, author: Account) -> None:
    """Throw a draft away; nothing of it was ever sent."""
    db.session.execute(delete(ReplyDraft).where(ReplyDraft.case_id == case_id, ReplyDraft.author_id == author.id))
    presence.stop_writing(case_id, author.id)


def digest(draft: ReplyDraft) -> str:
    """What the preview showed, so that nothing else can leave by its button."""
    return plain_digest([draft.subject, draft.body, [kept["sha256"] for kept in draft.files], draft.macro])


# replies
def composed(case: Case, draft: ReplyDraft, officer: str) -> MessageText:
    """The exact words that leave, in the applicant's language."""
    if not draft.subject.strip() or not draft.body.strip():
        raise NothingWritten
    if left := library.unfinished(draft.subject + "\n" + draft.body):
        raise Unfinished(left)
    return _text(case, cast("Language", case.language), draft, officer)


def _text(case: Case, language: Language, draft: ReplyDraft, officer: str) -> MessageText:
    body = "\n".join(line.rstrip() for line in draft.body.replace("\r\n", "\n").strip().split("\n"))
    name = addresses.name(case_queries.principal(case))
    subject = " ".join(draft.subject.split())
    return texts.render_message(KIND, language, applicant_name=name, case_number=case.number, subject=subject, body=body, officer=officer)


def send_reply(case_id: int, seen: int, read_digest: str, *, by: Account, at: datetime) -> Message:
    """Send one's draft as it was read in the preview, then do what its macro says.

    Refused when anybody wrote in the thread after `seen`, the last message that the author had before them: the case is held
    while this is looked at, so that of two who send at once the second is told.
    """
    case = case_queries.lock_case(case_id)
    draft = queries.draft(case_id, by.id)
    if draft is None or digest(draft) != read_digest:
        raise DraftChanged
    if queries.last_position(case_id) > seen:
        raise ThreadMoved
    reply = _reply(case, draft, by.name)
    letter = [] if mail.reachable_online(case) else [_letter(case, draft, by.name, at=at)]
    message = mail.send_message(
        case_id, KIND, composed(case, draft, by.name), files=[*reply.files, *letter], letter_sha256=letter[0].sha256 if letter else None,
        once=f"draft:{draft.id}", paragraphs=reply.paragraphs, by=by.actor, at=at,
    )  # fmt: skip
    _act(case, draft.macro, by=by, at=at)
    discard_draft(case_id, by)
    return message


def _reply(case: Case, draft: ReplyDraft, officer: str) -> Reply:
    said = composed(case, draft, officer).body
    used = [{"name": p["name"], "version": p["version"], "verbatim": p["text"] in said} for p in draft.paragraphs]
    return Reply(draft.subject, said, [file_from_json(kept) for kept in draft.files], used)


def _letter(case: Case, draft: ReplyDraft, officer: str, *, at: datetime) -> NewFile:
    """The same words on paper, for whoever cannot be told that a message waits."""
    said = _text(case, cast("Language", case.language), draft, officer)
    return letter(case, said, said, officer, at=at)


def letter(case: Case, french: MessageText, english: MessageText, officer: str, *, at: datetime) -> NewFile:
    """A message as a letter to be posted."""
    notice = texts.NoticeLetter(
        number=case.number, date=montreal_day(at), applicant_name=addresses.name(case_queries.principal(case)), address_lines=addresses.lines(case),
        subject_fr=french.subject, subject_en=english.subject, paragraphs_fr=texts.paragraphs(french), paragraphs_en=texts.paragraphs(english),
        officer=officer, language=cast("Language", case.language),
    )  # fmt: skip
    pdf = printing.render_pdf(texts.notice_letter_html(notice))
    return NewFile("letter", f"lettre-{case.number}.pdf", "application/pdf", len(pdf), files.keep(pdf))


def _act(case: Case, macro: str | None, *, by: Account, at: datetime) -> None:
    for act in MACROS[macro].acts if macro in MACROS else ():
        if act is MacroAct.THREAD_MINE:
            give_thread(case.id, by.id, by=by.actor, at=at)
        elif act is MacroAct.CASE_MINE and case.officer_id is None:
            cases.assign(case.id, by.id, str(MACROS[macro or ""].label), by=by.actor, at=at)
        elif act is MacroAct.HOLD:
            cases.place_hold(case.id, Hold.OTHER, by=by.actor, at=at)
        elif act is MacroAct.LIFT:
            cases.lift_hold(case.id, Hold.OTHER, by=by.actor, at=at)


# who answers
def give_thread(case_id: int, account_id: int | None, *, by: Actor, at: datetime) -> None:
    """Give a thread to somebody, or back to the case's caseworker; the case itself does not change hands."""
    case_queries.lock_case(case_id)
    there = queries.given_to(case_id)
    before = there.account_id if there else None
    if before == account_id:
        return
    if there is not None:
        db.session.delete(there)
        db.session.flush()
    if account_id is not None:
        db.session.add(ThreadOwner(case_id=case_id, account_id=account_id, since=at))
        db.session.flush()
    events.record(case_subject(case_id), ThreadGiven(account_id, before), by=by, at=at)


def take_next(account: Account, *, at: datetime) -> Case:
    """The oldest message that nobody answers is mine; two who press at once get two threads."""
    case = queries.lock_next_unowned()
    if case is None:
        raise NothingToAnswer
    give_thread(case.id, account.id, by=account.actor, at=at)
    return case


def settle_thread(case_id: int, reason: str, *, by: Actor, at: datetime) -> int:
    """All that the applicant wrote and nobody answered asks for no answer, for this reason."""
    waiting = [one for one in mail_queries.thread(case_id) if one.direction is Direction.IN and one.answered_at is None]
    for message in waiting:
        mail.settle_message(message.id, reason, by=by, at=at)
    return len(waiting)
