"""The viewer as a browser without scripts sees it, and what browsers may keep."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from backoffice.core.db import db, transaction
from backoffice.documents import texts
from backoffice.documents.models import PageText
from backoffice.documents.states import TextState
from backoffice.documents.texts import Word
from backoffice.mailroom import queries
from backoffice.mailroom.models import Scan
from tests.builders import Builder
from tests.mailroom.pagework.test_service import ids, scanned


@pytest.fixture
def room(build: Builder, client: FlaskClient) -> FlaskClient:
    return build.sign_in(client, build.clerk())


@pytest.fixture
def envelope(room: FlaskClient, tmp_path: Path) -> str:
    return scanned(tmp_path, "Une", "Deux", "Trois", "Quatre")


def at(number: str, rest: str = "") -> str:
    return f"/mailroom/envelopes/{number}/pages{rest}"


def test_the_page_asked_for_is_large_and_the_others_are_links(room: FlaskClient, envelope: str):
    keys = ids(envelope)
    shown = room.get(at(envelope, f"?page={keys[2]}")).text
    assert f'name="page" value="{keys[2]}"' in shown
    assert shown.count("data-leaf=") == 4
    assert room.get(at("E-2016-99999")).status_code == 404


def test_split_and_file_without_scripts(room: FlaskClient, envelope: str, build: Builder):
    keys, case = ids(envelope), build.case().number
    answer = room.post(at(envelope, "/edits"), data={"do": "split", "page": keys[2]})
    assert (answer.status_code, answer.location) == (303, at(envelope, f"?page={keys[2]}"))
    parts = {"part-1": f"{keys[0]},{keys[1]}", "part-2": f"{keys[2]},{keys[3]}", "case-1": case, "title-1": "", "case-2": "", "title-2": "Bail"}
    assert room.post(at(envelope, "/parts"), data=parts | {"part-2": str(keys[2])}).status_code == 409
    assert room.post(at(envelope, "/parts"), data=parts | {"case-1": "nulle part"}).status_code == 404
    assert room.post(at(envelope, "/parts"), data=parts).status_code == 303
    assert room.get(at(envelope)).text.count(case) == 4
    assert "form action" not in room.get(at(envelope)).text


def test_a_refusal_is_said_on_the_page_with_what_was_typed(room: FlaskClient, envelope: str):
    answer = room.post(at(envelope, "/edits"), data={"do": "split", "page": ids(envelope)[0]})
    assert answer.status_code == 422
    assert "première page" in answer.text
    assert room.post(at(envelope, "/edits"), data={"do": "undo"}).status_code == 409


def test_words_found_are_marked_on_the_image(room: FlaskClient, envelope: str):
    with transaction():
        scan = db.session.query(Scan).one()
        text = db.session.get(PageText, (scan.sha256, 2)) or PageText(original_sha256=scan.sha256, number=2, turned=0, skew=0)
        text.state, text.text, text.search = TextState.DONE, "L’alcôve du musée", texts.folded("L’alcôve du musée")
        text.words_sha256 = texts.keep_words([Word("L’alcôve", 91, 100, 200, 300, 240), Word("musée", 90, 400, 200, 520, 240)])
        db.session.add(text)
    shown = room.get(at(envelope, "?q=alcove")).text
    assert '<rect class="mark" x="100" y="200" width="200" height="40"/>' in shown
    assert f'name="page" value="{ids(envelope)[1]}"' in shown, "the first page with a hit is shown"
    assert shown.count('class="mark"') == 1
    assert 'class="mark"' not in room.get(at(envelope, "?q=absent")).text


def test_a_browser_keeps_a_picture_that_its_address_names_and_asks_again_for_any_other(room: FlaskClient, envelope: str):
    page = queries.envelope(envelope).pages[0]
    plain, named = f"/mailroom/pages/{page.id}/picture", f"/mailroom/pages/{page.id}/picture?v={page.picture_sha256[:12]}"
    assert "immutable" in room.get(named).headers["Cache-Control"]
    first = room.get(plain)
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert room.get(plain, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    room.post(at(envelope, "/edits"), data={"do": "turn", "page": page.id})
    turned = room.get(plain, headers={"If-None-Match": first.headers["ETag"]})
    assert (turned.status_code, turned.headers["Content-Type"]) == (200, "image/jpeg")
    assert turned.data != first.data
    assert "immutable" not in room.get(named).headers["Cache-Control"]
