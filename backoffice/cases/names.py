"""Names, kept to the letter; and their folded form, in which they are looked for."""

import re
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "þ": "th"})
_WORDS = re.compile(r"[0-9a-z]+")


def fold(text: str) -> str:
    """Small letters without accents nor punctuation: « Exemple-Nguyễn » is found by « exemple nguyen »."""
    if text.isascii():  # most names, at a tenth of the cost
        return " ".join(_WORDS.findall(text.lower()))
    spread = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in spread if not unicodedata.combining(c)).translate(_LETTERS)
    return " ".join("".join(c if c.isalnum() else " " for c in bare).split())


def search_name(family_name: str, given_names: str | None) -> str:
    """What the search index holds of a person."""
    return fold(f"{family_name} {given_names or ''}")


def passport(text: str | None) -> str | None:
    """A passport number without spaces, dashes nor case, to compare two of them."""
    bare = "".join(c for c in (text or "").upper() if c.isalnum())
    return bare or None
