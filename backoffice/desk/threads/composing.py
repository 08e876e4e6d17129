"""What the composer of a reply shows: the draft, the paragraphs that can be said of this case, its files, and what would leave."""

from collections.abc import Sequence
from typing import Any, NamedTuple, cast
from uuid import UUID

from backoffice.cases import queries as case_queries
from backoffice.cases.events import case_subject
from backoffice.cases.models import Case
from backoffice.core import clock
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines.states import TermState
from backoffice.deadlines.values import OPEN_ENDED
from backoffice.desk.threads.forms import ReplyForm, SettleForm, ThreadForm
from backoffice.desk.threads.service import starts_a_term
from backoffice.documents import queries as document_queries
from backoffice.documents.states import ItemState
from backoffice.mail import addresses
from backoffice.mail import queries as mail_queries
from backoffice.mail.delivery import queries as delivery_queries
from backoffice.mail.models import Message
from backoffice.mail.service import reachable_online
from backoffice.mail.texts import Language, MessageValue
from backoffice.mail.threads import library, presence
from backoffice.mail.threads import queries as thread_queries
from backoffice.mail.threads.library import Paragraph
from backoffice.mail.threads.macros import MACROS, WORDS
from backoffice.mail.threads.models import ReplyDraft
from backoffice.mail.values import NewFile
from backoffice.staff import queries as staff_queries
from backoffice.staff.models import Account
from backoffice.staff.permissions import Permission, Role


def tab(case: Case, account: Account, form: ReplyForm | None = None) -> dict[str, Any]:
    """All that the part « Messages » of a case shows to this reader."""
    thread = mail_queries.thread(case.id)
    ids = [message.id for message in thread]
    given = thread_queries.given_to(case.id)
    return {
        "thread": thread, "requests": document_queries.requests_of_messages(ids), "bulk_of": thread_queries.bulk_of_messages(ids),
        "withdrawable": {m.id for m in thread if m.direction.value == "out" and m.withdrawn_at is None and not starts_a_term(m)},
        "letters": {m.id for m in thread if any(file.kind == "letter" for file in m.attachments)},
        "delivery": delivery_queries.deliveries_of(case.id),
        "waiting": [m for m in thread if m.direction.value == "in" and m.answered_at is None], "given": given.account_id if given else None,
        "settle_form": SettleForm(formdata=None), "thread_form": _thread_form(given.account_id if given else None),
        "here": presence.sentence(presence.others([case.id], account.id, clock.now()).get(case.id, [])),
        **composer(case, account, thread, form),
    }  # fmt: skip


def composer(case: Case, account: Account, thread: Sequence[Message], form: ReplyForm | None = None) -> dict[str, Any]:
    """The reply being written, and what can be put in it."""
    draft = thread_queries.draft(case.id, account.id)
    form = form or ReplyForm(formdata=None, subject=draft.subject if draft else "", body=draft.body if draft else "")
    if form.seen.data in (None, ""):
        form.seen.data = str(thread[-1].position if thread else 0)
    said = library.available(cast("Language", case.language), values_of(case, account))
    form.offer([(one.name, one.title) for one in said], [(name, str(macro.label)) for name, macro in MACROS.items()])
    return {
        "draft": draft, "reply_form": form, "paragraphs": said, "may_write": account.may(Permission.WORK_CASE), "files": files_of(case, thread),
        "acts": acts_of(draft), "online": reachable_online(case),
    }  # fmt: skip


def acts_of(draft: ReplyDraft | None) -> list[str]:
    """What the macro of a draft does when it is sent, in words."""
    macro = MACROS.get(draft.macro or "") if draft else None
    return [str(WORDS[act]) for act in macro.acts] if macro else []


def values_of(case: Case, account: Account) -> dict[str, MessageValue]:
    """What paragraphs may say of this case; what it does not have is not there."""
    values: dict[str, MessageValue] = {"case_number": case.number, "officer": account.name, "received_on": case.legal_received_on}
    running = [term for term in term_queries.terms_of(case_subject(case.id)) if term.state is TermState.RUNNING and term.last_day != OPEN_ENDED]
    if running:
        values["last_day"] = min(term.last_day for term in running)
    if items := _items_waiting(case):
        values["items_waiting"] = items
    return values


def _items_waiting(case: Case) -> tuple[str, ...]:
    asked = document_queries.open_request(case.id)
    names = {person.id: addresses.name(person) for person in case.people}
    items = [item for item in asked.items if item.state in {ItemState.ASKED, ItemState.REFUSED}] if asked else []
    labels = [(item.label_en if case.language == "en" else item.label_fr, names.get(item.person_id or 0)) for item in items]
    return tuple(f"{label} ({name})" if name else label for label, name in labels)


def paragraphs_of(case: Case, account: Account) -> list[Paragraph]:
    """The library as it can be said of this case."""
    return library.available(cast("Language", case.language), values_of(case, account))


class CaseFile(NamedTuple):
    """A file of the case that a reply can carry."""

    key: str
    label: str
    file: NewFile


def files_of(case: Case, thread: Sequence[Message]) -> list[CaseFile]:
    """Documents filed to the case, and files of its thread, each by its key."""
    documents = [
        CaseFile(f"document-{one.id}", one.title, NewFile("document", one.filename, one.media_type, 0, one.sha256))
        for one in document_queries.documents_of(case.id) if one.sha256
    ]  # fmt: skip
    sent = [
        CaseFile(f"attachment-{file.id}", file.filename, NewFile(file.kind, file.filename, file.media_type, file.size, file.sha256))
        for message in thread for file in message.attachments if file.kind != "letter"
    ]  # fmt: skip
    known: dict[str, CaseFile] = {}
    for one in [*sent, *documents]:
        known.setdefault(one.file.sha256, one)
    return list(known.values())


def _thread_form(given: int | None) -> ThreadForm:
    form = ThreadForm(formdata=None, owner=str(given or ""))
    form.offer(officers())
    return form


def officers() -> list[tuple[int, str]]:
    """Who may answer a thread."""
    return [(one.id, one.name) for one in staff_queries.accounts(Role.CASEWORKER, Role.SUPERVISOR)]


def message_of(number: str, message_id: UUID) -> Message:
    """A message of a case by its number."""
    return thread_queries.message_of(case_queries.case(number).id, message_id)
