"""Print runs: every letter once, in order, counted, resumed after a kill, the same bytes for ever."""

from datetime import date, timedelta
from io import BytesIO

import numpy as np
import pikepdf
import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select

from backoffice.core import clock, deliveries, events, files
from backoffice.core.db import db, transaction
from backoffice.core.errors import DomainError
from backoffice.core.states import IllegalMove
from backoffice.mail import queries as mail_queries
from backoffice.mail.models import PostedLetter
from backoffice.mailroom import codes
from backoffice.mailroom.codes import SheetCode, SheetKind
from backoffice.mailroom.letters import queries, service
from backoffice.mailroom.letters.errors import InARun, NotCounted, NothingToPrint, NotInRun, NotThatDay, StillPrinting
from backoffice.mailroom.letters.events import run_subject
from backoffice.mailroom.letters.models import PrintRunPart
from backoffice.mailroom.letters.states import FINAL, RUNS, InRun, RunState
from backoffice.mailroom.letters.values import Format, Handed, ToPrint
from backoffice.staff.models import Account
from tests.builders import Builder

TODAY = date(2016, 6, 13)


@pytest.fixture
def clerk(build: Builder) -> Account:
    return build.clerk()


def on_paper(build: Builder, country: str = "DZ", postal_code: str = "31000", family: str = "Belkacem") -> int:
    """A case whose invitation leaves by post; its letter."""
    content = build.content()
    principal = content["principal_applicant"]
    del principal["contact"]["email"]
    principal["family_name"] = family
    principal["contact"]["address"] |= {"country": country, "postal_code": postal_code}
    case = build.case(content)
    return next(letter.id for letter, message in mail_queries.letters_to_post() if message.case_id == case.id)


def ask(clerk: Account) -> str:
    with transaction():
        return service.ask_for_run(by=clerk.actor, at=clock.now()).number


def printed(clerk: Account, build: Builder) -> str:
    number = ask(clerk)
    build.deliver()
    return number


def hand(number: str, clerk: Account, counted: int, on: date = TODAY) -> None:
    with transaction():
        service.hand_over(number, Handed(counted, on), by=clerk.actor, at=clock.now())


def order(number: str) -> list[int]:
    return [one.letter.id for one in queries.letters(queries.run(number).id, InRun.IN)]


def pages(data: bytes) -> list[np.ndarray]:
    return [page.render(scale=100 / 72).to_numpy() for page in pypdfium2.PdfDocument(BytesIO(data))]


def test_the_run_holds_every_letter_in_the_order_of_the_envelopes(clerk: Account, build: Builder):
    algeria, france, canada = on_paper(build), on_paper(build, "FR", "75001", "Martin"), on_paper(build, "CA", "G1R 2B5", "Roy")
    number = printed(clerk, build)
    assert number == "T-2016-0001"
    assert order(number) == [canada, algeria, france]
    run = queries.run(number)
    assert (run.state, run.pages) == (RunState.MADE, sum(len(pages(files.read(mail_queries.letter(one).sha256))) for one in order(number)))
    with pytest.raises(NothingToPrint):
        ask(clerk)


def test_the_paper_is_equal_to_the_files_that_were_kept_and_its_list_names_them(clerk: Account, build: Builder):
    letters = [on_paper(build, family=family) for family in ("Belkacem", "Nguyễn", "Галаган")]
    number = printed(clerk, build)
    run = queries.run(number)
    paper = pages(files.read(str(run.sha256)))
    kept = [page for one in order(number) for page in pages(files.read(mail_queries.letter(one).sha256))]
    assert len(letters) == 3
    assert len(paper) == 1 + len(kept)
    assert all(np.array_equal(a, b) for a, b in zip(paper[1:], kept, strict=True))
    front = pypdfium2.PdfDocument(BytesIO(files.read(str(run.sha256))))[0]
    said = " ".join(front.get_textpage().get_text_range().split())
    assert f"Tirage {number}" in said
    assert f"3 lettres, {run.pages} feuilles" in said
    read = {one.text for one in zxingcpp.read_barcodes(front.render(scale=150 / 72).to_pil().convert("L"))}
    assert codes.encode(SheetCode(SheetKind.RUN, number)) in read


def test_a_letter_without_its_source_goes_as_the_pages_that_were_kept(clerk: Account, build: Builder):
    letter = on_paper(build)
    with transaction():
        mail_queries.letter(letter).edition = "another layout"
    number = printed(clerk, build)
    paper, kept = pages(files.read(str(queries.run(number).sha256))), pages(files.read(mail_queries.letter(letter).sha256))
    assert all(np.array_equal(a, b) for a, b in zip(paper[1:], kept, strict=True))


