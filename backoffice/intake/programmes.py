"""Programmes that no intake period receives, and the door each of them has: data, to be amended without touching a rule (S-7).

The codes are those that the portal writes; a programme stops being here the day a window names it, since a window's word counts first.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Door:
    """Where an application of another programme belongs, in the reader's language."""

    programme: str
    name_fr: str
    name_en: str
    where_fr: str
    where_en: str

    def sentence(self, language: str) -> str:
        """What the person is told: this is the wrong door, and which is the right one."""
        if language == "en":
            return f"No intake period receives this programme ({self.name_en}). {self.where_en} Nothing was opened and nothing was cashed."
        return f"Aucune période de réception ne reçoit ce programme ({self.name_fr}). {self.where_fr} Rien n’a été ouvert ni encaissé."


_ANY_TIME_FR, _ANY_TIME_EN = "La demande se présente en tout temps", "It may be filed at any time"

_DOORS = (
    Door(
        "PEQ", "Programme de l’expérience québécoise", "Québec experience programme",
        f"{_ANY_TIME_FR} avec le formulaire de ce programme, sans place à obtenir.", f"{_ANY_TIME_EN} on that programme’s own form, with no place to obtain.",
    ),
    Door(
        "PARR", "parrainage et regroupement familial", "sponsorship and family reunification",
        f"{_ANY_TIME_FR} par la personne qui parraine, avec la trousse d’engagement.", f"{_ANY_TIME_EN} by the sponsor, with the undertaking kit.",
    ),
    Door(
        "PCOL", "parrainage collectif", "collective sponsorship",
        "La demande est faite par l’organisme ou le groupe qui parraine.", "The sponsoring body or group files it.",
    ),
    Door(
        "GAI", "gens d’affaires : investisseurs", "business: investors",
        "La demande s’adresse au service des gens d’affaires, par un intermédiaire financier.", "It goes to the business immigration office, through a financial intermediary.",
    ),
    Door(
        "GAE", "gens d’affaires : entrepreneurs", "business: entrepreneurs",
        "La demande s’adresse au service des gens d’affaires.", "It goes to the business immigration office.",
    ),
    Door(
        "GAT", "gens d’affaires : travailleurs autonomes", "business: self-employed workers",
        "La demande s’adresse au service des gens d’affaires.", "It goes to the business immigration office.",
    ),
    Door(
        "REFUG", "personnes réfugiées et motifs humanitaires", "refugees and humanitarian grounds",
        f"{_ANY_TIME_FR} au service de l’immigration humanitaire.", f"{_ANY_TIME_EN} with the humanitarian immigration office.",
    ),
    Door(
        "TEMPT", "travail temporaire", "temporary work",
        f"{_ANY_TIME_FR} au service de l’immigration temporaire, avec l’employeur.", f"{_ANY_TIME_EN} with the temporary immigration office, with the employer.",
    ),
    Door(
        "TEMPE", "études temporaires", "temporary studies",
        f"{_ANY_TIME_FR} au service de l’immigration temporaire, avec la lettre d’admission.", f"{_ANY_TIME_EN} with the temporary immigration office, with the letter of admission.",
    ),
)  # fmt: skip

DOORS = {door.programme: door for door in _DOORS}


def door(programme: str) -> Door | None:
    """The right door of a programme, by its code or by what stands before its dash (`PEQ-D` is one of `PEQ`)."""
    return DOORS.get(programme) or DOORS.get(programme.partition("-")[0])
