"""The legal calendar of Québec: which days are open, which are not, and why.

Interpretation Act (I-16) s. 61(23) lists the holidays and s. 52 carries a term ending on one to the next working day.
Saturdays are not in the list; skipping them too, in the person's favour, is a setting. Legal days are local dates of
Montréal (Legal Time Act, T-5.1); instants carry their zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final, Self, cast
from zoneinfo import ZoneInfo

MONTREAL: Final = ZoneInfo("America/Toronto")  # the present name of Montréal's zone

LAW_VERSION: Final = "I-16/2016"
"""The list of the law as it stood in 2016, unchanged to this day."""

_LAW: Final = "I-16, s. 61(23)"
_MONDAY, _SATURDAY, _SUNDAY = 0, 5, 6


@dataclass(frozen=True, slots=True)
class Holiday:
    """A legal holiday, named in both languages, with the text that makes it one."""

    name_fr: str
    name_en: str
    source: str

    def name(self, language: str) -> str:
        """Name the holiday in French, or in English for ``en``."""
        return self.name_en if language == "en" else self.name_fr


class ClosedReason(StrEnum):
    """Why a day does not end a term."""

    HOLIDAY = "holiday"
    SUNDAY = "sunday"
    SATURDAY = "saturday"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Closed:
    """Why a day is closed; a holiday says which."""

    reason: ClosedReason
    holiday: Holiday | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A closed day stepped over on the way to an open one."""

    day: date
    reason: Closed

    def to_json(self) -> dict[str, object]:
        """Give the day and its reason as plain JSON values."""
        holiday = self.reason.holiday
        return {
            "day": self.day.isoformat(),
            "reason": self.reason.reason.value,
            "holiday": holiday and {"name_fr": holiday.name_fr, "name_en": holiday.name_en, "source": holiday.source},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read back what ``to_json`` wrote."""
        holiday = cast("Mapping[str, str] | None", data.get("holiday"))
        return cls(
            date.fromisoformat(str(data["day"])),
            Closed(ClosedReason(str(data["reason"])), Holiday(**holiday) if holiday else None),
        )


def montreal_day(instant: datetime) -> date:
    """Give the date it was in Montréal at that instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant carries its zone")
    return instant.astimezone(MONTREAL).date()


def holidays(year: int, proclaimed: Iterable[date] = ()) -> dict[date, Holiday]:
    """List the legal holidays of a year besides Sundays, with the days proclaimed for that year (I-16 s. 61(23))."""
    table = dict(_legal_holidays(year))
    for day in proclaimed:
        if day.year == year:
            table.setdefault(day, _proclaimed())
    return dict(sorted(table.items()))


@dataclass(frozen=True)
class Calendar:
    """A version of the calendar: the legal list, whether Saturdays are skipped, and days proclaimed besides."""

    version: str
    saturdays: bool = True
    extra: frozenset[date] = frozenset()
    sources: tuple[tuple[date, str], ...] = ()

    @classmethod
    def of(cls, *, strict: bool = False, proclaimed: Mapping[date, str] | None = None) -> Self:
        """The calendar under these settings, its version naming what differs from the law alone."""
        days = dict(sorted((proclaimed or {}).items()))
        version = LAW_VERSION + ("-strict" if strict else "") + (f"+{max(days).isoformat()}" if days else "")
        return cls(version, saturdays=not strict, extra=frozenset(days), sources=tuple(days.items()))

    def to_json(self) -> dict[str, object]:
        """All that makes this calendar, so that a term keeps the one under which it began."""
        sources = dict(self.sources)
        proclaimed = {day.isoformat(): sources.get(day, "") for day in sorted(self.extra)}
        return {"version": self.version, "saturdays": self.saturdays, "proclaimed": proclaimed}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """Read back what ``to_json`` wrote."""
        days = {date.fromisoformat(day): source for day, source in cast("Mapping[str, str]", data["proclaimed"]).items()}
        return cls(str(data["version"]), bool(data["saturdays"]), frozenset(days), tuple(sorted((d, s) for d, s in days.items() if s)))

    def holidays(self, year: int) -> dict[date, Holiday]:
        """The holidays of a year under this calendar, each with its source, proclaimed ones among them."""
        sources = dict(self.sources)
        table = {day: _proclaimed(sources.get(day)) for day in self.extra if day.year == year}
        return dict(sorted((table | dict(_legal_holidays(year))).items()))

    def is_open(self, day: date) -> bool:
        """Whether a term may end on that day."""
        return self.why_closed(day) is None

    def why_closed(self, day: date) -> Closed | None:
        """Say why a term may not end on that day; a holiday is named even when it falls on a Sunday."""
        if holiday := _legal_holidays(day.year).get(day):
            return Closed(ClosedReason.HOLIDAY, holiday)
        if day in self.extra:
            return Closed(ClosedReason.EXTRA, _proclaimed(dict(self.sources).get(day)))
        if day.weekday() == _SUNDAY:
            return Closed(ClosedReason.SUNDAY)
        if day.weekday() == _SATURDAY and self.saturdays:
            return Closed(ClosedReason.SATURDAY)
        return None

    def next_open(self, day: date) -> tuple[date, tuple[Skipped, ...]]:
        """Give that day if it is open, or the next one that is, with the closed days stepped over (I-16 s. 52)."""
        skipped: list[Skipped] = []
        while (closed := self.why_closed(day)) is not None:
            skipped.append(Skipped(day, closed))
            day += timedelta(days=1)
        return day, tuple(skipped)


def _proclaimed(source: str | None = None) -> Holiday:
    return Holiday("Jour férié proclamé", "Proclaimed holiday", f"{_LAW}, {source or 'par proclamation'}")


@lru_cache(maxsize=256)
def _legal_holidays(year: int) -> Mapping[date, Holiday]:
    easter = _easter(year)
    canada = date(year, 7, 1)
    if canada.weekday() == _SUNDAY:
        canada = date(year, 7, 2)
    return {
        date(year, 1, 1): Holiday("Jour de l’An", "New Year’s Day", _LAW),
        easter - timedelta(days=2): Holiday("Vendredi saint", "Good Friday", _LAW),
        easter + timedelta(days=1): Holiday("Lundi de Pâques", "Easter Monday", _LAW),
        _monday_on_or_before(date(year, 5, 24)): Holiday("Journée nationale des patriotes", "National Patriots’ Day", _LAW),
        date(year, 6, 24): Holiday("Fête nationale", "National Holiday", _LAW),
        canada: Holiday("Fête du Canada", "Canada Day", _LAW),
        _monday_on_or_before(date(year, 9, 7)): Holiday("Fête du Travail", "Labour Day", _LAW),
        _monday_on_or_before(date(year, 10, 14)): Holiday("Action de grâce", "Thanksgiving", _LAW),
        date(year, 12, 25): Holiday("Jour de Noël", "Christmas Day", _LAW),
    }


def _monday_on_or_before(day: date) -> date:
    return day - timedelta(days=(day.weekday() - _MONDAY) % 7)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
