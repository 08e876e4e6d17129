"""The public report of a period: its numbers add up, it names nobody, it keeps secrets until they are revealed, in both languages."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import import_module
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pikepdf
import pypdfium2
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st
from pdfua import Severity, validate

from backoffice.cli.reports import report as command
from backoffice.core import clock
from backoffice.core.db import transaction
from backoffice.desk.report import document, figures, reading
from backoffice.desk.report.figures import LEAST, Shown, published
from backoffice.quota import queries, service
from backoffice.quota.models import Window
from backoffice.quota.service import Arrival
from backoffice.quota.values import Score, WindowAction
from backoffice.staff.permissions import Role
from tests.builders import Builder
from tests.conftest import NOON
from tools.verify_admission import report as verify

READERS = {Role.CASEWORKER, Role.SUPERVISOR, Role.AUDITOR}
OPENED = NOON - timedelta(hours=3)


def arrivals(*countries: str, **values: object) -> list[Arrival]:
    """Applications of these countries, one each ten seconds from the opening on."""
    return [
        Arrival(UUID(int=n), n, OPENED + timedelta(seconds=10 * n), "online", country, None, **values)
        for n, country in enumerate(countries, 1)
    ]  # fmt: skip


def filled(build: Builder, *countries: str, **changes: object) -> Window:
    window = build.window(**changes)
    with transaction():
        service.admit(queries.lock_window(window.id), arrivals(*countries), at=NOON)
    return queries.window(window.code)


def made(window: Window) -> document.Report:
    return document.report(queries.window(window.code), at=clock.now())


def words(pdf: bytes) -> str:
    """The text of a PDF, its spaces made plain."""
    with pypdfium2.PdfDocument(pdf) as file:
        text = " ".join(page.get_textpage().get_text_range() for page in file)
    return re.sub(r"\s+", " ", text)


COUNTRIES = ["FR"] * 12 + ["BR"] * 7 + ["VN"] * 4 + ["MA"] * 2


# Numbers


def test_every_table_adds_up_to_the_same_total(build: Builder):
    report = made(filled(build, *COUNTRIES, capacity=10))
    assert report.total == 25
    assert report.taken == 10
    assert sum(many for _, _, many in report.outcomes) == 25
    assert sum(many for _, many in report.days.rows) == 25
    assert report.hour.total == sum(sum(many) for _, many in report.hour.rows) == 25
    assert [group.arrivals.many for group in report.channels] == [25]
    assert report.outcomes == [("provisional", None, 10), ("refused", "cap_reached", 15)]
    assert report.hour.rows[0][1][:5] == (5, 6, 6, 6, 2)


def test_the_cut_off_names_the_last_place_and_the_first_without(build: Builder):
    cut_off = made(filled(build, *COUNTRIES, capacity=10)).cut_off
    assert (cut_off.last_place.rank, cut_off.last_place.sequence) == (10, 10)
    assert cut_off.last_place.arrived_at == OPENED + timedelta(seconds=100)
    assert cut_off.first_without.sequence == 11


def test_small_counts_by_country_are_not_told(build: Builder):
    countries = {group.code: group for group in made(filled(build, *COUNTRIES, capacity=10)).countries}
    assert countries["FR"].arrivals == Shown(12)
    assert countries["BR"].arrivals == Shown(7)
    assert countries["VN"].arrivals == countries["MA"].arrivals == Shown(None, few=True)
    assert countries["FR"].places == Shown(10)


def test_beside_one_small_count_the_next_is_kept_too():
    assert published({"FR": 12, "BR": 7, "VN": 2}) == {"FR": Shown(12), "BR": Shown(None), "VN": Shown(None, few=True)}
    assert published({"VN": 2}) == {"VN": Shown(None, few=True)}
    assert published({"FR": 12, "BR": 7}, ["BR"]) == {"FR": Shown(None), "BR": Shown(None)}


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 30), min_size=1))
def test_no_small_count_can_be_computed_from_the_total(counts: dict[str, int]):
    shown = published(counts)
    kept = [code for code, one in shown.items() if one.many is None]
    assert all(counts[code] == one.many and one.many >= LEAST for code, one in shown.items() if one.many is not None)
    assert all(one.few == (counts[code] < LEAST) for code, one in shown.items())
    assert len(kept) != 1 or len(counts) == 1


def test_a_round_tells_its_lowest_score_as_it_was_then(build: Builder):
    window = build.window(policy={"order": "ranked"}, capacity=2)
    supervisor, second = build.supervisor().actor, build.supervisor().actor
    with transaction():
        scored = [Arrival(UUID(int=n), n, OPENED, "online", "FR", None, score=Score(score)) for n, score in ((1, 500), (2, 620), (3, 580))]
        service.admit(queries.lock_window(window.id), scored, at=NOON)
    with transaction():
        service.open_round(window.id, best=2, by=supervisor, second=second, at=NOON)
    with transaction():
        service.score_declaration(UUID(int=3), Score(100), by=supervisor, at=NOON)
    (held,) = made(window).rounds
    assert (held.number, held.best, held.invited, held.lowest) == (1, 2, 2, 580)


def test_each_day_is_that_of_montreal():
    late = figures.Cell("refused", None, "online", "FR", datetime(2016, 6, 14, 3, 30, tzinfo=UTC), 1)
    assert figures.days([late]).rows == ((datetime(2016, 6, 13, tzinfo=UTC).date(), 1),)


def test_drawings_hold_a_bar_for_each_count_above_none():
    assert figures.bars([0, 3, 1]).svg.count("<rect") == 2
    assert figures.bars([]).top == 1


# Secrets


def test_secrets_are_shown_only_once_they_are_revealed(client: FlaskClient, build: Builder):
    window = filled(build, *COUNTRIES, policy={"order": "draw"}, capacity=10)
    build.sign_in(client, build.supervisor())
    by, witness = build.supervisor().actor, build.supervisor().actor
    with transaction():
        service.move_window(window.id, WindowAction.CLOSE, by=by, at=NOON)
        draw = service.commit_draw(window.id, "la prochaine loterie nationale", by=by, at=NOON)
    secret, commitment = draw.secret, draw.commitment
    before = client.get(f"/windows/{window.code}/report").text
    assert secret not in before
    assert commitment in before
    assert draw.list_sha256 in before
    assert "pas encore de tirage" in before
    with transaction():
        service.reveal_draw(window.id, "07 11 23", by=by, witness=witness, at=NOON)
    after = client.get(f"/windows/{window.code}/report").text
    assert secret in after
    assert "07 11 23" in after
    assert "10 sur 25" in re.sub(r"\s", " ", after)


def test_the_secret_of_the_ties_waits_for_the_end(build: Builder):
    window = build.window(policy={"order": "first_come", "tie_seconds": 60})
    assert made(window).tie_secret is None
    by = build.supervisor().actor
    with transaction():
        service.move_window(window.id, WindowAction.CLOSE, by=by, at=NOON)
    closed = queries.window(window.code)
    assert made(closed).tie_secret == closed.tie_secret


# The page, the file, the console


@pytest.mark.parametrize("role", list(Role))
def test_the_report_is_open_to_those_who_read_periods(client: FlaskClient, build: Builder, role: Role):
    window = filled(build, "FR")
    build.sign_in(client, build.account(role))
    expected = 200 if role in READERS else 403
    assert client.get(f"/windows/{window.code}/report").status_code == expected
    if expected == 403:
        assert client.get(f"/windows/{window.code}/report.pdf").status_code == 403
    assert client.get("/windows/NOWHERE/report").status_code in {403, 404}


def test_the_page_names_nobody(build: Builder):
    window = build.window(capacity=2)
    content = build.content()
    case = build.case(content)
    build.submission()
    supervisor, second = build.supervisor(), build.supervisor()
    with transaction():
        service.amend_window(window.id, {"margin": 1}, "Décision fictive modifiée", by=supervisor.actor, second=second.actor, at=NOON)
    with force_locale("fr"):
        text = document.html(made(window))
    assert "Décision fictive modifiée" in text
    person = content["principal_applicant"]
    for private in (person["family_name"], person["passport_number"], case.number, str(case.submission_id), supervisor.name, supervisor.email):
        assert private not in text, private


def test_the_report_is_a_tagged_pdf_in_each_language(client: FlaskClient, build: Builder):
    window = filled(build, *COUNTRIES, capacity=10)
    build.sign_in(client, build.supervisor())
    said = {"fr": ("Rapport de la période de réception", "moins de 5", "fr-CA"), "en": ("Report of the intake period", "fewer than 5", "en-CA")}
    for language, (title, small, tag) in said.items():
        answer = client.get(f"/windows/{window.code}/report.pdf?lang={language}")
        assert answer.mimetype == "application/pdf"
        with pikepdf.open(BytesIO(answer.data)) as file:
            assert str(file.Root.Lang) == tag
            assert file.Root.MarkInfo.Marked
            assert "/StructTreeRoot" in file.Root
            assert str(file.docinfo["/Title"]) == f"{title} {window.code}"
        text = words(answer.data)
        assert title in text
        assert small in text
        assert made(window).last in text.replace(" ", "")


def test_a_screen_reader_can_follow_the_file(build: Builder, tmp_path: Path):
    file = tmp_path / "report.pdf"
    file.write_bytes(document.pdf(made(filled(build, *COUNTRIES, capacity=10))))
    assert [found.message for found in validate(str(file)).findings if found.severity is not Severity.INFO] == []


def test_a_period_without_anybody_has_its_report_too(client: FlaskClient, build: Builder):
    for policy in ({"order": "first_come"}, {"order": "draw"}, {"order": "ranked"}):
        window = build.window(policy=policy, paper_share=5 if policy["order"] == "first_come" else None, programme=policy["order"])
        assert made(window).total == 0
        assert document.pdf(made(window)).startswith(b"%PDF")


def test_the_console_writes_it_and_its_digest_is_that_of_the_export(build: Builder, tmp_path, monkeypatch: pytest.MonkeyPatch, app):
    window = filled(build, *COUNTRIES, capacity=10, waiting_list=True)
    monkeypatch.setattr(import_module("backoffice.cli.main"), "create_app", lambda: app)
    files = {"--pdf": tmp_path / "report.pdf", "--html": tmp_path / "report.html"}
    done = CliRunner().invoke(command, [window.code, "--lang", "en", *(str(one) for pair in files.items() for one in pair)])
    assert done.exit_code == 0, done.output
    code, sentence = verify("".join(line + "\n" for line in queries.export(window)).encode())
    assert code == 0, sentence
    digest = sentence.rsplit(": ", 1)[1]
    assert digest in done.output
    assert digest in files["--html"].read_text()
    assert "Places taken" in files["--html"].read_text()
    assert files["--pdf"].read_bytes().startswith(b"%PDF")
    assert CliRunner().invoke(command, [window.code]).exit_code == 2


def test_what_the_report_counts_is_what_the_ledger_says(build: Builder):
    window = filled(build, *COUNTRIES, capacity=10, waiting_list=True)
    by = build.supervisor().actor
    with transaction():
        service.withdraw(UUID(int=3), by=by, at=NOON)
    stood: dict[str, tuple[str, str | None]] = {}
    for line in queries.export(window):
        entry = json.loads(line)
        if entry.get("type") == "admission":
            stood[entry["id"]] = (entry["status"], entry["reason"])
    assert sorted(made(window).outcomes, key=str) == sorted(((*key, many) for key, many in Counter(stood.values()).items()), key=str)
    assert reading.ledger_end(window.id)[0] == len(list(queries.export(window))) - 1
