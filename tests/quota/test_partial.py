"""One act reads only what it concerns, and comes to the same as the whole ledger read again: any acts, any window."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import event

from backoffice.core.actors import SYSTEM
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.quota import queries, service
from backoffice.quota.models import Window
from backoffice.quota.service import Arrival
from backoffice.quota.values import AdmissionReason, AdmissionStatus, Score, WindowAction, WindowState
from tests.builders import Builder
from tests.conftest import NOON
from tests.quota.checks import replays, verified

DAYS = [date(2016, 6, 13) + timedelta(days=n) for n in range(4)]
ONE = (
    service.confirm_place, service.unconfirm_place, service.release_unpaid_place, service.reinstate_place, service.withdraw, service.expire,
    service.file_invited, service.annul, service.restore,
)  # fmt: skip


class Play:
    """A window on a real database, and whatever happens to it."""

    def __init__(self, build: Builder, seed: int) -> None:
        self.dice, self.build = Random(seed), build
        self.by, self.second = build.supervisor().actor, build.supervisor().actor
        order = ["first_come", "first_come", "draw", "ranked"][seed % 4]
        policy: dict[str, object] = {"order": order, "paper_day": self.dice.choice(["draw", "sequence"]), "offers_first": self.dice.random() < 0.5}
        if order == "first_come" and self.dice.random() < 0.5:
            policy["tie_seconds"] = 2
        self.window: Window = build.window(
            code="W", capacity=self.dice.randint(2, 6), margin=1, reserve=self.dice.randint(0, 2), policy=policy,
            paper_share=self.dice.choice([None, 0, 2]), waiting_list=self.dice.random() < 0.6,
            country_caps={"default": self.dice.choice([None, 3]), "by_country": {"FR": 2}},
        )  # fmt: skip
        self.known: list[UUID] = []
        self.number = 0

    def step(self) -> None:
        kind = self.dice.choice(["arrive"] * 4 + ["one"] * 5 + ["judge", "reserve", "many", "paper", "lots", "move", "amend"])
        try:
            with transaction():
                getattr(self, kind)()
        except DomainError:
            db.session.expire_all()

    def arrive(self) -> None:
        batch = []
        for _ in range(self.dice.randint(1, 4)):
            self.number += 1
            paper = self.dice.random() < 0.3
            batch.append(
                Arrival(
                    UUID(int=self.dice.getrandbits(128)), self.number, NOON + timedelta(milliseconds=600 * self.number), "paper" if paper else "online",
                    self.dice.choice(["FR", "DZ", "CN"]), self.dice.choice([None] * 4 + ["validated_job_offer"]),
                    self.dice.choice([None] * 5 + [AdmissionReason.DUPLICATE_PERSON, AdmissionReason.DUPLICATE_REVIEW]),
                    self.dice.choice(DAYS) if paper else None, score=Score(self.dice.randint(0, 9), self.dice.random() < 0.3, {}) if self.dice.random() < 0.7 else None,
                )
            )  # fmt: skip
        self.dice.shuffle(batch)
        decided = service.admit(queries.lock_window(self.window.id), batch, at=NOON)
        assert {one.submission_id for one in decided} == {one.submission_id for one in batch}
        self.known += [one.submission_id for one in batch]

    def one(self) -> None:
        act: Callable[..., object] = self.dice.choice(ONE)
        act(self.dice.choice(self.known), by=self.by, at=NOON)

    def judge(self) -> None:
        act: Callable[..., object] = self.dice.choice([service.judge_exemption, service.judge_duplicate])
        act(self.dice.choice(self.known), self.dice.random() < 0.5, by=self.by, at=NOON)

    def reserve(self) -> None:
        service.admit_from_reserve(self.dice.choice(self.known), by=self.by, second=self.second, at=NOON)

    def many(self) -> None:
        chosen = self.dice.sample(self.known, min(3, len(self.known)))
        self.dice.choice([service.annul_many, service.restore_many])(chosen, by=self.by, at=NOON)

    def paper(self) -> None:
        service.declare_paper_through(self.window.id, self.dice.choice(DAYS), by=self.by, at=NOON)

    def lots(self) -> None:
        choice = self.dice.choice(["commit", "reveal", "round"])
        if choice == "commit":
            service.commit_draw(self.window.id, "loterie", by=self.by, at=NOON)
        elif choice == "reveal":
            service.reveal_draw(self.window.id, str(self.dice.random()), by=self.by, witness=self.second, at=NOON)
        else:
            service.open_round(self.window.id, best=self.dice.randint(1, 3), by=self.by, second=self.second, at=NOON)

    def move(self) -> None:
        action = self.dice.choice([WindowAction.SUSPEND, WindowAction.RESUME, WindowAction.CLOSE, WindowAction.SETTLE])
        service.move_window(self.window.id, action, by=self.by, at=NOON)

    def amend(self) -> None:
        changes: dict[str, object] = {"capacity": self.dice.randint(2, 9)}
        forecast = service.foresee(self.window.id, changes)
        service.amend_window(self.window.id, changes, "essai", by=self.by, second=self.second, at=NOON)
        assert queries.by_status(self.window.id) == forecast.after

    def through(self) -> None:
        """To the end of the window's life, whatever happened."""
        for action in (WindowAction.RESUME, WindowAction.CLOSE):
            if (self.window.state, action) in {(WindowState.SUSPENDED, WindowAction.RESUME), (WindowState.OPEN, WindowAction.CLOSE)}:
                with transaction():
                    service.move_window(self.window.id, action, by=self.by, at=NOON)
        for act in (
            lambda: service.declare_paper_through(self.window.id, DAYS[-1], by=self.by, at=NOON),
            lambda: service.commit_draw(self.window.id, "loterie", by=self.by, at=NOON),
            lambda: service.reveal_draw(self.window.id, "1 2 3", by=self.by, witness=self.second, at=NOON),
            lambda: service.settle_window(self.window.id, by=self.by, at=NOON),
        ):
            try:
                with transaction():
                    act()
            except DomainError:
                db.session.expire_all()


@pytest.mark.parametrize("seed", range(12))
def test_acts_on_tables_come_to_what_the_whole_ledger_says(build: Builder, seed: int):
    play = Play(build, seed)
    with transaction():
        play.arrive()
    for _ in range(60):
        play.step()
        standing = queries.standing(play.window.id)
        most = queries.highest_terms(play.window.id)
        assert standing.taken <= most.total
        assert standing.by_country.get("FR", 0) <= 2
    replays("W")
    play.through()
    stood = replays("W")
    verified("W")
    assert queries.window("W").state is WindowState.SETTLED
    assert not {AdmissionStatus.WAITLISTED, AdmissionStatus.REGISTERED} & set(stood.values()) or seed % 4 == 3 or play.window.waiting_list


def test_paying_one_fee_reads_no_other_application(build: Builder):
    window = build.window(code="W", capacity=300)
    arrivals = [Arrival(UUID(int=n), n, NOON, "online", "FR", None) for n in range(1, 201)]
    with transaction():
        service.admit(queries.lock_window(window.id), arrivals, at=NOON)
    fetched: list[int] = []

    def count(_connection: object, cursor: object, *_: object) -> None:
        fetched.append(max(0, cursor.rowcount))  # type: ignore[attr-defined]

    engine = db.session.connection().engine
    event.listen(engine, "after_cursor_execute", count)
    try:
        with transaction():
            service.confirm_place(UUID(int=7), by=SYSTEM, at=NOON)
    finally:
        event.remove(engine, "after_cursor_execute", count)
    assert sum(fetched) < 20
    replays("W")
