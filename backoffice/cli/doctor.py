"""What is missing or misconfigured, and what must always be true, checked on the live database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from redis.exceptions import RedisError
from sqlalchemy import func, select, text

from backoffice.cases import queries as case_queries
from backoffice.cases import ranking
from backoffice.cases.models import Case
from backoffice.cases.opening import POLICY
from backoffice.cli import vault
from backoffice.cli.backups import named_files
from backoffice.core import antivirus, clock, deliveries, events, files, ocr, verdicts
from backoffice.core.db import db
from backoffice.core.settings import settings
from backoffice.core.vault import NoKeys
from backoffice.deadlines import queries as term_queries
from backoffice.deadlines import service as deadlines
from backoffice.deadlines.values import Workings
from backoffice.fees import queries as fee_queries
from backoffice.fees.models import Allocation, Fee, Receipt, Refund
from backoffice.intake.acts import queries as act_queries
from backoffice.intake.acts import rules as act_rules
from backoffice.intake.acts.models import MassAct
from backoffice.intake.acts.states import UNDER_WAY, ActState
from backoffice.intake.models import Submission
from backoffice.intake.outages import checking
from backoffice.mail.delivery import queries as delivery_queries
from backoffice.mail.delivery import reach
from backoffice.mail.delivery.models import Reachability
from backoffice.mail.delivery.values import Reach
from backoffice.mailroom.batches import queries as batch_queries
from backoffice.mailroom.custody import queries as custody_queries
from backoffice.mailroom.models import ScanPage
from backoffice.mailroom.opening import queries as opening_queries
from backoffice.mailroom.pipeline import queries as scan_queries
from backoffice.mailroom.states import PageState
from backoffice.quota import queries as quota_queries
from backoffice.quota import rules as quota_rules
from backoffice.quota.models import Admission, Window


@dataclass(frozen=True)
class Finding:
    """One thing looked at; when it is not well, how to mend it."""

    what: str
    well: bool
    mend: str = ""
    advice: bool = False
    """Worth knowing, and no fault."""

    @property
    def mark(self) -> str:
        """How it is marked in the list."""
        return "ok    " if self.well else "advice" if self.advice else "FAULT "

    @property
    def faulty(self) -> bool:
        """Whether somebody must mend it."""
        return not self.well and not self.advice


def examine(*, invariants: bool) -> Iterator[Finding]:
    """Look at everything."""
    yield _database()
    yield _queue()
    yield _check("file store answers", _store_fault)
    yield _check("files are kept encrypted", vault.standing)
    yield _check("receipts can be signed", _key_fault)
    stuck = deliveries.given_up()
    yield Finding("no delivery was given up", not stuck, f"{len(stuck)} failed too often: {[d.handler for d in stuck[:3]]}")
    yield _antivirus()
    yield _languages()
    yield from _mail()
    yield _stuck_files()
    yield _unscanned()
    if invariants:
        for what, faults in INVARIANTS:
            found = list(faults())
            yield Finding(what, not found, "; ".join(found[:5]))


def _database() -> Finding:
    version = int(db.session.scalar(text("SHOW server_version_num")) or 0)
    return Finding("PostgreSQL 18 or later", version >= 180_000, f"this is {version}: uuidv7 and the migrations need 18")


def _queue() -> Finding:
    try:
        deliveries.redis().ping()
    except RedisError as fault:
        return Finding("queue server answers", well=False, mend=f"{type(fault).__name__} at REDIS_URL; nothing is lost, deliveries wait")
    return Finding("queue server answers", well=True)


def _antivirus() -> Finding:
    where = antivirus.address()
    if where is None:
        return Finding(
            "antivirus configured", well=False, mend="none (CLAMD_ADDRESS): received files are only checked for what they are", advice=True
        )
    try:
        return Finding(f"antivirus answers: {antivirus.version(where)}", well=True)
    except antivirus.Unreachable as fault:
        return Finding("antivirus answers", well=False, mend=f"{fault} at CLAMD_ADDRESS: scanned files wait, none is opened unscanned")


def _mail() -> Iterator[Finding]:
    """Whether applicants can be told that a message waits, and whether what comes back is looked at."""
    server, demo = settings().mail.smtp_url, settings().demo
    mend = f"none (SMTP_URL): {'announcements are written to the outbox folder' if demo else 'nobody is told that a message waits'}"
    yield Finding("mail server configured", bool(server), mend, advice=demo)
    count, oldest = delivery_queries.waiting()
    late = oldest is not None and clock.now() - oldest > timedelta(hours=1)
    yield Finding(
        "announcements leave within the hour", not late, f"{count} wait, the oldest since {oldest}: does the mail server answer?", advice=demo
    )
    folder = settings().mail.bounces_folder
    if folder is not None:
        yield Finding("returned mails are collected", (folder / "new").is_dir(), f"{folder} is no maildir: what comes back is not read")


def _languages() -> Finding:
    """Text recognition reads French first; without its data pages show, and their words are not found."""
    there = ocr.languages()
    missing = [one for one in ("fra", "eng", "spa", "ara") if one not in there]
    mend = f"missing: {', '.join(missing)} (`make install` brings their data)"
    return Finding("languages of text recognition", not missing, mend, advice="fra" in there)


def _stuck_files() -> Finding:
    """Scanned files that fail again and again, or that no worker takes."""
    stuck = scan_queries.stuck(clock.now())
    return Finding("scanned files are taken in time", not stuck, f"{len(stuck)} wait: {'; '.join(stuck[:3])} (is `backoffice scan-worker` running?)")


def _unscanned() -> Finding:
    """Files sent through the portal that the antivirus has not looked at: nobody can open them."""
    waiting = verdicts.waiting(clock.now() - timedelta(minutes=10))
    return Finding(
        "files from the portal are scanned in time", not waiting, f"{len(waiting)} wait (does the antivirus answer, does the scheduler run?)"
    )


def _check(what: str, fault: Callable[[], str]) -> Finding:
    said = fault()
    return Finding(what, not said, said)


def _store_fault() -> str:
    try:
        files.reachable()
    except Exception as fault:  # noqa: BLE001 - whatever the store's fault, its name is the answer
        return f"{type(fault).__name__}: check STORAGE_URL"
    return ""


def _key_fault() -> str:
    return "" if list(settings().keys_folder.glob("receipt-*.json")) else "no key: run `backoffice keys new`"


def _lost() -> Iterator[str]:
    """1: every file that the database names is there; every submission that was settled has its admission."""
    for name in named_files():
        try:
            files.read(name)
        except (files.FileLost, NoKeys):
            yield f"file {name[:12]}"
    query = select(Submission.id).outerjoin(Admission, Admission.submission_id == Submission.id)
    yield from (f"submission {i}" for i in db.session.scalars(query.where(Submission.settled_at.is_not(None), Admission.submission_id.is_(None))))


def _places() -> Iterator[str]:
    """3: never more places than there are, in all and by country; a maximum lowered below what was given takes nothing back."""
    for window in db.session.scalars(select(Window)):
        standing = quota_queries.standing(window.id)
        most = quota_queries.highest_terms(window.id)
        if standing.taken > most.total - max(0, most.reserve - standing.reserve_used):
            yield f"{window.code}: {standing.taken} places given"
        for country, taken in standing.by_country.items():
            cap = quota_rules.country_cap(most, country)
            if cap is not None and taken > cap:
                yield f"{window.code} {country}: {taken} over {cap}"


def _ledger() -> Iterator[str]:
    """4: replaying a window's ledger gives exactly its admissions, and its lines stand on one another."""
    columns = (Admission.submission_id, Admission.status, Admission.reason, Admission.rank, Admission.pool)
    for window in db.session.scalars(select(Window)):
        try:
            book = quota_rules.replay(quota_queries.entries(window.id))
        except quota_rules.LedgerBrokenError as fault:
            yield f"{window.code}: {fault}"
            continue
        replayed = {e.id: (e.status, e.reason, e.rank, e.pool) for e in book.shelf.entries.values()}
        rows = {str(r[0]): tuple(r[1:]) for r in db.session.execute(select(*columns).where(Admission.window_id == window.id))}
        if replayed != rows:
            yield f"{window.code}: the ledger and the admissions differ"


