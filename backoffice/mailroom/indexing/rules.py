"""Comparing names and weighing reasons: the same for a clerk's typing as for a recognised page. Pure."""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from backoffice.mailroom.indexing.values import Clue, Clues, DayClue, Reason, Somebody, Source, Standing, Why

SHOWN, CHOSEN, MARGIN, MOST = 30, 55, 8, 8
"""The score from which a case is shown, and from which the best is chosen beforehand if it leads by the margin; how many are shown."""

NUMBER, HERE, PASSPORT, BIRTH, REQUEST, AMOUNT, FEE, DONE = 100, 80, 60, 30, 10, 8, 4, -15
NAMES = {Why.NAME_SAME: 55, Why.NAME_ORDER: 54, Why.NAME_LETTER: 48, Why.NAME_PART: 40, Why.NAME_SOUND: 34, Why.NAME_NEAR: 28}
ONE_WORD = 30
"""What a single word in common weighs: a family name alone is many people's."""
HIGHEST_BY_PERSON = 97
"""Only a file number, whose check digit is right, makes sure."""

_ARABIC = str.maketrans({"ة": "ه", "ى": "ي", "ـ": "", "ؤ": "و", "ئ": "ي", "ء": ""})
_VOWELS = frozenset("aeiouyhw")


def compare(clue: str, search_name: str) -> tuple[Why, int] | None:
    """How near a name written or read is to a person's, both folded; nothing when they are two people's."""
    one, two = clue.translate(_ARABIC).split(), search_name.translate(_ARABIC).split()
    if not one or not two:
        return None
    if one == two or "".join(one) == "".join(two):
        return Why.NAME_SAME, NAMES[Why.NAME_SAME]
    if sorted(one) == sorted(two):
        return Why.NAME_ORDER, NAMES[Why.NAME_ORDER]
    if (len(one) == len(two) and _one_letter(sorted(one), sorted(two))) or _is_slip("".join(one), "".join(two)):
        return Why.NAME_LETTER, NAMES[Why.NAME_LETTER]
    return _partly(one, two) or _nearly(one, two)


def _one_letter(one: Sequence[str], two: Sequence[str]) -> bool:
    left, right = _unlike(one, two)
    return len(left) == len(right) == 1 and _is_slip(left[0], right[0])


