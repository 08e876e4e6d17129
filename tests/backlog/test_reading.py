"""A file is read line by line, whatever its form, and what cannot be read is kept as it stood."""

import tracemalloc
from pathlib import Path

import pytest
from flask import Flask

from backoffice.intake.backlog import reading
from backoffice.intake.backlog.errors import BadColumns, NoHeader
from backoffice.intake.backlog.values import RawLine
from tests.backlog.lines import HEADER, line, person, spouse, write_csv, write_json


def read(path: Path) -> list[RawLine]:
    return list(reading.lines(path, reading.kind_of(path, None)))


@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_with_either_separator_with_or_without_its_mark_says_the_same(tmp_path: Path, separator: str, mark: str):
    path = write_csv(tmp_path / "old.csv", [line(1, **spouse()), line(2, address_2="App. « 4 »; fond de cour")], separator, mark)
    first, second = read(path)
    assert (first.line, second.line) == (2, 3)
    assert first.cells["spouse"]["family_name"] == "Conjoint-b"
    assert [child["given_names"] for child in first.cells["children"]] == ["Ève"]
    assert second.cells["address_lines"] == ["12, rue de l’Exemple", "App. « 4 »; fond de cour"]
    assert "spouse" not in second.cells


def test_a_line_break_in_a_cell_is_of_the_cell_and_lines_keep_their_number(tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(1, address_1="12, rue\nde l’Exemple"), line(2)])
    first, second = read(path)
    assert first.cells["address_lines"][0] == "12, rue\nde l’Exemple"
    assert (first.line, second.line) == (2, 4)
    assert first.raw.count("\n") == 2


def test_what_is_wrong_with_one_line_leaves_the_others(tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(1), line(2), line(3)])
    text = path.read_text().splitlines(keepends=True)
    text[2] = 'DCS-000002;"Ancien" de travers;;\r\n'
    text.insert(3, "\r\n")
    path.write_bytes("".join(text).encode() + b"DCS-000009;trop;peu\r\n")
    found = read(path)
    assert [(one.line, one.fault.code if one.fault else None) for one in found] == [(2, None), (3, "csv"), (5, None), (6, "cells")]
    assert found[1].bytes == b'DCS-000002;"Ancien" de travers;;\r\n'


def test_a_byte_that_is_not_utf8_stays_with_its_line(tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(1), line(2, given_names="Zoe")])
    path.write_bytes(path.read_bytes().replace(b"Zoe", b"Zo\xe9"))
    found = read(path)
    assert b"Zo\xe9" in found[1].bytes
    assert "Zoé" in found[0].raw


def test_a_quote_that_nobody_closes_does_not_swallow_the_file(tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(n) for n in range(1, 2001)])
    lines = path.read_bytes().split(b"\r\n")
    lines[5] = lines[5].replace(b"12, rue", b'"12, rue')
    path.write_bytes(b"\r\n".join(lines))
    found = read(path)
    assert next(one.line for one in found if one.fault and one.fault.code == "csv") == 6
    assert b"".join(one.bytes for one in found) == b"\r\n".join(lines[1:]), "nothing of the file is dropped"
    assert found[-1].cells["number"] == "DCS-002000"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("number;programme;received_onn", "received_onn"),
        (";".join(HEADER) + ";number", "number"),
        (";".join(HEADER) + ";spouse", "spouse"),
        ("number;programme", "received_on"),
    ],
)
def test_a_misspelt_repeated_or_missing_column_refuses_the_whole_file(app: Flask, tmp_path: Path, header: str, said: str):
    path = tmp_path / "old.csv"
    path.write_text(header + "\n")
    with app.app_context(), pytest.raises(BadColumns) as refusal:
        read(path)
    assert said in refusal.value.message


@pytest.mark.parametrize("name", ["old.csv", "old.json"])
def test_an_empty_file_is_refused(app: Flask, tmp_path: Path, name: str):
    (tmp_path / name).write_text(" \n")
    with app.app_context(), pytest.raises(NoHeader):
        read(tmp_path / name)


@pytest.mark.parametrize("array", [False, True])
def test_json_as_lines_or_as_one_array_says_the_same(tmp_path: Path, array: bool):
    many = [person(number=f"J-{n}", given_names="Zoé" * 50) for n in range(1500)]
    found = read(write_json(tmp_path / "old.json", many, array=array))
    assert [one.cells for one in found] == many
    assert [one.line for one in found] == list(range(1, 1501))


def test_a_line_of_json_that_is_none_is_kept_and_the_next_is_read(tmp_path: Path):
    path = tmp_path / "old.jsonl"
    path.write_text('{"number": "1"}\n{"number": \n["2"]\n{"number": "3", "number": "4"}\n{"number": "5"}\n')
    assert [one.fault.code if one.fault else one.cells["number"] for one in read(path)] == ["1", "json", "json_object", "json", "5"]


def test_an_array_that_breaks_off_gives_what_came_before_and_keeps_the_rest(tmp_path: Path):
    path = tmp_path / "old.json"
    path.write_text('[{"number": "1"}, {"number": "2"}, {"number": ')
    found = read(path)
    assert [one.cells and one.cells["number"] for one in found] == ["1", "2", None]
    assert (found[2].fault.code, found[2].raw) == ("json_rest", '{"number": ')


def test_reading_many_lines_takes_the_memory_of_few(tmp_path: Path):
    path = write_csv(tmp_path / "old.csv", [line(n) for n in range(20_000)])
    tracemalloc.start()
    try:
        many = sum(1 for _ in reading.lines(path, "csv"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert many == 20_000
    assert peak < 1_000_000
