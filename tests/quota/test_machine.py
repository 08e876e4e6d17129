"""A window as a state machine: Hypothesis does anything to it, and a model that counts on its fingers must agree."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from backoffice.quota.rules import country_cap, replay
from backoffice.quota.rules.inputs import Annulled, Exemption, FromReserve, Lapsed, Paid, Reinstated, Restored, UnpaidAgain, Verdict, Withdrawn
from backoffice.quota.values import AdmissionStatus, WindowAction, WindowState
from tests.quota.notebook import Notebook, stood

countries = st.sampled_from(["FR", "DZ", "CN"])
TAKES = {AdmissionStatus.PROVISIONAL, AdmissionStatus.CONFIRMED}


class FirstComeWindow(RuleBasedStateMachine):
    """First come, first served, with a reserve, caps and perhaps a waiting list."""

    names = Bundle("names")

    @initialize(
        capacity=st.integers(0, 5), margin=st.integers(0, 1), reserve=st.integers(0, 2), waiting=st.booleans(), cap=st.none() | st.integers(1, 3)
    )  # fmt: skip
    def open(self, capacity: int, margin: int, reserve: int, waiting: bool, cap: int | None) -> None:
        self.window = Notebook(
            capacity=capacity, margin=margin, reserve=reserve, waiting_list=waiting, country_caps={"default": cap, "by_country": {"CN": 1}}
        )  # fmt: skip
        self.model: dict[str, tuple[str, bool]] = {}  # country, and whether it has a place
        self.queue: list[str] = []
        self.reserve, self.waiting = reserve, waiting

    def taken(self, country: str | None = None) -> int:
        return sum(has and country in {None, where} for where, has in self.model.values())

    def fits(self, country: str, *, reserve: bool = False) -> bool:
        terms = self.window.book.terms
        total = terms.capacity + terms.margin - (0 if reserve else self.reserve)
        cap = country_cap(self.window.book.places.terms, country)
        return self.taken() < total and (cap is None or self.taken(country) < cap)

    def serve(self) -> None:
        for name in list(self.queue):
            if self.fits(self.model[name][0]):
                self.queue.remove(name)
                self.model[name] = self.model[name][0], True

    def lose(self, name: str) -> None:
        self.model[name] = self.model[name][0], False
        if name in self.queue:
            self.queue.remove(name)

    @rule(target=names, country=countries, exempt=st.booleans())
    def arrive(self, country: str, exempt: bool) -> object:
        if self.window.book.page.state is not WindowState.OPEN:
            return multiple()
        name = f"S{len(self.model)}"
        self.model[name] = country, not exempt and self.fits(country)
        if self.waiting and not exempt and not self.model[name][1]:
            self.queue.append(name)
        self.window.arrive(name, country, exempt=exempt)
        return name

    @rule(name=names)
    def pay(self, name: str) -> None:
        self.window.tried(Paid(name))

    @rule(name=names)
    def bounce(self, name: str) -> None:
        self.window.tried(UnpaidAgain(name))

    @rule(name=names, act=st.sampled_from([Lapsed, Withdrawn]))
    def leave(self, name: str, act: type[Lapsed | Withdrawn]) -> None:
        if self.window.tried(act(name)) is not None:
            self.lose(name)
            self.serve()

    @rule(name=names)
    def review(self, name: str) -> None:
        fits = self.fits(self.model[name][0])
        outcomes = self.window.tried(Reinstated(name))
        if outcomes and outcomes[0].status in TAKES:
            assert fits
            self.model[name] = self.model[name][0], True

    @rule(name=names)
    def prevented(self, name: str) -> None:
        fits = self.reserve > 0 and self.fits(self.model[name][0], reserve=True)
        if self.window.tried(FromReserve(name)) is not None:
            assert fits
            self.lose(name)
            self.model[name] = self.model[name][0], True
            self.reserve -= 1

    @rule(name=names, verified=st.booleans())
    def look_at_the_ground(self, name: str, verified: bool) -> None:
        fits, was_open = self.fits(self.model[name][0]), self.window.book.page.state in {WindowState.OPEN, WindowState.SUSPENDED}
        if self.window.tried(Exemption(name, Verdict.VERIFIED if verified else Verdict.DENIED)) is not None:
            self.lose(name)
            if not verified:
                self.model[name] = self.model[name][0], fits and was_open
            self.serve()

    @rule(name=names)
    def annul_and_restore(self, name: str) -> None:
        queued, had = name in self.queue, self.model[name][1]
        if self.window.tried(Annulled(name)) is not None:
            self.lose(name)
            if self.window.tried(Restored(name)) is not None:
                self.model[name] = self.model[name][0], had
                if queued:
                    self.queue = sorted([*self.queue, name], key=lambda one: int(one[1:]))

    @rule(more=st.integers(0, 7))
    def amend(self, more: int) -> None:
        if self.window.book.page.state is not WindowState.SETTLED:
            self.window.amend(capacity=more)
            self.serve()

    @precondition(lambda self: self.window.book.page.state is WindowState.OPEN)
    @rule()
    def suspend_and_resume(self) -> None:
        self.window.move(WindowAction.SUSPEND)
        self.window.move(WindowAction.RESUME)

    @precondition(lambda self: self.window.book.page.state is WindowState.OPEN and len(self.model) > 6)
    @rule()
    def close(self) -> None:
        self.window.move(WindowAction.CLOSE)

    @invariant()
    def the_places_are_those_of_the_model(self) -> None:
        assert {e.id: e.status in TAKES for e in self.window.book.shelf.entries.values()} == {name: has for name, (_, has) in self.model.items()}

    @invariant()
    def the_queue_is_that_of_the_model(self) -> None:
        assert sorted(self.window.standing(AdmissionStatus.WAITLISTED)) == sorted(self.queue)

    def teardown(self) -> None:
        if hasattr(self, "window"):
            assert stood(replay(self.window.lines)) == stood(self.window.book)


FirstComeWindow.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestFirstComeWindow = FirstComeWindow.TestCase
