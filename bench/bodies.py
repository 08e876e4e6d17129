"""Applications of fictitious people, each of its own, in as many as a day may bring."""

import json
import random
import uuid
from collections.abc import Iterator
from datetime import date

from backoffice.demo import people


def applications(many: int, seed: int, programme: str = "PRTQ") -> Iterator[tuple[str, bytes]]:
    """Identifier and body of each."""
    draw = random.Random(seed)
    shapes = [people.application(draw, date(2026, 1, 1), paper=False) for _ in range(50)]
    for number in range(many):
        shape = shapes[number % len(shapes)]
        key = str(uuid.UUID(int=draw.getrandbits(128), version=4))
        everybody = [shape["principal_applicant"], *([shape["spouse"]] if shape.get("spouse") else []), *(shape.get("children") or [])]
        for place, person in enumerate(everybody):
            person["family_name"] = f"Exemple-{_letters(seed)}-{_letters(number)}-{place}"
            if person.get("passport_number"):
                person["passport_number"] = f"Z{seed % 1000:03d}{number:07d}{place}"
        yield key, json.dumps(shape | {"submission_id": key, "programme": programme}, ensure_ascii=False).encode()


def _letters(number: int) -> str:
    text = ""
    while True:
        number, rest = divmod(number, 26)
        text = chr(97 + rest) + text
        if not number:
            return text
