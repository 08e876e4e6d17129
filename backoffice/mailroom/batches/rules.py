"""Balancing of a batch and of a day: exact, pure, and each difference named.

A batch closes only when what its header sheet declares is what is found: envelopes, sheets, separators, payments, dollars;
when each of its envelopes balances; and when each page lies under the envelope sheet that came before it in the pile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from backoffice.mailroom.balancing import Difference, FileFact, Off, PageFact, account, duplicates, lost, sheets
from backoffice.mailroom.batches.values import BatchBalance, BatchFacts, DayFigures, EnvelopeFacts, Figures


def balance(batch: BatchFacts) -> BatchBalance:
    """The account of a batch."""
    found = figures(batch)
    own = (*_figures_differ(batch.expected, found), *_pile(batch))
    shared = {file.name for file in batch.files}
    by_envelope = {one.number: _of_envelope(one, shared) for one in batch.envelopes}
    named = (replace(one, where=number) for number, several in by_envelope.items() for one in several)
    return BatchBalance(batch.expected, found, (*own, *named), own, by_envelope)


def _of_envelope(one: EnvelopeFacts, shared: set[str]) -> tuple[Difference, ...]:
    """What differs in an envelope, without what its pile's file lost: that is said once."""
    found = account(one.declared, one.pages, one.files).differences
    return tuple(each for each in found if each.what not in {Off.LOST, Off.UNEVEN} or each.where not in shared)


def figures(batch: BatchFacts) -> Figures:
    """What is found of a batch."""
    money = [cents for one in batch.envelopes for cents in one.instruments]
    return Figures(
        envelopes=len(batch.envelopes), sheets=sum(sheets(one.pages, one.files) for one in batch.envelopes), separators=batch.separators,
        cheques=len(money), cents=sum(money),
    )  # fmt: skip


_NAMES = {"envelopes": Off.ENVELOPES, "sheets": Off.SHEETS, "separators": Off.SEPARATORS, "cheques": Off.CHEQUES, "cents": Off.DOLLARS}


def _figures_differ(expected: Figures, found: Figures) -> Iterable[Difference]:
    for name, what in _NAMES.items():
        wanted, there = getattr(expected, name), getattr(found, name)
        if wanted != there:
            yield Difference(what, expected=wanted, found=there)


def _pile(batch: BatchFacts) -> Iterable[Difference]:
    """Files scanned for the whole pile: read, whole, each page under the envelope sheet before it, none in two envelopes."""
    unread = [file for file in batch.files if file.state.value in {"waiting", "reading"}]
    parked = [file for file in batch.files if file.state.value == "parked"]
    if unread:
        yield Difference(Off.NOT_READ, batch.number, found=len(unread))
    if parked:
        yield Difference(Off.PARKED, batch.number, found=len(parked))
    for file in batch.files:
        yield from lost(file)
        yield from _strays(file, batch.envelopes)
    yield from _twice(batch.envelopes)


def _strays(file: FileFact, envelopes: Sequence[EnvelopeFacts]) -> Iterable[Difference]:
    """Pages that lie in another envelope than their place in the pile says, and that nobody put there."""
    placed = sorted(((page, one.number) for one in envelopes for page in one.pages if page.file == file.id), key=lambda pair: pair[0].number)
    here: str | None = None
    strays = []
    for page, number in placed:
        here = page.says or here
        if here is not None and number != here and not page.moved:
            strays.append(page.number)
    if strays:
        yield Difference(Off.STRAY, file.name, pages=tuple(strays))


def _twice(envelopes: Sequence[EnvelopeFacts]) -> Iterable[Difference]:
    """The very same picture in two envelopes of the batch."""
    everything: list[PageFact] = []
    for place, one in enumerate(envelopes):
        alone = set(duplicates(one.pages))
        everything += [replace(page, position=place) for page in one.pages if page.position not in alone]
    for place in sorted(set(duplicates(everything))):
        yield Difference(Off.DUPLICATE, envelopes[place].number, pages=_repeated(envelopes, place))


def _repeated(envelopes: Sequence[EnvelopeFacts], place: int) -> tuple[int, ...]:
    before = {page.picture for one in envelopes[:place] for page in one.pages}
    return tuple(page.position for page in envelopes[place].pages if page.picture in before)


def day_balances(day: DayFigures) -> bool:
    """Whether a day's figures hold together: every envelope, page and payment that came in is somewhere."""
    return (
        day.envelopes == day.closed + day.returned + day.open
        and day.pages == day.filed + day.to_file + sum(day.excluded.values())
        and day.cheques == sum(day.cheques_out.values())
        and day.cents == sum(day.cents_out.values())
    )


def changed(signed: DayFigures, now: DayFigures) -> list[tuple[str, object, object]]:
    """What was signed and is no longer so: the figure, as signed, as it is."""
    pairs = ((one.name, getattr(signed, one.name), getattr(now, one.name)) for one in fields(DayFigures))
    found: list[tuple[str, object, object]] = []
    for name, before, after in pairs:
        if isinstance(before, dict) and isinstance(after, dict):
            keys = sorted({*before, *after})
            found += [(f"{name}.{key}", before.get(key, 0), after.get(key, 0)) for key in keys if before.get(key, 0) != after.get(key, 0)]
        elif before != after:
            found.append((name, before, after))
    return found
