"""Clues in text: file numbers, days, passports and names, whether a clerk typed them or a machine read them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice, zip_longest
from typing import TypeVar

from backoffice.cases import numbers
from backoffice.cases.names import fold, passport
from backoffice.mailroom.indexing.values import Clue, Clues, DayClue, PageRead, Source

MOST_NAMES, MOST_WORDS, MOST_DAYS, MOST_PASSPORTS, MOST_NUMBERS = 5, 6, 16, 24, 12
"""Clues of a kind that are looked for: a page of text is no reason for a hundred questions."""

_DIGIT = "0-9OoQDIl|iSsBZz"
_AS_DIGIT = str.maketrans("OoQDIl|iSsBZz", "0000111155822")
_RUN = re.compile(rf"(?<![0-9A-Za-z])[{_DIGIT}](?:[ .\-\u00a0\u2010-\u2015_/]{{0,2}}[{_DIGIT}]){{8}}(?![0-9A-Za-z])")
_SEPARATED = re.compile(r"(?<!\d)(\d{1,4})\s?[-./ ]\s?(\d{1,2})\s?[-./ ]\s?(\d{1,4})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_DAY_MONTH = re.compile(
    r"(?<!\d)(\d{1,2})(?:er|st|nd|rd|th|º)?[\s.\-]+(?:de\s+|of\s+)?([^\W\d_]{3,12})\.?,?(?:\s*/\s*[^\W\d_]{3,12})?[\s\-]+(?:del?\s+)?(\d{4})(?!\d)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(r"\b([^\W\d_]{3,12})\.?\s+(\d{1,2})(?:er|st|nd|rd|th)?,?\s+(\d{4})(?!\d)", re.IGNORECASE)
_PASSPORT = re.compile(r"(?<![0-9A-Za-z])(?=[0-9A-Za-z]*\d[0-9A-Za-z]*\d)[0-9A-Za-z]{6,12}(?![0-9A-Za-z])")
_LABELLED_PASSPORT = re.compile(r"(?:passeport|passport|pasaporte)[^\n:#0-9]{0,24}[:#nN°o.]*\s*([0-9A-Za-z][0-9A-Za-z \-]{4,16})", re.IGNORECASE)
_FAMILY = re.compile(r"^\W*(?:nom(?: de famille)?|surname|(?:family|last) name|apellidos?|اللقب)\b[^:\n]{0,24}[:：]\s*(.{2,60})$", re.IGNORECASE)
_GIVEN = re.compile(r"^\W*(?:pr[ée]noms?|(?:given|first) names?|nombres?|الاسم)\b[^:\n]{0,24}[:：]\s*(.{2,60})$", re.IGNORECASE)
_WHOLE = re.compile(
    r"(?:^|\b)(?:exp[ée]diteur|exp|from|de la part de|nom et pr[ée]noms?|full name|name|signature|requ[ée]rante?|demandeu(?:r|se)|applicant|"
    r"je soussign[ée]e?|i, the undersigned|mme|madame|monsieur|mrs|mr|ms|m\.|الاسم الكامل)\.?\s*[:,]?\s+(.{3,60})$",
    re.IGNORECASE,
)
_MONTHS = {
    fold(name): month
    for month, names in enumerate(
        (
            "janvier janv january jan enero ene يناير جانفي", "février févr fev february feb febrero فبراير فيفري", "mars march mar marzo مارس",
            "avril avr april apr abril abr أبريل ابريل أفريل", "mai may mayo مايو ماي", "juin june jun junio يونيو جوان",
            "juillet juil july jul julio يوليو جويلية", "août aout august aug agosto ago أغسطس أوت", "septembre sept september sep septiembre setiembre سبتمبر",
            "octobre oct october octubre أكتوبر", "novembre nov november noviembre نوفمبر", "décembre déc dec december diciembre dic ديسمبر",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_COMMON = (
    "le la les de des du et ou pour par sur page date lieu rue avenue boulevard chemin ville montreal quebec canada objet dossier demande documents "
    "copie certificat acte naissance mariage passeport passport republique republic ministere ministry immigration formulaire form signature "
    "monsieur madame mesdames messieurs bonjour cordialement veuillez merci the and of birth certificate name nom prenom"
)
_NOT_A_NAME = frozenset(_COMMON.split())
_BORN = frozenset({"ne", "nee", "le", "born", "on", "de", "el", "nacido", "nacida"})
_FOUND = TypeVar("_FOUND", Clue, DayClue)


def clues(typed: str, sender: str, payers: Iterable[str], pages: Sequence[PageRead]) -> Clues:
    """All clues, those that a person typed first: what somebody wrote outweighs what a machine read."""
    said = [(typed, Source.TYPED), (sender, Source.SENDER), *((payer, Source.PAYER) for payer in payers)]
    lines = [Clue(_clean(text), source) for text, source in said if text.strip()]
    lines += [Clue(_clean(page.text), Source.PAGE, page.position, page.confidence) for page in pages]
    return Clues(
        numbers=_once((_same_place(line, n) for line in lines for n in numbers_in(line.value)), MOST_NUMBERS),
        names=_once((_same_place(line, n) for line in lines for n in _names_of(line)), MOST_NAMES),
        births=_once((DayClue(d, line.source, line.page, line.confidence) for line in lines for d in days_in(line.value)), MOST_DAYS),
        passports=_once((_same_place(line, n) for line in lines for n in passports_in(line.value)), MOST_PASSPORTS),
        words=frozenset(word for line in lines if line.source is Source.PAGE for word in fold(line.value).split() if len(word) > 1),
    )


def _same_place(line: Clue, value: str) -> Clue:
    return Clue(value, line.source, line.page, line.confidence)


def _once(found: Iterable[_FOUND], most: int) -> tuple[_FOUND, ...]:
    known: dict[object, _FOUND] = {}
    for one in found:
        known.setdefault(one.value if isinstance(one, Clue) else one.day, one)
        if len(known) == most:
            break
    return tuple(known.values())


def _clean(text: str) -> str:
    """Digits of any script as ours, and nothing that no store can keep."""
    return "".join(_digit(c) for c in text if c != "\x00" and not 0xD800 <= ord(c) <= 0xDFFF)


def _digit(character: str) -> str:
    if character.isascii() or not character.isdigit():
        return character
    return str(unicodedata.digit(character, character))


def numbers_in(text: str) -> Iterator[str]:
    """File numbers whose check digit is right, with spaces or dashes anywhere, and letters that look like digits."""
    for run in _RUN.finditer(text):
        bare = "".join(c for c in run[0] if c.isalnum() or c == "|")
        if sum(c.isdigit() for c in bare) >= 4 and (number := numbers.normalise(bare.translate(_AS_DIGIT))):
            yield number


def days_in(text: str) -> Iterator[date]:
    """Days, as they are written in French, English, Spanish and Arabic; an ambiguous one is read both ways."""
    for found in _SEPARATED.finditer(text):
        one, two, three = found[1], found[2], found[3]
        if len(one) == 4:
            yield from _days((int(one), int(two), int(three)))
        elif len(three) == 4:
            yield from _days((int(three), int(two), int(one)), (int(three), int(one), int(two)))
    for found in _COMPACT.finditer(text):
        yield from _days((int(found[1]), int(found[2]), int(found[3])))
    for pattern, day, month in ((_DAY_MONTH, 1, 2), (_MONTH_DAY, 2, 1)):
        for found in pattern.finditer(text):
            yield from _days((int(found[3]), _MONTHS.get(fold(found[month]), 0), int(found[day])))


def _days(*written: tuple[int, int, int]) -> Iterator[date]:
    for year, month, day in dict.fromkeys(written):
        try:
            if 1900 <= year <= 2099:
                yield date(year, month, day)
        except ValueError:
            continue


def passports_in(text: str) -> Iterator[str]:
    """What may be the number of a passport; the one after the word first, with its spaces closed."""
    for found in _LABELLED_PASSPORT.finditer(text):
        if (bare := passport(found[1])) and sum(c.isdigit() for c in bare) >= 4:
            yield bare
    for found in _PASSPORT.finditer(text):
        if sum(c.isdigit() for c in found[0]) >= 4 and (bare := passport(found[0])):
            yield bare


def _names_of(line: Clue) -> Iterator[str]:
    """Names, folded: a line of somebody's hand as it stands and up to its first comma; of a page, the lines that look like one."""
    if line.source is Source.PAGE:
        yield from names_in(line.value)
        return
    whole, first = _letters(line.value), _letters(re.split(r"[,;(\n]", line.value, maxsplit=1)[0])
    if whole and len(whole.split()) <= MOST_WORDS:
        yield whole
    if len(first.split()) > 1:
        yield first


