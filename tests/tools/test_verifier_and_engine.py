"""Two readers of one page: whatever history a window has, the engine that decides and the verifier that recomputes agree on it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from backoffice.quota import rules
from backoffice.quota.rules import inputs
from backoffice.quota.states import TAKES_A_PLACE, WINDOW_TRANSITIONS
from backoffice.quota.values import AdmissionStatus, Doubt, WindowAction, WindowState
from tests.tools.ledgers import SECRET, form, sealed, sha
from tools.verify_admission import report

OPENS = datetime(2016, 6, 13, 12, 30, tzinfo=UTC)
ABOUT = (
    inputs.Paid, inputs.UnpaidAgain, inputs.Lapsed, inputs.Expired, inputs.Filed, inputs.Withdrawn, inputs.Reinstated, inputs.FromReserve,
    inputs.Annulled, inputs.Restored,
)  # fmt: skip
VERDICTS = (
    (inputs.Exemption, inputs.Verdict.VERIFIED), (inputs.Exemption, inputs.Verdict.DENIED), (inputs.Duplicate, inputs.Verdict.SAME),
    (inputs.Duplicate, inputs.Verdict.DIFFERENT),
)  # fmt: skip
MOVES = (WindowAction.SUSPEND, WindowAction.RESUME, WindowAction.CLOSE, WindowAction.CLOSE, WindowAction.SETTLE)


def decision_of(chance: Random) -> dict[str, Any]:
    """The numbers of a decision, small enough that everything runs short."""
    caps = {country: chance.randint(0, 4) for country in ("AA", "BB") if chance.random() < 0.3}
    return {
        "capacity": chance.randint(1, 8), "margin": chance.randint(0, 1), "reserve": chance.choice((0, 0, 1, 2)),
        "paper_share": chance.choice((None, 1, 2, 4)), "waiting_list": chance.random() < 0.5,
        "exempt_grounds": chance.choice((["offer"], ["offer"], [])),
        "country_caps": {"default": chance.choice((None, None, 3)), "by_country": caps},
    }  # fmt: skip


def steps_of(chance: Random, many: int) -> Iterator[tuple[Any, ...]]:
    """What happens to a window, one thing after another; many of them are not allowed, and must be called so."""
    kinds = {
        "arrives": lambda: (
            chance.choice(("online", "online", "paper")), chance.choice(("AA", "BB", "CC")), chance.choice((None, None, None, "offer", "other")),
            chance.choice((None, None, None, None, *Doubt)), chance.randint(0, 3), chance.random() < 0.1, chance.choice((None, 1, 2, 3)),
        ),
        "about": lambda: (chance.choice(ABOUT), chance.randint(0, 100)),
        "judged": lambda: (chance.choice(VERDICTS), chance.randint(0, 100)),
        "moved": lambda: (chance.choice(MOVES),),
        "amended": lambda: (decision_of(chance),),
        "paper_through": lambda: (chance.randint(0, 3),),
        "scored": lambda: (chance.randint(0, 100), chance.randint(0, 3), chance.random() < 0.3),
        "round": lambda: (chance.random() < 0.5, chance.randint(0, 3)),
        "revealed": lambda: (), "committed": lambda: (), "drawn": lambda: (chance.randint(0, 3),),
    }  # fmt: skip
    weights = [30, 35, 10, 3, 2, 4, 4, 4, 2, 2, 2]
    for kind in chance.choices(list(kinds), weights, k=many):
        yield kind, *kinds[kind]()


class Window:
    """A window whose engine writes its ledger; what the rules do not allow is set aside."""

    def __init__(self, order: str, policy: dict[str, Any], decision: dict[str, Any]) -> None:
        self.book = rules.Book()
        self.policy = {"order": order, **policy}
        self.entries: list[dict[str, Any]] = []
        self.refused: bytes | None = None
        self.ids: list[str] = []
        self.version = self.rounds = 0
        self.most = 0
        self.amended(decision)
        if policy.keys() & {"tie_seconds", "paper_day"}:
            self.happens(inputs.TieCommitment(sha(SECRET)))
        self.moved(WindowAction.ANNOUNCE)
        self.moved(WindowAction.OPEN)

    def happens(self, given: inputs.Input) -> bool:
        written = len(self.entries)
        self._write("in", given.type.value, given.data())
        try:
            outcomes = self.book.apply(given)
        except rules.NotAllowedError:
            self.refused = self.refused or self.export()
            del self.entries[written:]
            return False
        for outcome in outcomes:
            self._write("out", "admission", outcome.data())
        assert self.book.places.counts.taken <= self.most
        return True

    def _write(self, kind: str, type_: str, data: dict[str, Any]) -> None:
        previous = self.entries[-1]["digest"] if self.entries else "0" * 64
        at = inputs.instant(OPENS)
        self.entries.append(sealed({"n": len(self.entries) + 1, "kind": kind, "type": type_, "at": at, "previous": previous, **data}))

    def export(self) -> bytes:
        header = {"format": "backoffice-ledger/2", "window": "W", "programme": "P", "lines": len(self.entries), "last": self.entries[-1]["digest"]}
        return "".join(form(line) + "\n" for line in [sealed(header), *self.entries]).encode()

    def amended(self, decision: dict[str, Any]) -> None:
        self.most = max(self.most, decision["capacity"] + decision["margin"])
        terms = inputs.Terms(
            version=self.version + 1,
            channels=["online", "paper"],
            policy=self.policy,
            opens_at=OPENS,
            closes_at=OPENS + timedelta(days=7),
            **decision,
        )
        self.version += self.happens(terms)

    def moved(self, act: WindowAction) -> None:
        if state := WINDOW_TRANSITIONS.get((self.book.page.state, act)):
            needs_secret = self.book.terms.rules.paper_day_drawn and self.book.page.tie_secret is None
            if act is not WindowAction.SETTLE or not needs_secret:
                self.happens(inputs.Moved(act, state))

    def arrives(self, channel: str, country: str, ground: str | None, doubt: Doubt | None, day: int, late: bool, score: int | None) -> None:
        sequence, id = len(self.ids) + 1, sha(str(len(self.ids)))[:8]
        at = OPENS + timedelta(seconds=30 * sequence)
        if self.policy.get("tie_seconds"):
            late = late or not self._in_turn(at, id)
        given = inputs.Arrived(id, sequence, at, date(2016, 6, 13 + day), channel, country, ground, doubt, late or channel == "paper")
        if self.happens(given):
            self.ids.append(id)
        if score is not None:
            self.happens(inputs.Scored(id, score, ground is not None))

    def _in_turn(self, at: datetime, id: str) -> bool:
        bucket = int((at - OPENS).total_seconds()) // int(self.policy["tie_seconds"])
        key = (bucket, sha(f"{SECRET}|{bucket}|{id}"))
        before, self.turn = getattr(self, "turn", (-1, "")), key
        if key <= before:
            self.turn = before
        return key > before

    def id(self, n: int) -> str:
        return self.ids[n % len(self.ids)] if self.ids else "nobody"

    def step(self, step: tuple[Any, ...]) -> None:
        match step:
            case "arrives", *values:
                self.arrives(*values)
            case "about", kind, n:
                self.happens(kind(self.id(n)))
            case "judged", (kind, verdict), n:
                self.happens(kind(self.id(n), verdict))
            case "moved", act:
                self.moved(act)
            case "amended", decision:
                self.amended(decision)
            case "paper_through", day:
                if self.book.places.share_kept and not (self.book.terms.rules.paper_day_drawn and self.book.page.tie_secret is None):
                    self.happens(inputs.PaperThrough(date(2016, 6, 13 + day)))
            case "scored", n, score, offer:
                self.happens(inputs.Scored(self.id(n), score, offer))
            case "round", best, count:
                self.rounds += self.happens(inputs.Round(self.rounds + 1, count if best else None, None if best else count))
            case kind, *values:
                self.lot(kind, *values)

    def lot(self, kind: str, value: int = 0) -> None:
        """What is drawn: the secret of ties, the frozen list, the draw."""
        if kind == "revealed" and self.book.page.tie_commitment and self.book.page.tie_secret is None:
            self.happens(inputs.TieSecret(SECRET))
        elif kind == "committed":
            ids = sorted(entry.id for entry in self.book.shelf.standing(AdmissionStatus.REGISTERED))
            self.happens(inputs.DrawCommit(sha("\n".join(ids)), len(ids), sha(SECRET), "the next national lottery"))
        elif kind == "drawn":
            self.happens(inputs.Draw(SECRET, str(value), 7))

    def check(self) -> None:
        """The verifier agrees with the engine on what was written, on where everybody stands, and on what was refused."""
        code, sentence = report(self.export())
        assert code == 0, sentence
        assert sentence.startswith(f"{len(self.ids)} arrivals")
        assert rules.replay(self.entries).places.counts.taken == self.book.places.counts.taken
        if self.refused is not None:
            code, sentence = report(self.refused)
            line = self.refused.count(b"\n")
            assert (code, sentence.split(":")[0]) == (1, f"line {line}"), (sentence, self.refused.splitlines()[-1])


def tell(window: Window) -> None:
    for entry in window.book.shelf.entries.values():
        event(f"{entry.status.value} {entry.pool.value if entry.pool else ''}")
    event("settled" if window.book.page.state is WindowState.SETTLED else "not settled")


MANY = settings(max_examples=300, deadline=None)
TIES = ({}, {}, {"tie_seconds": 60}, {"paper_day": "draw"}, {"tie_seconds": 90, "paper_day": "draw"})


def follow(order: str, policy: dict[str, Any], chance: Random, *most: tuple[Any, ...]) -> None:
    """A history: half of what happens, what must happen, and the other half."""
    window = Window(order, policy, decision_of(chance))
    for step in [*steps_of(chance, 50), *most, *steps_of(chance, 50)]:
        window.step(step)
    tell(window)
    window.check()


@given(seed=st.integers(0, 2**32))
@MANY
def test_they_agree_on_first_come_windows(seed: int):
    chance = Random(seed)
    follow("first_come", chance.choice(TIES), chance)


@given(seed=st.integers(0, 2**32))
@MANY
def test_they_agree_on_drawn_windows(seed: int):
    chance = Random(seed)
    draw = (("moved", WindowAction.CLOSE), ("committed",), ("about", inputs.Withdrawn, 0), ("drawn", 1))
    follow("draw", {}, chance, *(draw if chance.random() < 0.8 else ()))


@given(seed=st.integers(0, 2**32))
@MANY
def test_they_agree_on_ranked_windows(seed: int):
    chance = Random(seed)
    follow("ranked", {"offers_first": chance.random() < 0.5}, chance)


def test_the_invariant_is_not_empty():
    """What the histories are made of does give places: a history known by heart."""
    window = Window("first_come", {}, {"capacity": 1, "margin": 0, "reserve": 0, "paper_share": None, "waiting_list": True, "exempt_grounds": [],
                                       "country_caps": {"default": None, "by_country": {}}})  # fmt: skip
    for country in ("AA", "BB"):
        window.arrives("online", country, None, None, 0, late=False, score=None)
    window.step(("about", inputs.Withdrawn, 0))
    window.check()
    assert [entry.status for entry in window.book.shelf.entries.values()] == [AdmissionStatus.WITHDRAWN, AdmissionStatus.PROVISIONAL]
    assert window.book.places.counts.taken == sum(entry.status in TAKES_A_PLACE for entry in window.book.shelf.entries.values())
