"""In which language and script a page is, told from its words."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

from backoffice.core.ocr.child.layout import Reading

LATIN, ARABIC = "Latin", "Arabic"

# Words that one of the languages uses all the time and the others hardly ever
_USUAL = {
    "fra": "le les des et est une pour dans qui sur avec au aux vous nous du ce cette sont ou pas votre",
    "eng": "the of and to is for that with be this are by or from it as at you your have not",
    "spa": "el los del y para con se su al lo las por una como fue sus este",
}
_MARKS = "\u200e\u200f\u202a\u202b\u202c"  # they tell which way letters run, and are none
_EDGES = ".,;:!?¿¡()[]«»“”\"'’"
_FEWEST = 3
_SECOND = 0.2


def language_of(reading: Reading) -> str:
    """The language a page is mostly in, two where both are much of it and differ in script; empty where it cannot be told."""
    scripts = _scripts(reading)
    letters = sum(scripts.values())
    if not letters:
        return ""
    latin = _latin_language(reading) if scripts[LATIN] else ""
    if scripts[ARABIC] < _SECOND * letters:
        return latin
    both = latin and scripts[LATIN] >= _SECOND * letters
    return f"ara+{latin}" if both else "ara"


def script_of(reading: Reading) -> str | None:
    """The script most letters are in, Arabic where that is much of the page; None where there is no letter."""
    scripts = _scripts(reading)
    if scripts[ARABIC] >= _SECOND * sum(scripts.values()) and scripts[ARABIC]:
        return ARABIC
    return scripts.most_common(1)[0][0] if scripts else None


def _latin_language(reading: Reading) -> str:
    """By its small words; of a page with few of them, as the engine recognised it."""
    words = [word.text.lower().strip(_EDGES) for word in reading.words]
    counts = {language: sum(word in usual.split() for word in words) for language, usual in _USUAL.items()}
    first, second = sorted(counts, key=lambda language: -counts[language])[:2]
    if counts[first] >= _FEWEST and counts[first] > counts[second]:
        return first
    engine = Counter(word.language for word in reading.words if word.language)
    return engine.most_common(1)[0][0] if engine else ""


def _scripts(reading: Reading) -> Counter[str]:
    """How many letters are in each script, by the first word of their names."""
    found = Counter[str]()
    for word in reading.words:
        for letter in word.text:
            if letter.isascii():
                found[LATIN] += letter.isalpha()
            elif letter.isalpha():
                found[unicodedata.name(letter, "?").split(maxsplit=1)[0].title()] += 1
    return +found


def leftwards(text: str) -> bool:
    """Whether a text runs from right to left, by its first letter."""
    return next((unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text if letter.isalpha()), False)


def as_read(letters: Sequence[str]) -> str:
    """A word given letter by letter from left to right as it stands on the page, in the order it is read.

    Numbers and Latin letters in it keep their own order; a word without letters that run leftwards is as it was. What
    reads one way reads the other: the same turns it back.
    """
    kept = [letter for letter in letters if letter not in _MARKS]
    if not any(unicodedata.bidirectional(letter[0]) in {"R", "AL"} for letter in kept):
        return "".join(letters)
    runs, before = list[str](), False
    for letter in kept:
        straight = letter.isdigit() or (letter.isascii() and letter.isalpha()) or (before and letter in ".,/-")
        if straight and before:
            runs[-1] += letter
        else:
            runs.append(letter)
        before = straight
    return "".join(reversed(runs))
