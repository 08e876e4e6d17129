"""The demonstration as `make run` loads it, once: accounts, keys, windows, some three hundred cases, a mailroom at work."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import event as sa_event

from backoffice.cases.values import Channel
from backoffice.core import clock, deliveries, events
from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.settings import settings
from backoffice.demo import conversations, envelopes, history, people
from backoffice.demo.history import History, Officer
from backoffice.fees import service as fees
from backoffice.fees.service import Money
from backoffice.fees.values import PaymentMethod
from backoffice.intake import receipts
from backoffice.quota import queries as quota_queries
from backoffice.quota import service as quota
from backoffice.quota.values import WindowAction
from backoffice.staff import queries as staff_queries
from backoffice.staff import service as staff
from backoffice.staff.permissions import Role, Scope

STAFF = (
    ("courrier1", "Lise Gagnon", Role.MAILROOM), ("courrier2", "Omar Haddad", Role.MAILROOM),
    ("agente1", "Aïcha Tremblay", Role.CASEWORKER), ("agent2", "Mathieu Roy", Role.CASEWORKER),
    ("agente3", "Josée Côté", Role.CASEWORKER), ("cheffe1", "Nadia Bouchard", Role.SUPERVISOR),
    ("chef2", "Paul Lavoie", Role.SUPERVISOR), ("finances1", "Claire Pelletier", Role.FINANCE),
    ("finances2", "Hugo Fortin", Role.FINANCE), ("verif", "Inès Morin", Role.AUDITOR),
    ("admin", "Samir Nguyen", Role.ADMIN),
)  # fmt: skip

CASES = 285


def initialise(progress: Callable[[str], None]) -> None:
    """Load the demonstration once; its file is written last, so that an interrupted loading starts again where it can."""
    if not list(settings().keys_folder.glob("receipt-*.json")):
        receipts.make_key(settings().keys_folder)
    # Made-up data that could be made again: its commits need not wait for the disk.
    sa_event.listen(db.engine, "connect", lambda connection, _record: connection.execute("SET synchronous_commit = off"))
    # One program alone writes here, and forgets its session after each act: nothing it holds can be stale.
    db.session.session_factory.configure(expire_on_commit=False)
    db.session.remove()
    now = clock.now()
    passwords = make_accounts(now)
    progress("comptes")
    load(CASES, 2016, prefix="ANT-", now=now - timedelta(days=3), progress=progress)
    if not any(w.code == "DEMO" for w in quota_queries.windows()):
        _open_demo_window(now)
        with clock.stopped_at(now - timedelta(hours=20)):
            clerk, second, *_others = staff_queries.accounts(Role.MAILROOM)
            envelopes.open_mailroom(clerk, second, clock.now())
        progress("courrier")
        conversations.begin_conversations(staff_queries.accounts(Role.CASEWORKER)[0], staff_queries.accounts(Role.SUPERVISOR)[0], clerk, now)
        progress("messages")
    keys = {scope.value: _issue(scope, now) for scope in (Scope.PORTAL, Scope.PAYMENTS)}
    _write(passwords, keys)


def make_accounts(now: datetime) -> dict[str, str]:
    """Two accounts at least for each desk."""
    passwords = {}
    for login, name, role in STAFF:
        email, password = f"{login}@exemple.test", secrets.token_urlsafe(9)
        known = staff_queries.account_by_email(email)
        with transaction():
            if known is None:
                staff.create_account(email, name, role, password, by=SYSTEM, at=now)
            else:
                staff_queries.account_by_email(email).password_hash = staff.hasher.hash(password)  # type: ignore[union-attr]  # just found
        passwords[email] = password
    return passwords


def load(cases: int, seed: int, *, prefix: str, now: datetime, progress: Callable[[str], None], programme: str = "PRTQ") -> None:
    """Some generated cases with their past; the same seed gives the same people."""
    if any(w.code == f"{prefix}1" for w in quota_queries.windows()):
        return
    officers = [Officer(a.id, a.actor) for a in staff_queries.accounts(Role.CASEWORKER)]
    past = History(Random(seed), now, officers, cases, prefix, programme)  # noqa: S311 - reproducible, not secret
    past.run(lambda done: progress(f"{done} faits") if done % 100 == 0 else None)
    with clock.stopped_at(now):
        deliveries.run_all()
    with transaction():
        events.seal(at=now)


def _open_demo_window(now: datetime) -> None:
    opens = now - timedelta(days=2)
    with clock.stopped_at(opens - timedelta(minutes=1)), transaction():
        quota.load_window(history.window("DEMO", opens, now + timedelta(days=360), 200), None, by=SYSTEM, at=clock.now())
    with clock.stopped_at(opens), transaction():
        quota.move_window(quota_queries.window("DEMO").id, WindowAction.OPEN, by=SYSTEM, at=opens)
    draw = Random(7)  # noqa: S311 - reproducible, not secret
    for place in range(6):
        when = opens + timedelta(hours=3 * place + 1)
        with clock.stopped_at(when):
            case = history.receive(people.application(draw, when.date(), paper=False), when, Channel.ONLINE)
            if case and place % 2:
                history.pay(case.id, when + timedelta(minutes=30))
    _unmatched_money(now)


def _unmatched_money(now: datetime) -> None:
    """Money without a home, so that finance has something to look at."""
    when = now - timedelta(days=3)
    for place, (cents, currency) in enumerate(((127_100, "CAD"), (93_900, "CAD"), (50_000, "USD"))):
        money = Money(
            source="provider", method=PaymentMethod.CARD, amount_cents=cents, currency=currency, paid_on=when.date(), paid_at=when,
            external_id=f"demo-orphan-{place}", submission_id=None,
        )  # fmt: skip
        with clock.stopped_at(when), transaction():
            fees.record_money(money, by=SYSTEM, at=when)


def _issue(scope: Scope, now: datetime) -> str:
    with transaction():
        return staff.issue_key(f"démonstration ({scope.value})", [scope], by=SYSTEM, at=now)[1]


def _write(passwords: dict[str, str], keys: dict[str, str]) -> None:
    url = f"http://127.0.0.1:{settings().port}"
    roles = {f"{login}@exemple.test": role.value for login, _, role in STAFF}
    listed = [{"email": email, "password": password, "role": roles[email]} for email, password in passwords.items()]
    file: Path = settings().demo_file
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_suffix(".part")
    beside.touch(mode=0o600)
    beside.write_text(json.dumps({"url": url, "api_url": url, "accounts": listed, "api_keys": keys}, indent=2, ensure_ascii=False) + "\n")
    beside.replace(file)