def _order() -> Iterator[str]:
    """5, 6: each case stands where its own facts put it; nothing of admission nor of the door is among them."""
    seeds: dict[object, str] = {}
    for case in db.session.scalars(select(Case)):
        seed = seeds.setdefault(case.legal_received_on, case_queries.seed_of(case.legal_received_on) or "")
        if case_queries.key_of(case) != ranking.sort_key(case.facts, seed, case.number, POLICY):
            yield case.number


def _clocks() -> Iterator[str]:
    """7: each last day is what its facts give, by the rule and the calendar of its day zero; no term lapsed while its end was barred."""
    for term in term_queries.all_terms():
        worked, kept = deadlines.derived(term), Workings.from_json(term.workings)
        if term.last_day != worked.last_day or (kept.start, kept.days, kept.last_day) != (worked.start, worked.days, worked.last_day):
            yield f"term {term.id}"
    yield from (f"term {term.id} lapsed while its end was barred" for term in term_queries.lapsed_while_barred())


def _money() -> Iterator[str]:
    """9: received = allocated + unmatched + returned + refunded, to the cent; no receipt answers for more than its amount."""
    standing = func.coalesce(func.sum(Allocation.amount_cents - Allocation.refunded_cents).filter(Allocation.reversed_at.is_(None)), 0)
    sent = func.coalesce(
        select(func.sum(Refund.amount_cents)).where(Refund.receipt_id == Receipt.id, Refund.state == "sent").correlate(Receipt).scalar_subquery(), 0
    )
    query = select(Receipt.id, Receipt.amount_cents, Receipt.state, standing, sent).outerjoin(Allocation, Allocation.receipt_id == Receipt.id)
    for receipt_id, amount, state, allocated, refunded in db.session.execute(query.group_by(Receipt.id)):
        wanted = {"allocated": amount - refunded, "refunded": 0}.get(state.value, 0)
        if allocated != wanted or refunded > amount or (state.value == "refunded") != (refunded == amount):
            yield f"receipt {receipt_id}: {allocated} of {amount} allocated, {refunded} refunded, {state.value}"
    put = func.coalesce(func.sum(Allocation.amount_cents).filter(Allocation.reversed_at.is_(None)), 0)
    paid = select(Fee.id, Fee.assessed_cents, put).outerjoin(Allocation, Allocation.fee_id == Fee.id)
    for fee_id, assessed, allocated in db.session.execute(paid.where(Fee.state == "paid").group_by(Fee.id)):
        if allocated < assessed:
            yield f"fee {fee_id} is paid with {allocated} of {assessed}"
    received = db.session.scalar(select(func.sum(Receipt.amount_cents)).where(~Receipt.facts.has_key("reverses"), Receipt.currency == "CAD")) or 0
    if received != sum(fee_queries.balance().values()):
        yield f"{received} received, {sum(fee_queries.balance().values())} accounted for"


