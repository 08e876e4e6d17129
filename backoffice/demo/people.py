"""Fictitious families, drawn from a seed: names of many places, kept to the letter."""

from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

FAMILY_NAMES = {
    "FR": ("Exemple-Lefebvre", "Fictif", "Modèle-Garnier", "Desessais", "Témoin-Roche", "Spécimen"),
    "DZ": ("Benfictif", "Aït-Exemple", "Boumodèle", "Hadj-Spécimen"),
    "MA": ("El Exemple", "Bennani-Fictif", "Tazi-Modèle"),
    "TN": ("Ben Exemple", "Trabelsi-Fictif"),
    "CM": ("Ngo Exemple", "Mbarga-Fictif", "Tchoua-Modèle"),
    "SN": ("Diallo-Fictif", "Ndiaye-Exemple"),
    "MX": ("García Ejemplo", "Hernández Ficticio", "Muñoz Muestra"),
    "CO": ("Rodríguez Ejemplo", "Peña Ficticia"),
    "BR": ("da Silva Exemplo", "Gonçalves Fictício"),
    "VN": ("Nguyễn Ví Dụ", "Trần Hư Cấu"),
    "CN": ("Lǐ Shìlì", "Wáng Xūgòu"),
    "IN": ("Sharma-Udaharan", "Patel-Fictive"),
    "IR": ("Hosseini Nemouneh", "Karimi Farzi"),
    "UA": ("Приклад-Шевченко", "Вигадана"),
    "LB": ("محمد المثال", "Khoury-Exemple"),
    "IE": ("O’Example-Byrne", "Ní Shampla"),
    "TR": ("Örnek-Yıldız", "Kurgu-Şahin"),
    "ID": ("Suharto-Contoh",),
}

GIVEN_NAMES = {
    "F": ("Aïcha", "Marie-Ève", "Zoé", "María del Pilar", "Olena", "Linh", "Fatou", "Siobhán", "Yasmine", "Ana Lucía", "Élodie", "Nour"),
    "M": ("Youssef", "Léo", "José Ángel", "Mamadou Alpha", "Minh", "Seán", "Amine", "Čeněk", "Karim", "Étienne", "Wei", "Emre"),
}

OCCUPATIONS = (("2173", "Génie logiciel"), ("3012", "Soins infirmiers"), ("1111", "Comptabilité"), ("2131", "Génie civil"), ("4021", "Enseignement"))


def application(draw: Random, day: date, *, paper: bool, language: str | None = None) -> dict[str, Any]:
    """One family's application, as a door would receive it."""
    origin = draw.choice(sorted(FAMILY_NAMES))
    family = draw.choice(FAMILY_NAMES[origin])
    principal = _adult(draw, family, origin, day)
    principal["contact"] = _contact(draw, origin, paper=paper)
    principal |= _career(draw, origin, day)
    married = draw.random() < 0.6
    principal["civil_status"] = "married" if married else draw.choice(("single", "divorced", "de_facto"))
    content: dict[str, Any] = {
        "submission_id": str(UUID(int=draw.getrandbits(128), version=4)),
        "programme": "PRTQ",
        "language": language or draw.choice(("fr", "fr", "fr", "en")),
        "submitted_at": f"{day.isoformat()}T13:00:00Z",
        "principal_applicant": principal,
        "spouse": _adult(draw, draw.choice((family, "Conjoint-Fictif")), origin, day) if married else None,
        "children": [_child(draw, family, origin, day) for _ in range(draw.choice((0, 0, 1, 2, 3)) if married else 0)],
        "quota_exemption": _exemption(draw),
        "destination_region": f"{draw.randint(1, 17):02d}",
        "representative": _representative(draw),
        "declarations": {"truthful": True, "common_values": True, "signed_name": family},
    }
    return content


def _adult(draw: Random, family: str, origin: str, day: date) -> dict[str, Any]:
    sex = draw.choice(("F", "M"))
    single_name = draw.random() < 0.03
    return {
        "family_name": family if not single_name else f"{family}-Seul",
        "given_names": None if single_name else draw.choice(GIVEN_NAMES[sex]),
        "sex": sex,
        "birth_date": (day - timedelta(days=draw.randint(8_400, 16_500))).isoformat(),
        "birth_country": origin,
        "citizenships": [origin],
        "passport_number": f"F{draw.randint(10**7, 10**8 - 1)}",
    }


def _child(draw: Random, family: str, origin: str, day: date) -> dict[str, Any]:
    sex = draw.choice(("F", "M"))
    birth = day - timedelta(days=draw.randint(200, 6_000))
    return {
        "family_name": family,
        "given_names": draw.choice(GIVEN_NAMES[sex]),
        "sex": sex,
        "birth_date": birth.isoformat(),
        "citizenships": [origin],
    }


def _contact(draw: Random, origin: str, *, paper: bool) -> dict[str, Any]:
    contact: dict[str, Any] = {
        "phone": f"+33 1 99 00 {draw.randint(10, 99)} {draw.randint(10, 99)}",
        "address": {"lines": [f"{draw.randint(1, 199)}, rue de l’Exemple"], "locality": "Ville-Fictive", "postal_code": "00000", "country": origin},
    }
    if not paper or draw.random() < 0.9:
        contact["email"] = f"personne{draw.randint(1000, 999999)}@example.org"
    return contact


def _career(draw: Random, origin: str, day: date) -> dict[str, Any]:
    noc, field = draw.choice(OCCUPATIONS)
    return {
        "education": [
            {"level": draw.choice(("technical", "bachelor", "master")), "field": field, "institution": "Université fictive", "country": origin}
        ],
        "experience": [
            {"occupation": field, "noc_code": noc, "employer": "Société fictive", "country": origin, "from": f"{day.year - 6}-09-01", "to": None}
        ],
        "language_tests": [
            {"language": "fr", "test": "TCF-Québec", "scores": {"listening": draw.randint(300, 600), "speaking": draw.randint(6, 18)}}
        ],
    }


def _exemption(draw: Random) -> dict[str, Any] | None:
    chance = draw.random()
    if chance < 0.05:
        return {"ground": "validated_job_offer", "reference": f"OEV-{draw.randint(1, 999999):06d}"}
    return {"ground": "temporary_resident_in_quebec", "reference": f"PT-{draw.randint(1, 99999):05d}"} if chance < 0.12 else None


def _representative(draw: Random) -> dict[str, Any] | None:
    if draw.random() > 0.15:
        return None
    return {
        "kind": draw.choice(("lawyer", "consultant")), "family_name": "Dupont-Fictif", "given_names": "Camille",
        "member_number": f"C-{draw.randint(100, 999)}", "email": "mandataire@example.org",
    }  # fmt: skip
