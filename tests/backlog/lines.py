"""Lines of an old system, made by hand: everybody in them is fictitious."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HEADER = (
    "number", "programme", "received_on", "status", "fee_paid_cents", "fee_paid_on", "exempt_ground", "family_name", "given_names", "sex",
    "birth_date", "birth_country", "citizenships", "passport_number", "email", "address_1", "address_2", "postal_code", "locality", "country",
    "spouse_family_name", "spouse_given_names", "spouse_sex", "spouse_birth_date", "spouse_citizenships",
    "child1_family_name", "child1_given_names", "child1_sex", "child1_birth_date", "child1_citizenships",
)  # fmt: skip


def line(n: int = 1, **changes: str | None) -> dict[str, str]:
    """A line of CSV; a value of None leaves the cell empty."""
    values: dict[str, str | None] = {
        "number": f"DCS-{n:06d}", "programme": "PRTQ", "received_on": "2015-11-04", "status": "PAYEE_EN_FILE", "fee_paid_cents": "125700",
        "fee_paid_on": "2015-11-04", "family_name": f"Ancien-{_letters(n)}", "given_names": "Zoé", "sex": "F", "birth_date": "1980-02-29",
        "birth_country": "FR", "citizenships": "FR", "passport_number": f"VIEUX{n:06d}", "address_1": "12, rue de l’Exemple",
        "postal_code": "69001", "locality": "Lyon", "country": "FR",
    } | changes  # fmt: skip
    return {name: value or "" for name, value in values.items()}


def _letters(n: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(n))


def spouse(n: int = 1) -> dict[str, str]:
    """Columns of a spouse and a child."""
    return {
        "spouse_family_name": f"Conjoint-{_letters(n)}", "spouse_given_names": "Léo", "spouse_sex": "M", "spouse_birth_date": "1979-07-14",
        "spouse_citizenships": "FR CA", "child1_family_name": f"Enfant-{_letters(n)}", "child1_given_names": "Ève", "child1_sex": "F",
        "child1_birth_date": "2012-12-24", "child1_citizenships": "FR",
    }  # fmt: skip


def write_csv(path: Path, lines: Sequence[dict[str, str]], separator: str = ";", mark: str = "") -> Path:
    """A file of CSV as an old system would write it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, delimiter=separator, restval="")
    writer.writeheader()
    writer.writerows(lines)
    path.write_text(mark + text.getvalue(), encoding="utf-8", newline="")
    return path


def person(**changes: Any) -> dict[str, Any]:
    """A line of JSON."""
    return {
        "number": "J-1", "programme": "PRTQ", "received_on": "2015-11-04", "fee_paid_cents": 125700, "fee_paid_on": "2015-11-04",
        "family_name": "Ancien-b", "given_names": "Zoé", "sex": "F", "birth_date": "1980-02-29", "citizenships": ["FR"],
        "address_lines": ["12, rue de l’Exemple"], "country": "FR",
    } | changes  # fmt: skip


def write_json(path: Path, lines: Sequence[dict[str, Any]], *, array: bool = False) -> Path:
    """JSON Lines, or one array."""
    texts = [json.dumps(one, ensure_ascii=False) for one in lines]
    path.write_text("[\n" + ",\n".join(texts) + "\n]\n" if array else "\n".join(texts) + "\n", encoding="utf-8")
    return path
