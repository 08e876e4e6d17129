"""What a dry run has seen so far, in a temporary file of its own: memory stays constant, and no table of ours is written."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from types import TracebackType
from typing import Final, Self

from backoffice.intake.backlog.queries import Known
from backoffice.intake.backlog.values import Checked, Fault, Somebody

_TABLES: Final = """
CREATE TABLE seen (number TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
CREATE TABLE person (name TEXT, birth TEXT, sex TEXT, passport TEXT, programme TEXT, line TEXT);
CREATE INDEX by_name ON person (name, birth);
CREATE INDEX by_passport ON person (passport);
"""
_PERSON: Final = "SELECT name, birth, sex, passport, programme, line FROM person WHERE "
_Row = tuple[str, str, str, str | None, str, str]


class Seen:
    """Numbers and people of the parts gone through."""

    def __enter__(self) -> Self:
        self._file = sqlite3.connect("")  # a file that the end takes away
        self._file.executescript(_TABLES)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._file.close()

    def numbers(self, wanted: Sequence[str]) -> dict[str, Known]:
        """Numbers that an earlier part of the file would have taken over."""
        with closing(self._file.cursor()) as cursor:
            rows = [row for number in wanted for row in cursor.execute("SELECT number, sha256 FROM seen WHERE number = ?", (number,))]
        return {row[0]: Known(row[1]) for row in rows}

    def people(self, names: Sequence[tuple[str, str]], passports: Sequence[str]) -> list[Somebody]:
        """People of earlier parts of the file with one of these names and days of birth, or passports."""
        with closing(self._file.cursor()) as cursor:
            rows: list[_Row] = [row for one in names for row in cursor.execute(f"{_PERSON} name = ? AND birth = ?", one)]
            rows += [row for one in passports for row in cursor.execute(f"{_PERSON} passport = ?", (one,))]
        return [Somebody((row[0], row[1], row[2], row[3]), row[4], Fault("", "same_line", row[5])) for row in rows]

    def remember(self, lines: Sequence[Checked], members: Sequence[Somebody]) -> None:
        """These would have been taken over; the people of those still in process would be found again."""
        self._file.executemany("INSERT INTO seen VALUES (?, ?)", [(line.number, line.sha256) for line in lines])
        self._file.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?)", [(*one.person, one.programme, one.at.value) for one in members])
