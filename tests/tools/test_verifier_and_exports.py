"""What the operations wrote on a real database, exported, and read by the verifier: random histories of every order."""

from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest

from backoffice.core.db import transaction
from backoffice.core.errors import DomainError
from backoffice.quota import queries, service
from backoffice.quota.service import Arrival
from backoffice.quota.values import AdmissionReason, Score, WindowAction
from tests.builders import Builder
from tests.conftest import NOON
from tools.verify_admission import report

DOUBTS = (None, None, None, AdmissionReason.DUPLICATE_PERSON, AdmissionReason.DUPLICATE_REVIEW)
LATER = (
    service.confirm_place, service.unconfirm_place, service.release_unpaid_place, service.reinstate_place, service.withdraw, service.annul,
    service.restore, service.expire, service.file_invited,
)  # fmt: skip


class History:
    """A window to which things happen by chance, each by its operation; what is refused is undone."""

    def __init__(self, build: Builder, order: str, seed: int) -> None:
        self.chance = Random(seed)
        self.by, self.second = build.supervisor().actor, build.supervisor().actor
        self.ids: list[UUID] = []
        self.done = 0
        policy = {
            "order": order,
            "tie_seconds": self.chance.choice((0, 60)),
            "paper_day": self.chance.choice(("draw", "sequence")),
            "offers_first": True,
        }
        self.window = build.window(
            policy=policy, capacity=6, margin=1, reserve=1, paper_share=self.chance.choice((None, 2)) if order == "first_come" else None,
            country_caps={"default": 4, "by_country": {"FR": 2}}, waiting_list=self.chance.random() < 0.5,
        )  # fmt: skip

    def do(self, act: object, *args: object, **values: object) -> None:
        try:
            with transaction():
                act(*args, at=NOON, **values)
        except DomainError:
            return
        self.done += 1

    def arrive(self, many: int) -> None:
        batch = []
        for _ in range(many):
            n = len(self.ids) + 1
            self.ids.append(UUID(int=Random(n).getrandbits(128)))
            received = NOON - timedelta(hours=2) + timedelta(seconds=20 * n)
            paper = self.chance.random() < 0.25
            ground = self.chance.choice((None, None, None, "validated_job_offer"))
            batch.append(
                Arrival(
                    self.ids[-1],
                    n,
                    received,
                    "paper" if paper else "online",
                    self.chance.choice(("FR", "BR", "VN")),
                    ground,
                    doubt=self.chance.choice(DOUBTS),
                    day=date(2016, 6, 13 + self.chance.randint(0, 2)),
                    late=self.chance.random() < 0.1,
                    score=Score(self.chance.randint(1, 9), ground is not None) if self.chance.random() < 0.7 else None,
                )
            )
        self.do(lambda *, at: service.admit(queries.lock_window(self.window.id), batch, at=at))

    def happen(self) -> None:
        chance, one = self.chance, self.chance.choice(self.ids)
        kind = chance.choices(("later", "judged", "arrive", "round", "paper", "amend", "reserve", "many"), (40, 12, 20, 8, 4, 4, 5, 3))[0]
        if kind == "later":
            self.do(chance.choice(LATER), one, by=self.by)
        elif kind == "judged":
            self.do(chance.choice((service.judge_exemption, service.judge_duplicate)), one, chance.random() < 0.5, by=self.by)
        elif kind == "arrive":
            self.arrive(chance.randint(1, 4))
        elif kind == "round":
            self.do(service.open_round, self.window.id, best=chance.randint(1, 3), by=self.by, second=self.second)
        elif kind == "paper":
            self.do(service.declare_paper_through, self.window.id, date(2016, 6, 13 + chance.randint(0, 2)), by=self.by)
        elif kind == "amend":
            changes = {"capacity": chance.randint(4, 10), "reserve": chance.randint(0, 2)}
            self.do(service.amend_window, self.window.id, changes, "raison fictive", by=self.by, second=self.second)
        elif kind == "reserve":
            self.do(service.admit_from_reserve, one, by=self.by, second=self.second)
        else:
            self.do(chance.choice((service.annul_many, service.restore_many)), {*chance.choices(self.ids, k=3)}, by=self.by)

    def end(self) -> None:
        """It closes; places are drawn where they are drawn; it is settled."""
        self.do(service.move_window, self.window.id, WindowAction.CLOSE, by=self.by)
        self.do(service.commit_draw, self.window.id, "la prochaine loterie", by=self.by)
        self.do(service.reveal_draw, self.window.id, "07 11 23", by=self.by, witness=self.second)
        for _ in range(15):
            self.happen()
        self.do(service.declare_paper_through, self.window.id, date(2016, 6, 30), by=self.by)
        self.do(service.settle_window, self.window.id, by=self.by)
        for _ in range(10):
            self.happen()

    def export(self) -> bytes:
        return "".join(line + "\n" for line in queries.export(self.window)).encode()


@pytest.mark.parametrize("order", ["first_come", "draw", "ranked"])
@pytest.mark.parametrize("seed", range(5))
def test_what_was_written_is_what_a_stranger_recomputes(build: Builder, order: str, seed: int):
    history = History(build, order, seed)
    history.arrive(8)
    for _ in range(40):
        history.happen()
    history.end()
    code, sentence = report(history.export())
    assert code == 0, sentence
    assert queries.window(history.window.code).is_settled
    assert sentence.startswith(f"{sum(queries.by_status(history.window.id).values())} arrivals")
    assert history.done > 20
