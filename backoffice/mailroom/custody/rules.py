"""Pure rules of the paper: which pages the controller looks at, when paper may be destroyed, what an item's code means.

The Act to establish a legal framework for information technology (C-1.1), s. 17, lets the paper go only when its transfer is
documented: original format, process, guarantees; the archives' practice adds the signed declaration, the control of quantity
and quality, and PDF/A. The figures below are dated: what was in force on the day of a declaration applies to it.
"""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from backoffice.mailroom.custody.values import Delay, Drawn, Look, Obstacle, PageToLook, Procedure

PROCEDURES = (
    Procedure(
        "1.0",
        date(2016, 1, 1),
        "Numérisation d’un lot compté, page par page ; redressement et reconnaissance sur des copies ; le fichier reçu est gardé tel quel.",
        "Chaque fichier est gardé sous son empreinte SHA-256 et n’est jamais modifié ; feuilles comptées et pages numérisées concordent ; chaque acte"
        " est inscrit à un journal chaîné.",
        "Règle par défaut du projet ; LCCJTI (RLRQ, c. C-1.1), art. 17 ; pratique de Bibliothèque et Archives nationales du Québec",
    ),
)
"""Versions of the written procedure."""

DELAYS = (Delay(60, date(2016, 1, 1), "Règle par défaut du projet : 60 jours après la déclaration signée"),)
"""How long the paper stays after its declaration."""

SAMPLE_PERCENT = 10
"""Of the pages that are not first pages (domain note, §11 (9))."""

OVERDUE_DAYS = 10
"""An original that must go back is overdue after so many days in the house."""


def procedure_on(day: date) -> Procedure:
    """The procedure in force on a day."""
    return [one for one in PROCEDURES if one.since <= day][-1]


def delay_on(day: date) -> Delay:
    """The delay that applies to what was declared on a day."""
    return [one for one in DELAYS if one.since <= day][-1]


def first_day(sealed_on: date) -> date:
    """The first day on which the paper of a declaration may be destroyed."""
    return sealed_on + timedelta(days=delay_on(sealed_on).days)


def obstacles(sealed_on: date | None, today: date, *, held: Collection[str], originals: Collection[str], gone: Collection[str]) -> list[Obstacle]:
    """Everything that keeps paper from being destroyed: a legal hold and an original to give back always do."""
    if sealed_on is None:
        return [Obstacle.NOT_SEALED]
    found = [Obstacle.TOO_EARLY] if today < first_day(sealed_on) else []
    found += [Obstacle.HELD] if held else []
    found += [Obstacle.ORIGINALS] if originals else []
    return found + ([Obstacle.GONE] if gone else [])


def draw(pages: Sequence[PageToLook], seed: str) -> dict[int, Drawn]:
    """The pages that the controller looks at: every first page, and a tenth of the others, drawn by digest so that anybody can redraw it."""
    firsts: dict[str, PageToLook] = {}
    for page in sorted(pages, key=lambda one: (one.group, one.position, one.id)):
        firsts.setdefault(page.group, page)
    chosen = {page.id: Drawn.FIRST for page in firsts.values()}
    others = sorted((page for page in pages if page.id not in chosen), key=lambda one: _rank(seed, one))
    many = -(-len(others) * SAMPLE_PERCENT // 100)
    return chosen | {page.id: Drawn.SAMPLE for page in others[:many]}


def _rank(seed: str, page: PageToLook) -> tuple[str, int]:
    return hashlib.sha256(f"{seed}|{page.id}|{page.picture}".encode()).hexdigest(), page.id


def is_sound(looks: Collection[Look | None]) -> bool:
    """Whether every page drawn was looked at and found good."""
    return all(look is Look.GOOD for look in looks)
