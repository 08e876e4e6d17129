"""The scanning house's lists, each with the outcome that the samples' manifest says."""

import contextlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.core import clock
from backoffice.mailroom import queries as room
from backoffice.mailroom.doors import dropping, queries, sidecars
from backoffice.mailroom.doors.values import MetaRefused, Refusal
from tests.mailroom.doors.simulator import picture

LATER = datetime(2018, 7, 2, 16, 0, tzinfo=UTC)


@pytest.fixture
def drop(tmp_path: Path, session: object, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dropping, "STILL_SECONDS", 0.0)
    folder = tmp_path / "drop"
    folder.mkdir()
    return folder


def bring(drop: Path, samples: Path, case: str, name: str, *more: str, metadata: str = "metadata.json") -> Path:
    """The folder of an envelope as the scanning house delivers it."""
    folder = drop / name
    folder.mkdir()
    source = samples / "1-scans" / "envelopes"
    for path in source.glob(f"{case}__*"):
        (folder / path.name.removeprefix(f"{case}__")).write_bytes(path.read_bytes())
    for extra in more:
        (folder / extra).write_bytes((source / "ok__1111002.pdf").read_bytes())
    assert any(path.name.startswith("metadata") for path in folder.iterdir()), metadata
    return folder


def collect(drop: Path) -> int:
    with clock.stopped_at(LATER):
        return dropping.collect_dropped(drop) + dropping.collect_dropped(drop)


@pytest.mark.parametrize(("case", "lines"), [("ok", 3), ("all_items", 5), ("null_rescan_for", 3)])
def test_a_whole_envelope_is_taken_with_its_pieces(drop: Path, samples: Path, case: str, lines: int):
    bring(drop, samples, case, "envoi-1", *(["1111002.pdf"] if case == "null_rescan_for" else []))
    assert collect(drop) == 1
    one = room.envelope("E-2018-00001")
    assert (one.legal_received_on.isoformat(), [scan.filename for scan in one.scans]) == ("2018-06-23", ["1111002.pdf"])
    assert one.scans[0].made_with["control_number"] == "1111002"
    assert len(one.contents.splitlines()) >= lines
    assert ("USB" in one.contents) == (case == "all_items")
    assert not (drop / "envoi-1").exists()
    assert queries.refused_drops() == []


@pytest.mark.parametrize(
    ("case", "more", "reason", "listed", "found"),
    [
        ("missing_document", (), Refusal.META_FILES, ["1111002.pdf"], ["1111001.pdf"]),
        ("mismatching_pdfs", (), Refusal.META_FILES, ["1111001.pdf", "1111005.pdf"], ["1111002.pdf", "1111005.pdf"]),
        ("invalid_document_type", ("1111002.pdf",), Refusal.META_TYPE, ["Form"], []),
        ("too_long_dcn", ("1111002.pdf",), Refusal.META_TOO_LONG, ["document_control_number"], []),
    ],
)
def test_a_wrong_list_is_refused_with_what_is_wrong(
    drop: Path, samples: Path, case: str, more: tuple[str, ...], reason: Refusal, listed: list[str], found: list[str]
):
    bring(drop, samples, case, "envoi-2", *more)
    bring(drop, samples, "ok", "envoi-3")
    assert collect(drop) == 1  # the good one beside it
    (refused,) = queries.refused_drops()
    assert (refused.reason, refused.detail["listed"], refused.detail["found"]) == (reason.value, listed, found)
    kept = drop / (refused.stands or "")
    assert sorted(path.name for path in kept.iterdir() if path.suffix == ".pdf") == sorted(found if reason is Refusal.META_FILES else more)


@pytest.mark.parametrize("case", ["invalid_json", "missing_ocr_data"])
def test_metadata_under_the_wrong_name_waits_for_a_person(drop: Path, samples: Path, case: str):
    folder = bring(drop, samples, case, "envoi-4")
    assert collect(drop) == 0
    assert [one.reason for one in queries.refused_drops()] == [Refusal.META_MISSING.value]
    (folder / "metadatajson.json").rename(folder / "metadata.json")
    (folder / "test1.pdf").write_bytes(b"%PDF-1.4\n")
    assert collect(drop) == (1 if case == "missing_ocr_data" else 0)
    assert [one.reason for one in queries.refused_drops() if one.stands] == ([] if case == "missing_ocr_data" else [Refusal.META_JSON.value])


