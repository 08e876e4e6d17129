"""Names, kept to the letter; and their folded form, in which they are looked for."""

import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "ð": "d", "þ": "th"})


class _Folded(dict[int, str]):
    """Each character's folded form, found once: a name is then folded in one pass."""

    def __missing__(self, code: int) -> str:
        spread = unicodedata.normalize("NFKD", chr(code).casefold())
        bare = "".join(c for c in spread if not unicodedata.combining(c)).translate(_LETTERS)
        folded = "".join(c if c.isalnum() else " " for c in bare)
        if len(self) < _MOST:
            self[code] = folded
        return folded


_MOST = 20_000
_FOLDED = _Folded()


def fold(text: str) -> str:
    """Small letters without accents nor punctuation: « Exemple-Nguyễn » is found by « exemple nguyen »."""
    return " ".join(text.translate(_FOLDED).split())


def search_name(family_name: str, given_names: str | None) -> str:
    """What the search index holds of a person."""
    return fold(f"{family_name} {given_names or ''}")


def passport(text: str | None) -> str | None:
    """A passport number without spaces, dashes nor case, to compare two of them."""
    capitals = (text or "").upper()
    return (capitals if capitals.isalnum() else "".join(c for c in capitals if c.isalnum())) or None
