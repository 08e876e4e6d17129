"""Reading a file line by line in constant memory: CSV, JSON Lines, or one JSON array. Nothing is judged here but form.

Each line keeps exactly what stood in the file, so that what cannot be taken over is kept as it came.
"""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from backoffice.intake.backlog import columns
from backoffice.intake.backlog.errors import BadColumns, NoHeader, UnreadableFile
from backoffice.intake.backlog.values import Fault, RawLine

LONGEST: Final = 256 * 1024
"""A line's largest size in characters; a longer one is a quote or a bracket that nobody closed."""
_CHUNK: Final = 64 * 1024
_BETWEEN: Final = re.compile(r"[\s,]*")


def kind_of(path: Path, chosen: str | None) -> str:
    """CSV or JSON: as said, else by the name of the file, else by its first character."""
    if chosen:
        return chosen
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return "json"
    with _open(path) as file:
        return "json" if file.read(200).lstrip()[:1] in {"{", "["} else "csv"


def lines(path: Path, kind: str) -> Iterator[RawLine]:
    """Every line of a file, blank ones left out."""
    return _csv_lines(path) if kind == "csv" else _json_lines(path)


def _open(path: Path) -> TextIO:
    """UTF-8 with its mark or without; a byte that is not UTF-8 travels with its line and is refused there."""
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


class _Kept:
    """The physical lines that a reader took since it was last asked."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._taken: list[str] = []

    def __iter__(self) -> "_Kept":
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST)
        if not line:
            raise StopIteration
        self._taken.append(line)
        return line

    def take(self) -> str:
        """What was read since the last time, as one text."""
        text = self._taken[0] if len(self._taken) == 1 else "".join(self._taken)
        self._taken = []
        return text


def _csv_lines(path: Path) -> Iterator[RawLine]:
    with _open(path) as file:
        header, separator = _header(file.readline(LONGEST))
        places = {column: where for column in header if (where := columns.place(column))}
        kept = _Kept(file)
        reader = csv.reader(kept, delimiter=separator, strict=True)
        while True:
            first = reader.line_num + 2
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                yield RawLine(first, kept.take(), None, Fault("", "csv", str(fault)))
                continue
            raw = kept.take()
            if raw.strip():
                yield _row(first, raw, row, header, places)


def _row(line: int, raw: str, row: list[str], header: list[str], places: dict[str, tuple[str, str]]) -> RawLine:
    if len(row) != len(header):
        return RawLine(line, raw, None, Fault("", "cells", f"{len(row)} / {len(header)}"))
    cells: dict[str, object] = {column: bare for column, value in zip(header, row, strict=True) if (bare := value.strip())}
    return RawLine(line, raw, columns.gather(cells, places) if places else cells)


def _header(text: str) -> tuple[list[str], str]:
    """The names of the columns, and the separator: the commoner of `;` and `,`."""
    if not text.strip():
        raise NoHeader
    separator = ";" if text.count(";") >= text.count(",") else ","
    header = [name.strip().lower() for name in next(csv.reader([text], delimiter=separator))]
    groups = {where[0] for column in header if (where := columns.place(column))}
    twice = sorted({name for name in header if header.count(name) > 1})
    twice += ["spouse"] if "spouse" in header and "spouse" in groups else []
    twice += ["children"] if "children" in header and groups - {"spouse", "address"} else []
    missing = [name for name in columns.REQUIRED if name not in header] + (["address_1"] if "address_1" not in header else [])
    if (unknown := columns.unknown(header)) or twice or missing:
        raise BadColumns(unknown, twice, missing)
    return header, separator


def _json_lines(path: Path) -> Iterator[RawLine]:
    with _open(path) as file:
        first = file.read(1)
        while first and first.isspace():
            first = file.read(1)
    if not first:
        raise NoHeader
    if first == "[":
        yield from _json_array(path)
        return
    with _open(path) as file:
        for number, text in enumerate(iter(lambda: file.readline(LONGEST * 4), ""), 1):
            if text.strip():
                yield _object(number, text)


def _object(number: int, text: str) -> RawLine:
    try:
        value = json.loads(text, object_pairs_hook=_members)
    except (ValueError, RecursionError) as fault:
        return RawLine(number, text, None, Fault("", "json", str(fault)[:200]))
    return _member(number, text, value)


def _member(number: int, text: str, value: object) -> RawLine:
    if not isinstance(value, dict):
        return RawLine(number, text, None, Fault("", "json_object"))
    return RawLine(number, text, value)


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice in the same object")
    return members


def _json_array(path: Path) -> Iterator[RawLine]:
    """Each object of one array, numbered from 1; text that cannot be read ends the reading, and is kept as one line."""
    decoder = json.JSONDecoder(object_pairs_hook=_members)
    with _open(path) as file:
        buffer, number, ended = file.read(_CHUNK).lstrip()[1:], 0, False
        while True:
            buffer = buffer[_between(buffer) :]
            if buffer[:1] == "]":
                return
            found = _decode(decoder, buffer)
            if isinstance(found, str):
                if not ended and len(buffer) <= LONGEST:
                    more = file.read(_CHUNK)
                    buffer, ended = buffer + more, not more
                    continue
                yield RawLine(number + 1, buffer, None, Fault("", "json_rest", found))
                return
            value, end = found
            number += 1
            yield _member(number, buffer[:end], value)
            buffer = buffer[end:]


def _between(buffer: str) -> int:
    match = _BETWEEN.match(buffer)
    return match.end() if match else 0


def _decode(decoder: json.JSONDecoder, buffer: str) -> tuple[object, int] | str:
    """The next value and where it ends, or why there is none (yet)."""
    if not buffer:
        return "the array is not closed"
    try:
        return decoder.raw_decode(buffer)
    except (ValueError, RecursionError) as fault:
        return str(fault)[:200]


def check_readable(path: Path, kind: str) -> None:
    """Refuse a file whose first line already says that it cannot be read."""
    try:
        next(lines(path, kind), None)
    except (OSError, csv.Error) as fault:
        raise UnreadableFile(f"{path.name}: {fault}") from None
