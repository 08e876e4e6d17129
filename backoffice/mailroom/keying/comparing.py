"""Which fields are keyed twice, and when two keyings say the same. Pure.

The rule, decided once: case does not count; spaces, hyphens and dashes of any kind and length are one space, apostrophes are
one apostrophe; **accents count** (« Côté » is not « Cote »: the certificate is made out in the name of the passport). A
passport number is compared without its spaces and hyphens, a day and an amount by what they mean.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from backoffice.mailroom.keying import rules
from backoffice.mailroom.keying.values import ILLEGIBLE, Compared, Critical
from backoffice.mailroom.values import Mark

AMOUNT = "payment_amount"

CRITICAL = {
    "family_name": Critical.NAMES, "given_names": Critical.NAMES, "birth_date": Critical.BIRTH_DATES, "passport_number": Critical.PASSPORTS,
    AMOUNT: Critical.AMOUNTS,
}  # fmt: skip

_GAPS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212_-]+")
_APOSTROPHES = re.compile(r"[\u2018\u2019\u02bc\u0060\u00b4]")
_DAY = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})")


def critical_of(name: str) -> Critical | None:
    """The group of a field, if it is critical."""
    return CRITICAL.get(name.rpartition("-")[2])


def critical_fields(fields: Mapping[str, str]) -> list[str]:
    """The critical fields of an application: those of each person on the form, and the amount."""
    people = ["principal", *(["spouse"] if fields.get("spouse") else []), *(f"child{n}" for n in rules.places(fields))]
    return [*(f"{who}-{name}" for who in people for name in rules.PERSON if name in CRITICAL), AMOUNT]


def said(fields: Mapping[str, str], marks: Mapping[str, str], name: str) -> str:
    """What a pass says of a field: its value, or that nobody can read it."""
    return fields.get(name, "") or (ILLEGIBLE if marks.get(name) == Mark.ILLEGIBLE else "")


def normal(critical: Critical, text: str) -> str:
    """What is compared of a value."""
    bare = unicodedata.normalize("NFC", _GAPS.sub(" ", _APOSTROPHES.sub("'", text)).strip().casefold())
    match critical:
        case Critical.PASSPORTS:
            return bare.replace(" ", "")
        case Critical.BIRTH_DATES:
            return _day(text) or bare
        case Critical.AMOUNTS:
            known = cents(text)
            return bare if known is None else str(known)
        case Critical.NAMES:
            return bare


def _day(text: str) -> str:
    found = _DAY.fullmatch(text.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat() if found else ""
    except ValueError:
        return ""


def cents(text: str) -> int | None:
    """An amount as Québec writes it, in cents; nothing when it is none."""
    bare = "".join(text.replace("$", "").split()).replace(",", ".")
    try:
        value = Decimal(bare) * 100
    except InvalidOperation:
        return None
    return int(value) if value.is_finite() and value == value.to_integral_value() and value >= 0 else None


def same(critical: Critical, first: str, second: str) -> bool:
    """Whether two keyings say the same."""
    return normal(critical, first) == normal(critical, second)


def compare(names: Iterable[str], first: Mapping[str, str], second: Mapping[str, str]) -> list[Compared]:
    """Each field with what both passes said of it."""
    compared = []
    for name in names:
        critical = critical_of(name)
        if critical is not None:
            one, other = first.get(name, ""), second.get(name, "")
            compared.append(Compared(name, critical, one, other, same(critical, one, other)))
    return compared