def _acts() -> Iterator[str]:
    """12: the list of each act on many is the one that was signed, by two different people."""
    for act in db.session.scalars(select(MassAct)):
        if act_rules.list_digest(act.kind, act_queries.frozen(act.id)) != act.list_sha256:
            yield f"act {act.id}: its list is not the one that was frozen"
        if act.state in UNDER_WAY | {ActState.DONE} and (act.second_id is None or act.second_id == act.by_id):
            yield f"act {act.id}: carried out without a second signature"


def _pages() -> Iterator[str]:
    """10: no filed page without its document, and no page of a document beyond those scanned."""
    query = select(func.count()).select_from(ScanPage).where((ScanPage.state == PageState.FILED) & ScanPage.document_id.is_(None))
    if loose := db.session.scalar(query):
        yield f"{loose} pages are filed nowhere"


def _reach() -> Iterator[str]:
    """13: whether somebody can be reached is what its facts give (a message that has been silent since is found by the night's look)."""
    for row in db.session.scalars(select(Reachability)):
        found = reach.derived(row.case_id, at=row.looked_at)
        if (row.reach is Reach.UNREACHABLE) != (found.reach is Reach.UNREACHABLE):
            yield f"case {row.case_id}: kept as {row.reach.value}, its facts give {found.reach.value}"


def _trail() -> Iterator[str]:
    """11: the chains hold."""
    yield from (f"{b.subject.kind} {b.subject.id} entry {b.position}: {b.what}" for b in events.verify())


def _one_case() -> Iterator[str]:
    """2: one application, one case."""
    query = select(Submission.id).outerjoin(Case, Case.submission_id == Submission.id)
    yield from (f"submission {i} has no case" for i in db.session.scalars(query.where(Submission.state == "opened", Case.id.is_(None))))


INVARIANTS: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
    ("1 nothing received is lost", _lost),
    ("2 one application, one case", _one_case),
    ("3 places are conserved", _places),
    ("4 the ledger decides", _ledger),
    ("5 and 6 the processing order is the facts' own", _order),
    ("7 clocks are derived", _clocks),
    ("9 money is conserved", _money),
    ("9 money of the post is on one slip or waits", opening_queries.faults),
    ("10 pages balance", _pages),
    ("10 batches balance, signed days stand", batch_queries.faults),
    ("10 paper is in one place", custody_queries.faults),
    ("11 the trail is whole", _trail),
    ("13 who can be reached is derived", _reach),
    ("12 acts on many are those that two people signed", _acts),
    ("12 dates moved by outages are those that two people signed", checking.faults),
)
