"""What moves a term on a real database: given again, corrected, counted again, paused afterwards; nothing forgotten, all on the trail."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backoffice.core import events
from backoffice.core import settings as product_settings
from backoffice.core.actors import SYSTEM
from backoffice.core.clock import MONTREAL
from backoffice.core.db import db, transaction
from backoffice.core.events import Subject
from backoffice.deadlines import many, queries, service
from backoffice.deadlines.errors import (
    ExtensionTooLong,
    ReasonMissing,
    SameCalendar,
    ShortenedByReissue,
    StartToCome,
    StartTooEarly,
    StartUnchanged,
    TermNotRunning,
    TermOver,
    TermsBarred,
)
from backoffice.deadlines.models import Term
from backoffice.deadlines.states import StartChange, TermAction, TermState
from backoffice.deadlines.values import TermKind
from tests.conftest import NOON

CASE, OWNER = Subject("case", "1"), Subject("request", "1")
JUNE_13 = date(2016, 6, 13)


def on(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=MONTREAL)


def start(kind: TermKind = TermKind.DOCUMENTS, day: date = JUNE_13, **options: int) -> Term:
    with transaction():
        return service.start_term(kind, CASE, OWNER, day, "list_sent", by=SYSTEM, at=NOON, **options)


def term() -> Term:
    return queries.lock_term(OWNER)


def facts() -> list[str]:
    rows = db.session.query(events.EventRow).filter_by(subject_kind="case", subject_id="1").order_by(events.EventRow.position)
    return [row.kind.removeprefix("deadlines.") for row in rows]


def do(act: Callable[[], object]) -> None:
    with transaction():
        act()


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("STRICT_I16", "1")
    product_settings.settings.cache_clear()
    yield
    monkeypatch.undo()
    product_settings.settings.cache_clear()


# --- Its own days -------------------------------------------------------------------------------------------------------


def test_a_term_of_its_own_number_of_days_says_what_the_text_gives(session):
    own = start(days=45)
    assert (own.last_day, own.workings["days"], own.workings["own_days"], own.workings["rule"]["days"]) == (date(2016, 7, 28), 45, True, 90)


# --- Given again --------------------------------------------------------------------------------------------------------


def test_a_letter_issued_again_gives_the_whole_term_and_keeps_the_old_one(session):
    start()
    do(lambda: service.extend_term(OWNER, 5, "maladie", by=SYSTEM, at=on(date(2016, 6, 20))))
    do(lambda: service.reissue_term(OWNER, date(2016, 7, 12), "La lettre est revenue", by=SYSTEM, at=on(date(2016, 7, 12))))
    given_again = term()
    assert (given_again.start, given_again.last_day, given_again.run) == (date(2016, 7, 12), date(2016, 10, 11), 2)
    [past] = queries.past_starts(given_again.id)
    assert (past.start, past.last_day, past.change, past.reason) == (JUNE_13, date(2016, 9, 16), StartChange.REISSUED, "La lettre est revenue")
    assert past.workings["extensions"] == [{"days": 5, "granted_on": "2016-06-20", "reason": "maladie"}]
    assert facts() == ["TermStarted", "TermExtended", "TermReissued"]


def test_a_new_term_may_be_extended_once_of_its_own(session):
    start()
    do(lambda: service.extend_term(OWNER, 30, "maladie", by=SYSTEM, at=on(date(2016, 6, 14))))
    do(lambda: service.reissue_term(OWNER, date(2016, 9, 1), "Lettre perdue", by=SYSTEM, at=on(date(2016, 9, 1))))
    do(lambda: service.extend_term(OWNER, 10, "deuil", by=SYSTEM, at=on(date(2016, 9, 2))))
    assert term().workings["extended_by"] == 10


def test_nobody_loses_an_extension_by_a_letter_issued_the_next_day(session):
    start()
    do(lambda: service.extend_term(OWNER, 30, "maladie", by=SYSTEM, at=on(date(2016, 6, 14))))
    before = term().last_day
    do(lambda: service.reissue_term(OWNER, date(2016, 6, 15), "Erreur dans la lettre", by=SYSTEM, at=on(date(2016, 6, 15))))
    assert term().last_day == date(2016, 10, 13) > before
    with pytest.raises(ExtensionTooLong):
        do(lambda: service.extend_term(OWNER, 1, "encore", by=SYSTEM, at=on(date(2016, 6, 16))))


def test_a_letter_issued_again_from_the_same_day_changes_nothing(session):
    start()
    for _ in range(2):
        do(lambda: service.reissue_term(OWNER, JUNE_13, "Deux fois", by=SYSTEM, at=NOON))
    assert (facts(), queries.past_starts(term().id)) == (["TermStarted"], [])


@pytest.mark.parametrize(
    ("day", "refusal"), [(date(2016, 6, 14), StartToCome), (date(2016, 6, 10), ShortenedByReissue), (date(2011, 12, 31), StartTooEarly)]
)
def test_a_letter_issued_again_never_takes_days_away_nor_leaves_tomorrow(session, day: date, refusal: type[Exception]):
    start()
    with pytest.raises(refusal):
        do(lambda: service.reissue_term(OWNER, day, "motif", by=SYSTEM, at=NOON))
    assert (term().start, facts()) == (JUNE_13, ["TermStarted"])


def test_only_a_running_term_is_given_again(session):
    start()
    do(lambda: service.end_term(OWNER, TermAction.SATISFY, by=SYSTEM, at=NOON))
    with pytest.raises(TermNotRunning):
        do(lambda: service.reissue_term(OWNER, JUNE_13, "motif", by=SYSTEM, at=NOON))


def test_pauses_still_count_where_they_touch_the_term_given_again(session):
    started = start(TermKind.PAYMENT)
    do(lambda: service.add_pause(started.id, date(2016, 6, 20), date(2016, 6, 24), "outage", "P-1", by=SYSTEM, at=NOON))
    do(lambda: service.reissue_term(OWNER, date(2016, 6, 22), "Lettre perdue", by=SYSTEM, at=on(date(2016, 6, 22))))
    # 30 days from 22 June, the 23rd and 24th not counted: Sunday 24 July, then Monday 25.
    assert (term().workings["paused_days"], term().last_day) == (2, date(2016, 7, 25))


def test_a_reinstated_term_keeps_the_suspension_that_still_stands_and_forgets_no_history(session):
    started = start()
    do(lambda: many.pause(term(), "décision 7", by=SYSTEM, at=on(date(2016, 6, 20))))
    do(lambda: many.cancel(term(), by=SYSTEM, at=on(date(2016, 6, 21))))
    do(lambda: service.renew_term(OWNER, date(2016, 7, 4), "reinstated", by=SYSTEM, at=on(date(2016, 7, 4))))
    assert term().workings["last_day"] == "9999-12-31"
    do(lambda: many.resume(term(), "décision 7", by=SYSTEM, at=on(date(2016, 7, 11))))
    assert (term().workings["paused_days"], term().last_day) == (6, date(2016, 10, 11))  # 5 to 10 July
    assert [past.change for past in queries.past_starts(started.id)] == [StartChange.RENEWED]


# --- Corrected ----------------------------------------------------------------------------------------------------------


def test_a_corrected_start_keeps_the_extension_and_the_pauses(session):
    started = start(TermKind.PAYMENT)
    do(lambda: service.extend_term(OWNER, 10, "maladie", by=SYSTEM, at=on(date(2016, 6, 14))))
    do(lambda: service.add_pause(started.id, date(2016, 6, 20), date(2016, 6, 24), "outage", "P-1", by=SYSTEM, at=NOON))
    do(lambda: service.correct_start(started.id, date(2016, 6, 9), "Postée le 9", by=SYSTEM, at=NOON))
    assert (term().workings["extended_by"], term().workings["paused_days"], term().run) == (10, 5, 1)
    assert term().last_day == date(2016, 7, 25)  # 9 June + 30 + 10 + 5 days = Sunday 24 July, then Monday
    assert facts()[-1] == "StartCorrected"
    with pytest.raises(ExtensionTooLong):
        do(lambda: service.extend_term(OWNER, 1, "encore", by=SYSTEM, at=NOON))


def test_a_start_corrected_over_the_change_of_rule_takes_the_rule_of_its_day(session):
    day = date(2018, 8, 2)
    with transaction():
        started = service.start_term(TermKind.INTENTION_TO_REJECT, CASE, OWNER, day, "letter_sent", by=SYSTEM, at=on(day))
    assert started.workings["days"] == 60
    do(lambda: service.correct_start(started.id, date(2018, 8, 1), "Postée la veille", by=SYSTEM, at=on(day)))
    assert (term().workings["days"], term().workings["rule"]["version"]) == (90, "intention_to_reject-2014-01-01")


@pytest.mark.parametrize(
    ("day", "reason", "refusal"),
    [(JUNE_13, "motif", StartUnchanged), (date(2016, 6, 14), "motif", StartToCome), (date(2016, 6, 9), " ", ReasonMissing)],
)
def test_what_corrects_nothing_is_refused(session, day: date, reason: str, refusal: type[Exception]):
    started = start()
    with pytest.raises(refusal):
        do(lambda: service.correct_start(started.id, day, reason, by=SYSTEM, at=NOON))


# --- Under another calendar ---------------------------------------------------------------------------------------------


def test_under_the_strict_setting_a_new_term_ends_on_a_saturday(session, strict):
    assert start(TermKind.PAYMENT, date(2016, 5, 25)).last_day == date(2016, 6, 25)
    assert term().calendar == {"version": "I-16/2016-strict", "saturdays": False, "proclaimed": {}}


def test_a_running_term_keeps_its_calendar_until_it_is_counted_again(session, monkeypatch):
    started = start(TermKind.PAYMENT, date(2016, 5, 25))
    with pytest.raises(SameCalendar):
        do(lambda: service.recompute_term(started.id, "motif", by=SYSTEM, at=NOON))
    with monkeypatch.context() as changed:
        changed.setenv("STRICT_I16", "1")
        product_settings.settings.cache_clear()
        do(lambda: service.extend_term(OWNER, 7, "maladie", by=SYSTEM, at=NOON))
        assert term().last_day == date(2016, 7, 4)  # 37 days end on Friday 1 July: carried over Saturday and Sunday too
        do(lambda: service.recompute_term(started.id, "I-16 seule", by=SYSTEM, at=NOON))
        assert term().last_day == date(2016, 7, 2)
    product_settings.settings.cache_clear()
    assert service.derived(term()).last_day == date(2016, 7, 2)
    assert facts()[-1] == "TermRecomputed"


# --- Pauses written afterwards ------------------------------------------------------------------------------------------


def test_a_pause_is_entered_once_taken_back_and_entered_again(session):
    started = start(TermKind.PAYMENT)
    for _ in range(2):
        do(lambda: service.add_pause(started.id, date(2016, 6, 20), date(2016, 6, 21), "outage", "P-1", by=SYSTEM, at=NOON))
    assert term().last_day == date(2016, 7, 15)
    for _ in range(2):
        do(lambda: service.remove_pause(started.id, "P-1", by=SYSTEM, at=NOON))
    assert (term().last_day, term().workings["pauses"]) == (date(2016, 7, 13), [])
    do(lambda: service.add_pause(started.id, date(2016, 6, 20), date(2016, 6, 20), "outage", "P-1", by=SYSTEM, at=NOON))
    assert term().last_day == date(2016, 7, 14)
    assert facts() == ["TermStarted", "PauseAdded", "PauseRemoved", "PauseAdded"]


def test_a_suspension_that_was_taken_back_is_not_resumed(session):
    started = start()
    do(lambda: service.add_pause(started.id, date(2016, 6, 20), None, "décision 7", "D-7", by=SYSTEM, at=NOON))
    do(lambda: service.remove_pause(started.id, "D-7", by=SYSTEM, at=NOON))
    do(lambda: many.resume(term(), "décision 7", by=SYSTEM, at=on(date(2016, 7, 4))))
    assert (term().last_day, [p.last for p in term().pauses]) == (date(2016, 9, 12), [None])


# --- What bars an end ---------------------------------------------------------------------------------------------------


def test_a_barred_term_runs_on_but_does_not_lapse_until_the_bar_is_lifted(session):
    start()
    for _ in range(2):
        do(lambda: service.bar_ends(CASE, "unreachable", "m-1", by=SYSTEM, at=NOON))
    assert [bar.ref for bar in queries.bars_of(CASE)] == ["m-1"]
    with pytest.raises(TermsBarred):
        do(lambda: service.end_term(OWNER, TermAction.LAPSE, by=SYSTEM, at=on(date(2016, 9, 13))))
    assert (term().state, len(service.what_holds_back(term()))) == (TermState.RUNNING, 1)
    for _ in range(2):
        do(lambda: service.lift_bar(CASE, "unreachable", "m-1", "signed", by=SYSTEM, at=NOON))
    assert service.what_holds_back(term()) == []
    do(lambda: service.end_term(OWNER, TermAction.LAPSE, by=SYSTEM, at=on(date(2016, 9, 13))))
    assert facts() == ["TermStarted", "EndsBarred", "BarLifted", "TermEnded"]


def test_a_bar_that_was_lifted_does_not_come_back_by_itself_but_another_may_stand(session):
    for ref in ("m-1", "m-2"):
        do(lambda: service.bar_ends(CASE, "unreachable", ref, by=SYSTEM, at=NOON))  # noqa: B023 - called at once
    do(lambda: service.lift_bar(CASE, "unreachable", "m-1", "reissued", by=SYSTEM, at=NOON))
    do(lambda: service.bar_ends(CASE, "unreachable", "m-1", by=SYSTEM, at=NOON))
    assert [(bar.ref, bar.how) for bar in queries.bars_of(CASE)] == [("m-2", None), ("m-1", "reissued")]
    assert queries.standing_bars(Subject("case", "2")) == []


def test_a_barred_term_may_be_satisfied_and_cancelled(session):
    start()
    do(lambda: service.bar_ends(CASE, "unreachable", "m-1", by=SYSTEM, at=NOON))
    do(lambda: service.end_term(OWNER, TermAction.SATISFY, by=SYSTEM, at=NOON))
    assert term().state is TermState.SATISFIED


def test_mail_stamped_in_time_holds_the_end_back_and_later_mail_does_not(session):
    start(TermKind.PAYMENT)
    for ref, day in (("C-0", date(2016, 6, 12)), ("C-1", date(2016, 7, 13)), ("C-2", date(2016, 7, 14))):
        do(lambda: service.note_unsettled("mail", ref, day))  # noqa: B023 - called at once
    [held] = service.what_holds_back(term())
    assert "C-1" in held


def test_much_mail_is_counted_instead_of_named(session):
    start(TermKind.PAYMENT)
    for n in range(4):
        do(lambda: service.note_unsettled("mail", f"C-{n}", date(2016, 7, 1 + n)))  # noqa: B023 - called at once
    assert [str(line) for line in service.what_holds_back(term())] == [
        "4 enveloppes estampillées du 2016-07-01 au 2016-07-04 ne sont pas encore indexées"
    ]


# --- Any order of entry -------------------------------------------------------------------------------------------------


def test_extension_pauses_and_correction_give_one_date_in_any_order(session):
    """The whole trail, entered in each of the twenty-four orders by the operations themselves."""
    acts: list[Callable[[Term], object]] = [
        lambda t: service.extend_term(t.owner, 12, "maladie", by=SYSTEM, at=NOON),
        lambda t: service.add_pause(t.id, date(2016, 6, 20), date(2016, 6, 26), "outage", "P-1", by=SYSTEM, at=NOON),
        lambda t: service.add_pause(t.id, date(2016, 6, 24), date(2016, 7, 2), "strike", "P-2", by=SYSTEM, at=NOON),
        lambda t: service.correct_start(t.id, date(2016, 6, 9), "Postée le 9", by=SYSTEM, at=NOON),
    ]
    dates = set()
    for n, order in enumerate(permutations(acts)):
        owner = Subject("request", f"order-{n}")
        with transaction():
            one = service.start_term(TermKind.DOCUMENTS, CASE, owner, JUNE_13, "list_sent", by=SYSTEM, at=NOON)
            for act in order:
                act(one)
        dates.add((one.last_day, one.workings["paused_days"]))
    assert dates == {(date(2016, 10, 3), 13)}  # 9 June + 90 + 12 + 13 days = Sunday 2 October, then Monday


spans = st.lists(st.tuples(st.integers(0, 120), st.integers(0, 25)), min_size=1, max_size=5)


@given(spans, st.randoms(use_true_random=False), st.integers(-4, 0), st.booleans())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_pauses_taken_back_corrected_and_entered_again_never_leave_a_trace_on_the_date(session, touched, random, shift, extended):
    """One term gets its facts straight; the other in a random order, with slips that are put right. Both end on one day."""
    pauses = [(JUNE_13 + timedelta(days=first), JUNE_13 + timedelta(days=first + length), f"P-{n}") for n, (first, length) in enumerate(touched)]
    straight = _entered("straight", pauses, shift, extended=extended)
    slips = list(pauses)
    random.shuffle(slips)
    winding = _entered("winding", slips, shift, extended=extended, slip=True)
    assert winding.last_day == straight.last_day
    assert service.derived(winding).last_day == winding.last_day
    db.session.rollback()


def _entered(name: str, pauses: list[tuple[date, date, str]], shift: int, *, extended: bool, slip: bool = False) -> Term:
    owner, real = Subject("request", f"{name}-{datetime.now(MONTREAL).timestamp()}"), JUNE_13 + timedelta(days=shift)
    with transaction():
        first = JUNE_13 - timedelta(days=9) if slip else real
        one = service.start_term(TermKind.DOCUMENTS, CASE, owner, first, "list_sent", by=SYSTEM, at=NOON)
        if extended and not slip:
            service.extend_term(owner, 20, "maladie", by=SYSTEM, at=NOON)
        for begins, ends, ref in pauses:
            service.add_pause(one.id, begins, ends, "outage", ref, by=SYSTEM, at=NOON)
            if slip:
                service.remove_pause(one.id, ref, by=SYSTEM, at=NOON)
                service.add_pause(one.id, begins, ends, "outage", ref, by=SYSTEM, at=NOON)
        if slip:
            service.correct_start(one.id, real, "Jour inscrit par erreur", by=SYSTEM, at=NOON)
        if extended and slip:
            service.extend_term(owner, 20, "maladie", by=SYSTEM, at=NOON)
    return one


def test_an_extension_asks_for_a_reason_and_ends_with_the_term_in_montreal(session):
    start(TermKind.PAYMENT)
    with pytest.raises(ReasonMissing):
        do(lambda: service.extend_term(OWNER, 5, "  ", by=SYSTEM, at=NOON))
    last_second = datetime(2016, 7, 13, 23, 59, 59, tzinfo=MONTREAL)
    with pytest.raises(TermOver):
        do(lambda: service.extend_term(OWNER, 5, "maladie", by=SYSTEM, at=last_second + timedelta(seconds=1)))
    do(lambda: service.extend_term(OWNER, 5, "maladie", by=SYSTEM, at=last_second))
    assert term().last_day == date(2016, 7, 18)
