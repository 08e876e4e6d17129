"""The image that follows the field: the zones lie where the form prints, and what is read in them is never filed unseen."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from backoffice.core import clock
from backoffice.core.db import db, transaction
from backoffice.demo import paper
from backoffice.documents import texts
from backoffice.documents.models import PageText
from backoffice.documents.states import TextState
from backoffice.mailroom import jobs, queries, service
from backoffice.mailroom.keying import imaging, suggesting, zones
from backoffice.mailroom.keying import service as keying
from backoffice.mailroom.keying.values import Box, Read, Suggestion
from backoffice.mailroom.states import KeyingState
from backoffice.mailroom.values import Door
from backoffice.staff.models import Account
from tests.builders import Builder
from tests.mailroom.keying.test_service import another, envelope, fields, finish

PRINTED = {
    "principal-family_name": "BENFICTIF", "principal-given_names": "YOUSSEF", "principal-birth_date": "1984 / 07 / 14",
    "principal-birth_country": "ALGÉRIE", "principal-passport_number": "157 33 09 21", "principal-address_lines": "12, rue",
    "principal-sex": "4. Sexe", "principal-citizenships": "ALGÉRIENNE",
}  # fmt: skip


def test_each_zone_holds_what_the_form_prints_there_and_nothing_of_its_neighbours():
    width, height = paper.A4_AT_100_DPI
    empty = np.asarray(paper.draw_page(("",) * len(paper.FORM), 1))
    for name, text in PRINTED.items():
        place = next(n for n, line in enumerate(paper.FORM) if line.strip().startswith(text))
        alone = tuple(line if n == place else "" for n, line in enumerate(paper.FORM))
        rows, columns = np.nonzero(np.asarray(paper.draw_page(alone, 1)) != empty)
        box = zones.DEMONSTRATION.zones[name].box
        assert box.top <= rows.min() * 1000 / height, name
        assert rows.max() * 1000 / height <= box.bottom, name
        assert box.left <= columns.min() * 1000 / width, name
        others = [zone.box for other, zone in zones.DEMONSTRATION.zones.items() if zone.box != box and other != name]
        assert all(other.bottom <= box.top or box.bottom <= other.top for other in others), name


def test_the_form_is_known_by_its_title_whatever_lies_before_it():
    assert zones.recognised([(0, "Chèque certifié"), (1, "Demande de certificat  de\nselection — spécimen")]) == (zones.DEMONSTRATION, 1)
    assert zones.recognised([(0, "Acte de naissance")]) is None


def read(text: str, confidence: int, left: int, top: int) -> Read:
    return Read(text, confidence, Box(left, top, left + 60, top + 16))


def test_what_is_read_in_a_zone_is_put_as_the_field_writes_it():
    words = [
        read("BENFICTIF", 87, 120, 167), read("1984", 91, 120, 341), read("/", 60, 190, 341), read("07", 88, 210, 341), read("/", 70, 250, 341),
        read("14", 90, 270, 341), read("157", 80, 120, 661), read("33", 75, 190, 661), read("09", 82, 260, 661), read("21", 84, 330, 661),
        read("ALGÉRIE", 77, 120, 486), read("ALGÉRIENNE", 90, 120, 574), read("[X]", 60, 300, 399), read("M", 66, 370, 399), read("12,", 95, 120, 748),
        read("Nom", 99, 120, 140),
    ]  # fmt: skip
    assert suggesting.suggest(zones.DEMONSTRATION, 3, {3: words}) == {
        "principal-family_name": Suggestion("BENFICTIF", 87),
        "principal-birth_date": Suggestion("1984-07-14", 60),  # as sure as the least sure of its words
        "principal-passport_number": Suggestion("157330921", 75),
        "principal-birth_country": Suggestion("ALGÉRIE", 77),
        "principal-sex": Suggestion("M", 60),
    }


@pytest.mark.parametrize(("text", "confidence"), [("1984", 95), ("noise", 90), ("1984-07-14", 29)])
def test_what_cannot_be_the_value_is_not_suggested(text: str, confidence: int):
    assert suggesting.suggest(zones.DEMONSTRATION, 0, {0: [read(text, confidence, 120, 341)]}) == {}


def scanned(clerk: Account, folder: Path) -> str:
    """The form of our demonstration behind another page, read by the machine."""
    number = envelope(clerk)
    path = folder / "demande.pdf"
    path.write_bytes(paper.pdf(("Chèque certifié (exemple)",), paper.FORM))
    with transaction():
        scan = service.receive_scan(number, path.read_bytes(), path.name, Door.UPLOAD, by=clerk.actor, at=clock.now())
        scan_id, sha256 = scan.id, scan.sha256
    jobs.read_now(scan_id)
    with transaction():
        for page, text, words in (
            (1, "Chèque certifié (exemple)", []),
            (2, "\n".join(paper.FORM), [texts.Word("BENFICTIF", 87, 120, 167, 220, 183), texts.Word("157330921", 64, 120, 661, 260, 677)]),
        ):
            db.session.merge(
                PageText(
                    original_sha256=sha256, number=page, state=TextState.DONE, language="fra", script="Latin", confidence=80, turned=0, skew=0, text=text,
                    search="", words_sha256=texts.keep_words(words), recognised_at=datetime.now(UTC),
                )
            )  # fmt: skip
    return number


def test_the_zones_are_on_the_page_where_the_form_begins(build: Builder, clerk: Account, tmp_path: Path):
    shown = imaging.image(queries.envelope(scanned(clerk, tmp_path)))
    assert shown.current.position == shown.page_of["principal-birth_date"] == 2
    assert shown.zones["principal-birth_date"] == "2 90 337 660 365"
    assert shown.suggestions == {"principal-family_name": Suggestion("BENFICTIF", 87), "principal-passport_number": Suggestion("157330921", 64)}


def test_a_reading_stands_beside_its_field_and_is_never_filed_unseen(build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path):
    build.window()
    number = scanned(clerk, tmp_path)
    here = f"/mailroom/envelopes/{number}/keying"
    build.sign_in(client, clerk)
    shown = client.get(here).text
    assert "lu\u00a0: BENFICTIF, 87\u00a0%" in shown
    assert 'value="BENFICTIF"' not in shown
    typed = fields(build.content()) | {"principal-family_name": "", "principal-passport_number": "", "do": "finish"}
    assert client.post(here, data=typed).status_code == 422  # the name was read, and is still missing
    client.post(here, data={"name": "principal-family_name", "value": "Tapé"} | typed | {"principal-family_name": "Tapé", "do": "finish"})
    kept = queries.keying(queries.envelope(number).id)
    assert kept.fields["principal-passport_number"] == ""
    assert "157330921" not in str(kept.fields)
    assert kept.taken == {}


def test_a_reading_is_taken_by_a_person_and_it_is_known(build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path):
    build.window()
    number = scanned(clerk, tmp_path)
    here = f"/mailroom/envelopes/{number}/keying"
    build.sign_in(client, clerk)
    assert client.post(here, data=fields(build.content()) | {"do": "take:principal-family_name"}).status_code == 303
    kept = queries.keying(queries.envelope(number).id)
    assert (kept.fields["principal-family_name"], kept.taken) == ("BENFICTIF", {"principal-family_name": "BENFICTIF"})
    assert client.post(f"{here}/fields", data={"name": "taken:principal-passport_number", "value": "157330921"}).status_code == 200
    db.session.expire_all()
    assert queries.keying(queries.envelope(number).id).fields["principal-passport_number"] != "157330921"  # a note of the machine fills nothing
    assert finish(number, clerk) is KeyingState.FILED


def test_the_second_clerk_is_shown_no_reading(build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path):
    build.window()
    number = scanned(clerk, tmp_path)
    with transaction():
        keying.save(number, keying.Typed(fields(build.content()), {}), by=clerk.actor, at=clock.now())
    with transaction():
        keying.finish(number, by=clerk, at=clock.now())
    build.sign_in(client, another())
    page = client.get(f"/mailroom/envelopes/{number}/keying/second").text
    assert 'data-zone="2 90 163 660 191"' in page
    assert "BENFICTIF" not in page
    assert "157330921" not in page


def test_without_scripts_a_button_beside_each_group_shows_its_page_and_keeps_what_was_typed(
    build: Builder, clerk: Account, client: FlaskClient, tmp_path: Path
):
    number = scanned(clerk, tmp_path)
    here = f"/mailroom/envelopes/{number}/keying"
    build.sign_in(client, clerk)
    assert 'value="page:2"' in client.get(here).text
    sent = client.post(here, data={"do": "page:2", "principal-family_name": "Gardé", "mark_field": "principal-phone", "mark_kind": "illegible"})
    assert sent.location == f"{here}?page=2"
    kept = queries.keying(queries.envelope(number).id)
    assert (kept.fields["principal-family_name"], kept.marks) == ("Gardé", {"principal-phone": "illegible"})
    picture = queries.envelope(number).pages[1].id
    assert f'data-viewer src="/mailroom/pages/{picture}/picture"' in client.get(sent.location).text