def test_a_run_of_several_parts_goes_on_after_a_kill_without_printing_twice(clerk: Account, build: Builder, monkeypatch: pytest.MonkeyPatch):
    letters = [on_paper(build, family=f"Famille {place}") for place in "ABCDE"]
    monkeypatch.setattr(service, "PART", 2)
    number = ask(clerk)
    deliveries.run(deliveries.waiting(clock.now())[-1])
    assert queries.printed(queries.run(number).id) == 2
    drawn = service.printing.part

    def killed(_letters: object) -> bytes:
        raise SystemExit(9)

    monkeypatch.setattr(service.printing, "part", killed)
    with pytest.raises(SystemExit):
        deliveries.run(deliveries.waiting(clock.now())[-1])
    db.session.rollback()
    assert queries.printed(queries.run(number).id) == 2
    monkeypatch.setattr(service.printing, "part", drawn)
    build.deliver()
    run = queries.run(number)
    assert run.state is RunState.MADE
    assert [part.letters for part in db.session.scalars(select(PrintRunPart).order_by(PrintRunPart.position))] == [2, 2, 1]
    with pikepdf.open(BytesIO(files.read(str(run.sha256)))) as whole:
        assert len(whole.pages) == 1 + run.pages
    assert sorted(order(number)) == sorted(letters)
    kinds = [row.kind.rpartition(".")[2] for row in events.history(run_subject(number))]
    assert kinds == ["RunAsked", "PartPrinted", "PartPrinted", "PartPrinted", "RunMade"]


def test_the_carrier_s_day_is_day_zero_for_the_whole_run_by_one_act(clerk: Account, build: Builder):
    letters = [on_paper(build), on_paper(build, family="Roy")]
    number = printed(clerk, build)
    with pytest.raises(NotCounted):
        hand(number, clerk, 1)
    with pytest.raises(NotThatDay):
        hand(number, clerk, 2, TODAY + timedelta(days=1))
    with pytest.raises(NotThatDay):
        hand(number, clerk, 2, TODAY - timedelta(days=1))
    hand(number, clerk, 2)
    build.deliver()
    for one in letters:
        message = mail_queries.message(mail_queries.letter(one).message_id)
        assert message.readable_at == clock.now()
    assert mail_queries.letters_to_post() == []
    fact = events.history(run_subject(number))[-1]
    assert fact.data["sha256"] == queries.run(number).sha256
    with pytest.raises(IllegalMove):
        hand(number, clerk, 2)


def test_a_run_handed_over_the_day_before_is_said_today(clerk: Account, build: Builder, monkeypatch: pytest.MonkeyPatch):
    letter = on_paper(build)
    number = printed(clerk, build)
    tomorrow = clock.now() + timedelta(days=1)
    with transaction():
        service.hand_over(number, Handed(1, TODAY), by=clerk.actor, at=tomorrow)
    message = mail_queries.message(mail_queries.letter(letter).message_id)
    assert message.readable_at is not None
    assert message.readable_at.date() == TODAY


def test_a_spoiled_letter_is_printed_again_the_same_or_waits_for_the_next_run(clerk: Account, build: Builder):
    first, second = on_paper(build), on_paper(build, family="Roy")
    number = printed(clerk, build)
    with transaction():
        digest = service.spoil(number, first, "froissée", out=False, by=clerk.actor, at=clock.now())
    assert digest == mail_queries.letter(first).sha256
    assert len(order(number)) == 2
    with transaction():
        service.spoil(number, second, "encre", out=True, by=clerk.actor, at=clock.now())
    assert order(number) == [first]
    hand(number, clerk, 1)
    with pytest.raises(NotInRun), transaction():
        service.spoil(number, first, "trop tard", out=True, by=clerk.actor, at=clock.now())
    assert mail_queries.letter(second).posted_at is None
    assert order(printed(clerk, build)) == [second]


def test_a_run_that_is_dropped_gives_its_letters_back(clerk: Account, build: Builder):
    letter = on_paper(build)
    number = ask(clerk)
    with pytest.raises(StillPrinting), transaction():
        service.drop(number, "trop tôt", by=clerk.actor, at=clock.now())
    build.deliver()
    with transaction():
        service.drop(number, "mauvais papier", by=clerk.actor, at=clock.now())
    assert files.read(str(queries.run(number).sha256)).startswith(b"%PDF")
    assert order(printed(clerk, build)) == [letter]


def test_a_letter_of_a_run_does_not_leave_by_itself(clerk: Account, build: Builder):
    letter = on_paper(build)
    number = printed(clerk, build)
    with pytest.raises(InARun), transaction():
        service.post_alone(letter, by=clerk.actor, at=clock.now())
    with transaction():
        service.spoil(number, letter, "part seule", out=True, by=clerk.actor, at=clock.now())
        service.post_alone(letter, by=clerk.actor, at=clock.now())
    assert db.session.scalars(select(PostedLetter)).one().posted_at == clock.now()


def test_characters_that_no_font_has_wait_for_a_person(clerk: Account, build: Builder):
    held = on_paper(build, family="Essai \U0010fffd")
    plain = on_paper(build, family="Roy")
    assert [one.letter.id for one in queries.held()] == [held]
    number = printed(clerk, build)
    assert order(number) == [plain]
    with transaction():
        service.release(held, by=clerk.actor, at=clock.now())
    assert queries.held() == []
    assert order(printed(clerk, build)) == [held]
    with pytest.raises(DomainError), transaction():
        service.release(plain, by=clerk.actor, at=clock.now())


def test_every_state_of_a_run_is_reached_and_left_as_the_table_says():
    assert {state for state, _action in RUNS} | {RunState.MAKING} | FINAL == set(RunState)
    assert not {state for state, _action in RUNS} & FINAL


def test_long_letters_go_flat_and_after_the_folded_ones():
    one, two = ToPrint(1, "B", "CA", "A", 6), ToPrint(2, "A", "CA", "A", 7)
    assert (one.format, two.format) == (Format.WINDOW, Format.FLAT)
    assert one.place < two.place
