"""Candidates on a real database: by number, by person, by what is read; among thousands, and in time."""

import csv
import json
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event, text

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.documents.models import PageText
from backoffice.documents.states import TextState
from backoffice.mailroom import queries as room
from backoffice.mailroom import service as mailroom
from backoffice.mailroom.indexing import service
from backoffice.mailroom.models import Scan, ScanPage
from backoffice.mailroom.states import PageState, ScanState
from backoffice.mailroom.values import Door, EnvelopeKind, NewEnvelope
from tests.builders import Builder
from tests.mailroom.indexing.crowd import Known, crowd

BORN = date(1984, 7, 14)


def envelope(build: Builder, **changes: object) -> str:
    clerk = build.clerk()
    with transaction():
        new = NewEnvelope(**{"delivered_on": clock.today(), "kind": EnvelopeKind.DOCUMENTS} | changes)
        return mailroom.register_envelope(new, by=clerk.actor, at=clock.now()).number


def page_of(number: str, said: str, confidence: int = 90) -> None:
    """A page of the envelope with its recognised text."""
    one = room.envelope(number)
    digest = f"{len(one.pages):02d}{number}".ljust(64, "0")
    scan = Scan(
        envelope_id=one.id, sha256=digest, filename="a.pdf", size=1, door=Door.UPLOAD.value, state=ScanState.READ, warnings=[], arrived_at=clock.now()
    )
    db.session.add(scan)
    db.session.flush()
    db.session.add(ScanPage(
        envelope_id=one.id, scan_id=scan.id, position=len(one.pages) + 1, number=1, picture_sha256="0" * 64, thumbnail_sha256="0" * 64, width=1, height=1,
        blank=False, codes=[], state=PageState.TO_FILE,
    ))  # fmt: skip
    db.session.add(PageText(
        original_sha256=digest, number=1, state=TextState.DONE, text=said, search="", confidence=confidence, turned=0, skew=0,
    ))  # fmt: skip
    db.session.commit()


@contextmanager
def counting() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_number_typed_with_its_check_digit_is_the_case_and_a_wrong_one_nobody(build: Builder):
    case, number = build.paid_case(), envelope(build)
    [found] = service.candidates(number, case.number.replace("-", " "))
    assert (found.case_id, found.number, found.score) == (case.id, case.number, 100)
    wrong = case.number[:-1] + str((int(case.number[-1]) + 1) % 10)
    assert service.candidates(number, wrong) == []


def test_a_number_read_on_a_page_says_where_and_how_surely(build: Builder):
    case, number = build.paid_case(), envelope(build)
    page_of(number, f"Votre dossier : {case.number.replace('0', 'O')}", confidence=82)
    [found] = service.candidates(number)
    assert found.case_id == case.id
    assert "82" in found.why[0]
    assert service.is_sure([found])


def test_a_name_of_the_sender_with_one_wrong_letter_and_an_open_request_is_suggested_with_its_reasons(build: Builder):
    content = build.content(principal={"family_name": "Tremblay-Nguyễn", "given_names": "Aïcha"})
    request = build.request(build.paid_case(content))
    build.paid_case()
    number = envelope(build, sender="Aïcha Trembley-Nguyen, 12, rue Fictive")
    found = service.candidates(number)
    assert found[0].case_id == request.case_id
    assert {"nom à une lettre près (expéditeur)", "demande de documents ouverte"} <= set(found[0].why)
    assert found[0].score < 98, "a name never makes sure"


def test_the_payer_of_the_cheque_and_its_exact_amount_point_at_the_case(build: Builder):
    case = build.case(build.content(principal={"family_name": "Lavallée", "given_names": "Zoé"}))
    number, clerk = envelope(build, kind=EnvelopeKind.PAYMENT), build.clerk()
    with transaction():
        money = build.money(None, build.fee(case).assessed_cents, source="envelope", payer="Zoe Lavallee", external_id=None, paid_at=None)
        mailroom.list_instrument(number, money, by=clerk.actor, at=clock.now())
    [found] = service.candidates(number)
    assert found.case_id == case.id
    assert "montant exact des frais dus" in found.why


def test_a_birth_certificate_is_matched_by_what_is_read_on_it(build: Builder):
    content = build.content()
    child = content["children"][0] | {"family_name": "Nguyễn", "given_names": "Thị Minh Khai", "birth_date": "2011-03-09"}
    content["children"][0] = child
    case = build.paid_case(content)
    number = envelope(build)
    page_of(number, "Acte de naissance\nNom : NGUYEN\nPrénoms : Thi Minh Khai\nNée le 9 mars 2011", confidence=88)
    [found, *_others] = service.candidates(number)
    assert found.case_id == case.id
    assert found.name.startswith("Nguyễn")
    assert found.birth_date == date(2011, 3, 9)
    assert any(reason.startswith("même date de naissance") for reason in found.why)


def test_arabic_and_double_names_are_found_in_any_order(build: Builder):
    known = [
        Known("الزهراء", "فاطمة", BORN),
        Known("García Márquez", "José Luis", BORN),
        Known("Al-Hassan", "Omar", BORN),
        Known("Modèle", "Anne", BORN),
    ]
    cases, number = crowd(build, known), envelope(build)
    for typed, place in [("فاطمه الزهراء", 0), ("jose luis garcia", 1), ("Marquez Garcia Jose Luis", 1), ("omar alhassan 14 juillet 1984", 2)]:
        assert service.candidates(number, typed)[0].case_id == cases[place], typed