def _unlike(one: Sequence[str], two: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words of each that the other does not have."""
    left, right = [], list(two)
    for word in one:
        if word in right:
            right.remove(word)
        else:
            left.append(word)
    return left, right


def _is_slip(one: str, two: str) -> bool:
    return min(len(one), len(two)) >= 3 and OSA.distance(one, two, score_cutoff=1) <= 1


def _partly(one: Sequence[str], two: Sequence[str]) -> tuple[Why, int] | None:
    """All the words of the shorter are in the longer: half of a double surname, a second given name left out."""
    left, right = _unlike(one, two)
    if left and right:
        return None
    shared = min(len(one), len(two))
    return Why.NAME_PART, NAMES[Why.NAME_PART] if shared > 1 else ONE_WORD


def _nearly(one: Sequence[str], two: Sequence[str]) -> tuple[Why, int] | None:
    left, right = _unlike(one, two)
    shorter, longer = sorted((left, right), key=len)
    shared = min(len(one), len(two))
    if all(any(_is_slip(word, other) for other in longer) for word in shorter):
        return Why.NAME_LETTER, NAMES[Why.NAME_PART] - 4 if shared > 1 else ONE_WORD - 4
    if all(any(_skeleton(word) == _skeleton(other) != "" for other in longer) for word in shorter):
        return Why.NAME_SOUND, NAMES[Why.NAME_SOUND] if shared > 1 else ONE_WORD - 6
    alike = fuzz.token_sort_ratio(" ".join(one), " ".join(two))
    return (Why.NAME_NEAR, round(NAMES[Why.NAME_NEAR] * alike / 100)) if alike >= 72 else None


def _skeleton(word: str) -> str:
    """The consonants, each once: « Mohammed » and « Muhamad » are one name written twice in our letters."""
    bare = [c for c in word if c not in _VOWELS]
    kept = "".join(c for place, c in enumerate(bare) if place == 0 or c != bare[place - 1])
    return kept if len(kept) >= 2 else ""


def name_reason(somebody: Somebody, clues: Clues) -> Reason | None:
    """The best that the names say of a person; else, whether all the words of the name stand on the pages."""
    told = [Reason(found[0], _by_confidence(found[1], clue), clue) for clue in clues.names if (found := _near(clue, somebody.search_name))]
    words = somebody.search_name.split()
    if len(words) > 1 and all(word in clues.words for word in words):
        told.append(Reason(Why.NAME_SAME, NAMES[Why.NAME_PART], Clue(somebody.search_name, Source.PAGE)))
    return max(told, key=lambda reason: reason.weight, default=None)


def _near(clue: Clue, search_name: str) -> tuple[Why, int] | None:
    """How near a clue's name is; what a clerk types may be cut short, « queve zo » for « Quévillon, Zoé »."""
    return compare(clue.value, search_name) or (_cut_short(clue.value.split(), search_name.split()) if clue.source is Source.TYPED else None)


def _cut_short(typed: Sequence[str], words: Sequence[str]) -> tuple[Why, int] | None:
    if not typed or not all(len(part) > 1 and any(word.startswith(part) for word in words) for part in typed):
        return None
    return Why.NAME_PART, NAMES[Why.NAME_PART] if len(typed) > 1 else ONE_WORD


def _by_confidence(weight: int, clue: Clue | DayClue) -> int:
    """What a machine read weighs what its confidence is worth."""
    if clue.source is not Source.PAGE or clue.confidence is None:
        return weight
    return round(weight * (0.6 + 0.4 * clue.confidence / 100))


def of_person(somebody: Somebody, clues: Clues) -> list[Reason]:
    """Why this mail may be a person's."""
    reasons = [Reason(Why.PASSPORT, _by_confidence(PASSPORT, clue), clue) for clue in clues.passports if clue.value == somebody.passport][:1]
    if name := name_reason(somebody, clues):
        reasons.append(name)
    born = [Reason(Why.BIRTH, _by_confidence(BIRTH, clue), clue) for clue in clues.births if clue.day == somebody.birth_date][:1]
    if born and not reasons and isinstance(born[0].clue, DayClue) and born[0].clue.source is Source.PAGE:
        return []  # a date on a page, and another name: of thousands of people, some are born on any day
    return [*reasons, *born]


def of_number(number: str, clues: Clues) -> list[Reason]:
    """A file number that was typed or read."""
    return [Reason(Why.NUMBER, _by_confidence(NUMBER, clue), clue) for clue in clues.numbers if clue.value == number][:1]


def of_case(standing: Standing, amounts: Iterable[int]) -> list[Reason]:
    """What speaks for a case beside its people; on its own it says nothing."""
    reasons = [Reason(Why.REQUEST, REQUEST)] if standing.request else []
    if standing.owing_cents:
        exact = standing.owing_cents in set(amounts)
        reasons.append(Reason(Why.AMOUNT, AMOUNT) if exact else Reason(Why.FEE, FEE))
    return [*reasons, *([Reason(Why.DONE, DONE)] if standing.done else [])]


def score(own: Sequence[Reason], beside: Sequence[Reason]) -> int:
    """How surely, out of a hundred: by number alone, or all the person's reasons together."""
    certain = max((reason.weight for reason in own if reason.why in {Why.NUMBER, Why.HERE}), default=0)
    person = sum(reason.weight for reason in own if reason.why not in {Why.NUMBER, Why.HERE})
    together = min(HIGHEST_BY_PERSON, person + sum(reason.weight for reason in beside)) if person else 0
    return max(certain, together)


def chosen(scores: Sequence[int], *, typed: bool = False) -> bool:
    """Whether the first of the ranked is chosen beforehand: it leads, and is sure enough unless a clerk's own words brought it.

    A person still looks, and presses the key.
    """
    return bool(scores) and scores[0] >= (SHOWN if typed else CHOSEN) and (len(scores) == 1 or scores[0] - scores[1] >= MARGIN)
