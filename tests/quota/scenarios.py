"""Anything that can happen to a window of any kind, in any order: drawn by Hypothesis, played on the pure book."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import strategies as st

from backoffice.quota.rules import list_sha256, sha256
from backoffice.quota.rules.inputs import (
    Annulled,
    Draw,
    DrawCommit,
    Duplicate,
    Exemption,
    Expired,
    Filed,
    FromReserve,
    Input,
    Lapsed,
    Paid,
    PaperThrough,
    Reinstated,
    Restored,
    Round,
    Scored,
    UnpaidAgain,
    Verdict,
    Withdrawn,
)
from backoffice.quota.states import WINDOW_TRANSITIONS
from backoffice.quota.values import AdmissionStatus, Doubt, WindowAction
from tests.quota.notebook import OPENS, SECRET, Notebook

DAYS = [date(2016, 6, 13) + timedelta(days=n) for n in range(4)]
ABOUT: dict[str, Callable[[str], Input]] = {
    "pay": Paid, "unpay": UnpaidAgain, "lapse": Lapsed, "expire": Expired, "file": Filed, "withdraw": Withdrawn, "reinstate": Reinstated,
    "reserve": FromReserve, "annul": Annulled, "restore": Restored,
    "verify": lambda id_: Exemption(id_, Verdict.VERIFIED), "deny": lambda id_: Exemption(id_, Verdict.DENIED),
    "same": lambda id_: Duplicate(id_, Verdict.SAME), "different": lambda id_: Duplicate(id_, Verdict.DIFFERENT),
}  # fmt: skip
WINDOW = ("close", "close", "settle", "suspend", "resume", "commit", "draw", "draw", "round", "paper", "paper", "amend", "score")

countries = st.sampled_from(["FR", "DZ", "CN"])
orders = st.sampled_from(["first_come", "first_come", "draw", "ranked"])


@st.composite
def windows(draw: st.DrawFn) -> dict[str, object]:
    """The terms of a small window of any kind."""
    order = draw(orders)
    policy: dict[str, object] = {"order": order, "offers_first": draw(st.booleans()), "paper_day": draw(st.sampled_from(["draw", "sequence"]))}
    if order == "first_come" and draw(st.booleans()):
        policy["tie_seconds"] = draw(st.integers(1, 3))
    capacity = draw(st.integers(0, 6))
    return {
        "capacity": capacity, "margin": draw(st.integers(0, 2)), "reserve": draw(st.integers(0, 2)), "policy": policy,
        "paper_share": draw(st.none() | st.integers(0, capacity)), "waiting_list": draw(st.booleans()),
        "country_caps": {"default": draw(st.none() | st.integers(0, 4)), "by_country": draw(st.dictionaries(countries, st.integers(0, 3), max_size=1))},
    }  # fmt: skip


arrivals = st.tuples(
    st.just("arrive"), countries, st.sampled_from([None, None, None, *DAYS]), st.sampled_from([False, False, True]),
    st.sampled_from([None, None, None, Doubt.SUSPECTED, Doubt.CERTAIN]),
)  # fmt: skip
later = st.tuples(st.sampled_from([*ABOUT, "pay", "lapse"]), st.integers(0, 60))
about_the_window = st.tuples(st.sampled_from(WINDOW), st.integers(0, 8))
steps = st.lists(arrivals | arrivals | later | later | about_the_window, max_size=40)


def play(terms: dict[str, object], played: list[tuple[object, ...]], seen: Callable[[Notebook], None] = lambda _: None) -> Notebook:
    """Every step that the rules allow; after each, what must hold is looked at."""
    notebook = Notebook(**terms)
    for number, step in enumerate(played, 1):
        one_step(notebook, number, step)
        seen(notebook)
    return notebook


def one_step(notebook: Notebook, number: int, step: tuple[object, ...]) -> None:
    name, *rest = step
    known = list(notebook.book.shelf.entries)
    if name == "arrive":
        country, paper, exempt, doubt = rest
        # With ties, each comes in an interval of its own: their order inside one is tested by itself.
        notebook.arrive(
            f"{number:08x}-0000-4000-8000-000000000000", country, exempt=exempt, paper=paper, doubt=doubt, sequence=number, after=number * 10
        )
    elif name in ABOUT:
        if known:
            notebook.tried(ABOUT[name](known[rest[0] % len(known)]))
    else:
        _window_step(notebook, str(name), int(rest[0]), known)


def _window_step(notebook: Notebook, name: str, pick: int, known: list[str]) -> None:
    page = notebook.book.page
    if name in {"close", "settle", "suspend", "resume"}:
        action = WindowAction(name)
        unready = name == "settle" and notebook.book.places.share_kept and notebook.book.terms.rules.paper_day_drawn and page.tie_secret is None
        if (page.state, action) in WINDOW_TRANSITIONS and not unready:
            notebook.move(action)
    elif name == "commit":
        ids = notebook.standing(AdmissionStatus.REGISTERED)
        notebook.tried(DrawCommit(list_sha256(ids), len(ids), sha256(SECRET), "loto"))
    elif name == "draw":
        notebook.tried(Draw(SECRET, f"value {pick}", 7))
    elif name == "round":
        notebook.tried(Round(page.rounds + 1, pick, None) if pick % 2 else Round(page.rounds + 1, None, pick))
    elif name == "paper":
        notebook.tried(PaperThrough(DAYS[pick % 4]))
    elif name == "score" and known:
        notebook.tried(Scored(known[pick % len(known)], pick, pick % 3 == 0))
    elif name == "amend":
        notebook.amend(capacity=pick, waiting_list=pick % 2 == 0)


def opened_at_most(terms: dict[str, object]) -> int:
    """The places of a window as it was announced."""
    return int(terms["capacity"]) + int(terms["margin"])  # type: ignore[call-overload]


__all__ = ["OPENS", "play", "steps", "windows"]