def _letters(text: str) -> str:
    """The words of a line that may be a name: of « Trembley, né le 14 juillet 1984 », « trembley »."""
    words = fold(text).split()
    dated = any(word.isdigit() for word in words)
    return " ".join(word for word in words if not any(c.isdigit() for c in word) and not (dated and (word in _MONTHS or word in _BORN)))


def names_in(text: str) -> Iterator[str]:
    """Names on a page: after a label first (« Nom : », « Expéditeur : »), then short lines of capitalised words."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    yield from islice(_labelled(lines), MOST_NAMES)
    for line in lines:
        if _looks_like_a_name(line) and (name := fold(line)):
            yield name


def _labelled(lines: Sequence[str]) -> Iterator[str]:
    family = [_letters(found[1]) for line in lines if (found := _FAMILY.search(line))]
    given = [_letters(found[1]) for line in lines if (found := _GIVEN.search(line))]
    for one, other in zip_longest(family, given, fillvalue=""):
        if name := f"{one} {other}".strip():
            yield name
    for line in lines:
        if (found := _WHOLE.search(line)) and (name := _letters(found[1])):
            yield name


def _looks_like_a_name(line: str) -> bool:
    words = re.findall(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*", line)
    if not 2 <= len(words) <= 5 or any(c.isdigit() or c == ":" for c in line) or len(line) > 60:
        return False
    cased = all(word[0].isupper() or not (word.isupper() or word.islower()) for word in words)
    return cased and not any(fold(word) in _NOT_A_NAME for word in words)