def test_a_control_number_stands_for_one_piece(drop: Path, samples: Path):
    bring(drop, samples, "ok", "envoi-5")
    assert collect(drop) == 1
    bring(drop, samples, "duplicate_dcn", "envoi-6", "1111002.pdf")
    assert collect(drop) == 0
    (refused,) = queries.refused_drops()
    assert (refused.reason, refused.detail) == (Refusal.META_DUPLICATE.value, {"listed": ["1111002"], "found": ["E-2018-00001"]})


def test_the_same_list_under_another_name_is_the_same_envelope(drop: Path, samples: Path):
    bring(drop, samples, "ok", "envoi-7")
    collect(drop)
    bring(drop, samples, "ok", "envoi-7 (copie)")
    assert collect(drop) == 0
    assert [(one.reason, one.detail["listed"]) for one in queries.refused_drops()] == [(Refusal.META_AGAIN.value, ["E-2018-00001"])]


def test_what_a_person_mended_is_tried_again(drop: Path, samples: Path):
    bring(drop, samples, "missing_document", "envoi-8")
    collect(drop)
    (refused,) = queries.refused_drops()
    kept = drop / (refused.stands or "")
    (kept / "1111001.pdf").rename(kept / "1111002.pdf")
    assert dropping.try_again(refused.id, drop)
    assert collect(drop) == 1
    assert not dropping.try_again(refused.id, drop)


def plain() -> dict[str, object]:
    return {
        "zip_file_name": "a.zip", "delivery_date": "2016-06-10T00:00:00.000Z", "envelope_classification": "exception",
        "scannable_items": [{"document_control_number": "1", "file_name": "1.pdf", "document_type": "Other"}],
    }  # fmt: skip


def test_a_day_is_the_day_it_has_here():
    assert sidecars.read(json.dumps(plain()).encode()).delivered_on.isoformat() == "2016-06-10"
    night = plain() | {"delivery_date": "2016-06-10T02:30:00Z"}
    assert sidecars.read(json.dumps(night).encode()).delivered_on.isoformat() == "2016-06-09"


@pytest.mark.parametrize(
    "change",
    [
        {"scannable_items": []}, {"scannable_items": "x"}, {"scannable_items": [3]}, {"delivery_date": "soon"}, {"delivery_date": 3}, {"zip_file_name": None},
        {"payments": [{}]}, {"non_scannable_items": [{"document_control_number": "1"}]},
        {"scannable_items": [{"document_control_number": "1", "file_name": "../1.pdf", "document_type": "Other"}]},
        {"scannable_items": [{"document_control_number": "1\u202e", "file_name": "1.pdf", "document_type": "Other"}]},
    ],
)  # fmt: skip
def test_a_field_that_is_none_is_named(change: dict[str, object]):
    with pytest.raises(MetaRefused) as refused:
        sidecars.read(json.dumps(plain() | change).encode())
    assert refused.value.reason is Refusal.META_FIELD
    assert refused.value.listed


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(sorted(plain())), JSON))
def test_any_list_is_read_or_refused(change: dict[str, object]):
    with contextlib.suppress(MetaRefused):
        assert sidecars.read(json.dumps(plain() | change).encode()).pieces


def test_deep_nesting_is_no_metadata():
    with pytest.raises(MetaRefused):
        sidecars.read(b"[" * 100_000)


def test_a_link_inside_is_never_followed(drop: Path, tmp_path: Path, samples: Path):
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(picture(1))
    folder = bring(drop, samples, "missing_document", "envoi-9")
    (folder / "1111001.pdf").unlink()
    (folder / "1111002.pdf").symlink_to(secret)
    assert collect(drop) == 0
    assert [one.detail["found"] for one in queries.refused_drops()] == [["1111002.pdf"]]