def test_nothing_is_suggested_for_nothing_and_nothing_is_ever_filed(build: Builder):
    build.paid_case()
    number = envelope(build)
    before = len(room.timeline(number))
    assert service.candidates(number) == []
    assert service.candidates(number, "Personne de ce nom ici") == []
    assert len(room.timeline(number)) == before
    assert room.envelope(number).case_id is None


@pytest.mark.parametrize("name", ["Auth_Bypass.txt", "blns.json", "right-to-left.txt", "two-byte-chars.txt", "NullByteRepresentations.txt"])
def test_whatever_is_typed_gives_an_answer_and_none_of_them_a_sure_one(build: Builder, samples: Path, name: str):
    build.paid_case()
    one, path = room.envelope(envelope(build)), samples / "3-text" / name
    lines = json.loads(path.read_text()) if name.endswith(".json") else path.read_text(errors="surrogateescape").splitlines()
    for line in random.Random(1).sample(lines, min(60, len(lines))):
        assert not service.is_sure(service.found(one, line)), line


def febrl(samples: Path, name: str) -> list[tuple[str, bool, Known, bool]]:
    """(person, whether the original, what is written, whether name and birth date are all there)."""
    rows = []
    for row in csv.DictReader((samples / "5-matching" / name).open(), skipinitialspace=True):
        serial = row["rec_id"].split("-")[1]
        day, whole = BORN, bool(row["given_name"] and row["surname"])
        try:
            day = date.fromisoformat(f"{row['date_of_birth'][:4]}-{row['date_of_birth'][4:6]}-{row['date_of_birth'][6:8]}")
        except ValueError:
            whole = False
        rows.append((serial, row["rec_id"].endswith("org"), Known(row["surname"], row["given_name"], day), whole))
    return rows


def test_real_slips_find_their_person_among_the_others(build: Builder, samples: Path):
    rows = febrl(samples, "dataset1.csv")
    originals = [(serial, known) for serial, original, known, _whole in rows if original]
    cases = crowd(build, [known for _serial, known in originals])
    right = {serial: cases[place] for place, (serial, _known) in enumerate(originals)}
    one = room.envelope(envelope(build))
    asked = [(serial, known) for serial, original, known, whole in rows if not original and whole]
    first = five = sure = sure_and_right = 0
    for serial, known in asked:
        found = service.found(one, f"{known.given} {known.family} {known.born}")
        ids = [candidate.case_id for candidate in found]
        first += ids[:1] == [right[serial]]
        five += right[serial] in ids[:5]
        if service.is_sure(found):
            sure += 1
            sure_and_right += ids[0] == right[serial]
    print(f"\nof {len(asked)} slips: first {first}, among five {five}; chosen beforehand {sure}, rightly {sure_and_right}")
    assert first / len(asked) >= 0.95
    assert five / len(asked) >= 0.97
    assert sure_and_right / sure >= 0.99


@pytest.mark.timeout(300)
def test_candidates_come_in_time_among_forty_thousand_people_and_cost_the_same_statements(build: Builder):
    rng = random.Random(7)
    families = [a + b for a in ("trem", "gag", "bou", "la", "ngu", "al", "mar", "pel", "ber", "ro", "ga", "fo", "des", "cha", "ou", "ben") for b in
                ("blay", "non", "chard", "voie", "yen", "hassan", "tin", "letier", "geron", "cia", "rtin", "champs", "ette", "rière", "ali", "saïd")]  # fmt: skip
    givens = [
        "Marie",
        "Jean",
        "Aïcha",
        "Minh",
        "Omar",
        "Zoé",
        "Lucie",
        "Paul",
        "Fatima",
        "José",
        "Anh",
        "Karim",
        "Ève",
        "Luc",
        "Nadia",
        "Hugo",
        "Inès",
        "Léa",
    ]
    people = [
        Known(rng.choice(families).title() + (f"-{rng.choice(families).title()}" if n % 5 == 0 else ""), f"{rng.choice(givens)} {rng.choice(givens)}",
              date.fromordinal(rng.randrange(date(1940, 1, 1).toordinal(), date(2015, 1, 1).toordinal())), f"AA{n:06d}")
        for n in range(40_000)
    ]  # fmt: skip
    crowd(build, people)
    db.session.execute(text("ANALYZE person"))
    one = room.envelope(envelope(build))
    taken, counts = [], set()
    for known in rng.sample(people, 120):
        slip = known.family.replace("a", "e", 1) if rng.random() < 0.5 else known.family
        typed = rng.choice(
            [
                f"{known.given} {slip}",
                f"{slip} {known.born}",
                slip,
                f"{slip} {known.given} né le {known.born.day}/{known.born.month}/{known.born.year}",
            ]
        )
        with counting() as said:
            began = time.perf_counter()
            service.found(one, typed)
            taken.append(time.perf_counter() - began)
        counts.add(len(said))
    taken.sort()
    p95 = taken[int(len(taken) * 0.95)] * 1000
    print(f"\np50 {taken[len(taken) // 2] * 1000:.1f} ms, p95 {p95:.1f} ms, statements {sorted(counts)}")
    assert max(counts) <= 8
    assert p95 < (50 if os.environ.get("BACKOFFICE_BENCH") else 1_000), "50 ms on a machine that does nothing else"
